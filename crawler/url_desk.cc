#include "crawler/url_desk.h"

#include <algorithm>
#include <utility>

#include "crawler/awaited.h"
#include "crawler/boot_clock.h"
#include "crawler/outcome.h"
#include "crawler/scheduler_options.h"
#include "crawler/seed_entry.h"
#include "frontier/keys.h"

namespace crawler {
namespace {

using Place = frontier::UrlFacts::Place;

bool is_refusal(std::string_view end) {
  return std::find(kRefusals.begin(), kRefusals.end(), end) != kRefusals.end();
}

// "bad_url: not a valid URL" as reason and rule.
void refuse_by(const std::string& text, UrlAnswer& answer) {
  const std::size_t colon = text.find(": ");
  answer.state = "refused";
  answer.end = text.substr(0, colon);
  if (colon != text.npos) answer.rule = text.substr(colon + 2);
}

std::string state_of_facts(const frontier::UrlFacts& facts) {
  switch (facts.place) {
    case Place::flight:
      return "in_flight";
    case Place::wait:
      return "waiting";
    case Place::queue:
      return "queued";
    case Place::nowhere:
      break;
  }
  if (!facts.end.empty()) return is_refusal(facts.end) ? "refused" : "done";
  if (!facts.seen) return "never_seen";
  return facts.complete ? "done" : "queued_or_done";
}

std::string robots_rule(const RobotsWord& robots) {
  return "line " + std::to_string(robots.line) + " of " + robots.robots_url + " (" + robots.rule + ")";
}

}  // namespace

std::optional<frontier::UrlFacts> UrlDesk::look_up(const UrlAnswer& answer, std::string& error) {
  const auto given = std::make_shared<Awaited<std::optional<frontier::UrlFacts>>>();
  p_.post([this, given, url = answer.url, host = answer.host, origin = answer.origin] {
    frontier::RedisFrontier* const frontier = p_.frontier();
    if (frontier == nullptr) return given->give(std::nullopt);
    if (!lookup_) lookup_ = std::make_unique<frontier::UrlLookup>(frontier->redis(), p_.shared.frontier);
    lookup_->find(url, host, origin, [given](frontier::UrlFacts facts) { given->give(std::move(facts)); });
  });
  auto facts = given->wait(HostDesk::kPatience);
  if (!facts) {
    error = "Redis has not answered within 2 s.";
    return std::nullopt;
  }
  if (!*facts) error = "It is starting: Redis has not answered yet.";
  return std::move(*facts);
}

// The copy that Redis has decides, as it would for the worker that loads it.
RobotsWord UrlDesk::ask_robots(const web::Url& url, const std::optional<std::string>& kept) const {
  RobotsWord word;
  word.robots_url = web::robots_url(url);
  const auto now = boot_now();
  const limiter::RobotsOptions options = scheduler_options(p_.shared, {}).robots;
  limiter::RobotsState state;
  state.loaded(kept, now, wall_now_ms(), options);
  const limiter::RobotsView view = state.view(now, options);
  word.phase = view.phase;
  word.age = view.age;
  word.attempts = view.attempts;
  if (!view.in_force) return word;
  const web::RobotsRules::Verdict verdict = state.check(url.path_and_query());
  word.says = verdict.allowed ? RobotsWord::Says::allowed : RobotsWord::Says::disallowed;
  word.rule = verdict.rule;
  word.line = verdict.line;
  return word;
}

// Of "scope.exclude[2]" or "scope.type = host".
std::string UrlDesk::origin_of(const std::string& rule) const {
  const std::string key = rule.substr(0, rule.find_first_of("[ "));
  const auto setting =
      std::find_if(p_.settings.begin(), p_.settings.end(), [&](const ConfigValue& value) { return value.key == key; });
  return setting == p_.settings.end() ? "" : setting->origin;
}

UrlVerdict UrlDesk::judge(const web::Url& url, const web::Url& seed, UrlVerdict as, const UrlAnswer& answer) const {
  as.seed = seed.href();
  const Scope::Verdict scope = scope_.judge(url, seed, as.depth);
  as.refused = scope.refused;
  as.rule = scope.rule;
  if (!as.refused.empty()) return as;
  if (answer.host_view) {
    for (const limiter::LeverInForce& lever : answer.host_view->levers) {
      if (lever.kind != limiter::LeverKind::block) continue;
      as.refused = "blocked_host";
      as.rule = "the operator's order" + (lever.lever.why.empty() ? "" : ": " + lever.lever.why);
      return as;
    }
  }
  if (answer.robots.says == RobotsWord::Says::disallowed) {
    as.refused = "robots_disallowed";
    as.rule = robots_rule(answer.robots);
    return as;
  }
  const auto& most = p_.shared.config.budget.host_pages;
  if (most && answer.host_view && answer.host_view->pages >= *most) {
    as.refused = "budget_host";
    as.rule = "budget.host_pages";
  }
  return as;
}

UrlAnswer UrlDesk::explain(const UrlQuestion& question) {
  UrlAnswer answer{.daemon = p_.daemon, .given = question.url};
  std::string reason;
  // What is JSON is a seed's entry and no URL.
  auto parsed = question.url.starts_with('{') ? std::nullopt : parse_seed(question.url, reason);
  if (!parsed) {
    answer.kind = UrlAnswer::Kind::found;
    refuse_by(reason.empty() ? "bad_url: no URL" : reason, answer);
    return answer;
  }
  const web::Url& url = parsed->url;
  answer.url = url.href();
  answer.host = p_.shared.config.politeness_key(url);
  answer.origin = url.origin();
  answer.partition = frontier::partition_of(answer.host);
  std::optional<web::Url> seed;
  if (!question.seed.empty()) {
    const auto read = parse_seed(question.seed, reason);
    if (!read || question.seed.starts_with('{')) {
      answer.kind = UrlAnswer::Kind::wrong;
      answer.error = "The seed is none: " + (reason.empty() ? "bad_url: no URL" : reason) + ".";
      return answer;
    }
    seed = read->url;
  }

  auto facts = look_up(answer, answer.error);
  if (!facts) return answer;
  HostAnswer host = p_.hosts.show(answer.host);
  if (host.kind == HostAnswer::Kind::no_answer) {
    answer.error = host.error;
    return answer;
  }
  answer.kind = UrlAnswer::Kind::found;
  if (host.kind == HostAnswer::Kind::found) answer.host_view = std::move(host.host);
  answer.state = state_of_facts(*facts);
  answer.end = facts->end;
  answer.host_queue = facts->queued;
  answer.partition_waiting = facts->waiting;
  if (facts->place == Place::wait) answer.due_in = facts->due_in;
  answer.robots = ask_robots(url, facts->robots_txt);
  if (answer.state != "never_seen") {
    const auto until = boot_now() + kFilePatience;
    answer.story = read_url_story(p_.shared.config.storage.dir, answer.url, [until] { return boot_now() < until; });
  }
  if (answer.state == "done" && answer.end.empty()) answer.end = "fetched";
  const auto& page = answer.story.page;

  UrlVerdict as;
  if (facts->record) {
    as.depth = facts->record->depth;
    if (!seed) seed = web::parse_url(facts->record->seed);
  } else if (page) {
    as.depth = page->depth;
    if (!seed) seed = web::parse_url(page->seed);
  } else if (seed) {
    as.depth = 1;  // at least
  }
  answer.record = std::move(facts->record);
  as.as_link = seed && seed->href() != answer.url;
  answer.verdict = judge(url, as.as_link ? *seed : url, as, answer);
  answer.verdict.set_at = origin_of(answer.verdict.rule);
  if (answer.state == "refused") {
    const auto& refusal = answer.story.refusal;
    if (refusal && refusal->reason == answer.end) answer.rule = refusal->rule;
    // Where the rules as they are now say the same, they say it better: with the line and the age of its copy.
    if (answer.verdict.refused == answer.end && (answer.rule.empty() || answer.end == "robots_disallowed")) {
      answer.rule = answer.verdict.rule;
    }
  }
  return answer;
}

}  // namespace crawler
