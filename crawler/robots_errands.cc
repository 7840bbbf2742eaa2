#include "crawler/robots_errands.h"

#include <charconv>
#include <optional>
#include <utility>

#include "crawler/boot_clock.h"

namespace crawler {
namespace {

constexpr int kMostAsks = 5;  // a minute apart; then it counts as a failed attempt

// "HOPS URL"
std::string question_of(const OriginRobots& robots) {
  return std::to_string(robots.hops) + " " + robots.target.href();
}

struct Question {
  int hops = 0;
  web::Url url;
};

std::optional<Question> parse_question(std::string_view text) {
  Question question;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), question.hops);
  const auto space = static_cast<std::size_t>(end - text.data());
  if (error != std::errc() || question.hops < 1 || question.hops > RobotsAnswer::kMaxHops || space >= text.size())
    return std::nullopt;
  const auto url = web::parse_url(text.substr(space + 1));
  if (!url) return std::nullopt;
  question.url = *url;
  return question;
}

}  // namespace

int RobotsErrands::partition_of(const web::Url& url) const {
  return frontier::partition_of(p_.shared.config.politeness_key(url));
}

void RobotsErrands::ask(const std::string& key, const std::string& origin) {
  Host* host = p_.scheduler.find(key);
  if (host == nullptr) return;
  const OriginRobots& robots = host->robots[origin];
  if (robots.state.asks() > kMostAsks) return p_.answered(*host, origin, {});
  const std::string question = question_of(robots);
  p_.frontier.ask(host->partition, {origin, question}, partition_of(robots.target),
                  [this, key, origin, question](const std::optional<std::string>& answer) {
                    if (answer) hear_answer(key, origin, question, *answer);
                  });
}

void RobotsErrands::withdraw(Host& host, const std::string& origin) {
  const OriginRobots& robots = host.robots[origin];
  p_.frontier.forget(partition_of(robots.target), {origin, question_of(robots)});
}

void RobotsErrands::restore(Host& host, const std::string& origin, const std::string& asked) {
  const std::string_view text = std::string_view(asked).substr(0, asked.find('\n'));
  const auto question = parse_question(text.substr(std::min<std::size_t>(text.size(), 1)));
  if (!question) return;
  OriginRobots& robots = host.robots[origin];
  robots.hops = question->hops;
  robots.target = question->url;
  robots.elsewhere = true;  // the next turn asks again, or finds the answer
}

void RobotsErrands::take_up(int partition) {
  p_.frontier.errands(partition, [this, partition](std::vector<frontier::Errand> errands) {
    for (frontier::Errand& errand : errands) run(partition, std::move(errand));
    if (!errands.empty()) p_.wake();
  });
}

void RobotsErrands::heard(int partition, const frontier::News& news) {
  for (const std::string& origin : news.errands) {
    p_.frontier.errand(partition, origin, [this, partition, origin](std::optional<std::string> question) {
      if (question) run(partition, {origin, std::move(*question)});
      p_.wake();
    });
  }
  for (const std::string& origin : news.answers) arrived(partition, origin);
}

void RobotsErrands::run(int partition, frontier::Errand errand) {
  const auto question = parse_question(errand.question);
  if (!question || !web::parse_url(errand.origin)) return p_.frontier.forget(partition, errand);
  p_.scheduler.errand(p_.shared.config.politeness_key(question->url), partition, std::move(errand), question->url,
                      boot_now());
}

void RobotsErrands::answer(const Flight& flight, const RobotsAnswer& answer) {
  const std::string text = answer.encode();
  for (const frontier::Errand& errand : p_.scheduler.end_errand(flight.host, flight.errand)) {
    p_.frontier.answer(partition_of(*web::parse_url(errand.origin)), errand, flight.partition, text);
  }
}

void RobotsErrands::arrived(int partition, const std::string& origin) {
  const auto url = web::parse_url(origin);
  if (!url) return;
  p_.frontier.asked(partition, origin, [this, origin, key = p_.shared.config.politeness_key(*url)](std::string asked) {
    const std::size_t line = asked.find('\n');
    if (!asked.starts_with('!') || line == asked.npos) return;
    hear_answer(key, origin, asked.substr(1, line - 1), std::string_view(asked).substr(line + 1));
  });
}

// An answer to what is not asked any more is dropped; one whose origin is not at hand waits in the store.
void RobotsErrands::hear_answer(const std::string& key, const std::string& origin, const std::string& question,
                                std::string_view text) {
  Host* host = p_.scheduler.find(key);
  if (host == nullptr) return;
  const auto robots = host->robots.find(origin);
  if (robots == host->robots.end() || !robots->second.state.elsewhere() || question_of(robots->second) != question)
    return;
  p_.answered(*host, origin, RobotsAnswer::decode(text).value_or(RobotsAnswer{}));
  p_.wake();
}

}  // namespace crawler
