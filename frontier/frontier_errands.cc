// RedisFrontier: what is kept of robots.txt, and the errands for those that lie on a host of another partition.
#include <memory>
#include <utility>

#include "frontier/frontier.h"
#include "lua_answer.h"
#include "lua_ask.h"
#include "lua_errand.h"
#include "lua_forget.h"
#include "lua_verdict.h"

namespace frontier {
namespace {

constexpr Script kAsk{lua_ask, lua_ask_sha1};
constexpr Script kErrand{lua_errand, lua_errand_sha1};
constexpr Script kAnswer{lua_answer, lua_answer_sha1};
constexpr Script kForget{lua_forget, lua_forget_sha1};
constexpr Script kVerdict{lua_verdict, lua_verdict_sha1};

constexpr std::chrono::milliseconds kVerdictLives = std::chrono::hours(24 * 30);  // unwritten; no copy decides longer

std::optional<std::string> text_of(const Reply& reply) {
  if (reply.is_nil() || reply.is_error()) return std::nullopt;
  return std::string(reply.text());
}

}  // namespace

std::vector<Script> RedisFrontier::errand_scripts() {
  return {kAsk, kErrand, kAnswer, kForget, kVerdict};
}

// One of the two may have failed and be asked again: both must have been answered.
void RedisFrontier::robots_get(int partition, const std::string& origin, std::function<void(StoredRobots)> done) {
  auto stored = std::make_shared<StoredRobots>();
  auto answered = [stored, left = std::make_shared<int>(2), done = std::move(done)] {
    if (--*left == 0) done(std::move(*stored));
  };
  const std::string robots = keys_.of(partition, "robots"), asked = keys_.of(partition, "asked");
  redis_.command({"HGET", robots, origin}, [stored, answered](const Reply& reply) {
    if (reply.lost()) return;
    stored->verdict = text_of(reply);
    answered();
  });
  redis_.command({"HGET", asked, origin}, [stored, answered](const Reply& reply) {
    if (reply.lost()) return;
    stored->asked = text_of(reply).value_or("");
    answered();
  });
}

void RedisFrontier::robots_put(int partition, const std::string& origin, const std::string& verdict,
                               std::function<void()> done) {
  const std::string most = std::to_string(options_.robots_bytes), lives = std::to_string(kVerdictLives.count());
  redis_.script(kVerdict,
                {keys_.of(partition, "owner"), keys_.of(partition, "robots"), keys_.of(partition, "asked"),
                 keys_.of(partition, "robots-written"), keys_.of(partition, "counts")},
                {options_.fence, origin, verdict, most, lives}, [done = std::move(done)](const Reply& reply) {
                  if (!reply.lost()) done();
                });
}

void RedisFrontier::ask(int partition, const Errand& errand, int there,
                        std::function<void(std::optional<std::string>)> done) {
  redis_.script(kAsk, {keys_.of(partition, "owner"), keys_.of(partition, "asked")},
                {options_.fence, errand.origin, errand.question},
                [this, errand, there, done = std::move(done)](const Reply& reply) {
                  if (reply.at(0).text() != "OK") return;  // lost, or another owner asks now
                  const std::string answer(reply.at(1).text());
                  if (!answer.empty()) return done(answer);
                  redis_.script(kErrand, {keys_.of(there, "errands"), keys_.of(there, "news")},
                                {errand.origin, errand.question}, [this, there, done](const Reply& filed) {
                                  if (filed.lost()) return;
                                  if (news_) news_(there);
                                  done(std::nullopt);
                                });
                });
}

void RedisFrontier::asked(int partition, const std::string& origin, std::function<void(std::string)> done) {
  const std::string key = keys_.of(partition, "asked");
  redis_.command({"HGET", key, origin}, [done = std::move(done)](const Reply& reply) {
    if (!reply.lost()) done(text_of(reply).value_or(""));
  });
}

void RedisFrontier::errand(int partition, const std::string& origin,
                           std::function<void(std::optional<std::string>)> done) {
  const std::string key = keys_.of(partition, "errands");
  redis_.command({"HGET", key, origin}, [done = std::move(done)](const Reply& reply) {
    if (!reply.lost()) done(text_of(reply));
  });
}

void RedisFrontier::errands(int partition, std::function<void(std::vector<Errand>)> done) {
  auto all = std::make_shared<std::vector<Errand>>();
  scan(
      "HSCAN", keys_.of(partition, "errands"), "0",
      [all](const Reply& page) {
        for (std::size_t i = 0; i + 1 < page.size(); i += 2) {
          all->push_back({std::string(page.at(i).text()), std::string(page.at(i + 1).text())});
        }
      },
      [all, done = std::move(done)] { done(std::move(*all)); });
}

void RedisFrontier::answer(int partition, const Errand& errand, int there, const std::string& answer) {
  redis_.script(kAnswer, {keys_.of(partition, "asked"), keys_.of(partition, "news")},
                {errand.origin, errand.question, answer}, [this, partition, errand, there](const Reply& reply) {
                  if (reply.lost()) return;
                  if (news_ && reply.integer() == 1) news_(partition);
                  forget(there, errand);
                });
}

void RedisFrontier::forget(int there, const Errand& errand) {
  redis_.script(kForget, {keys_.of(there, "errands")}, {errand.origin, errand.question}, [](const Reply&) {});
}

}  // namespace frontier
