#include "crawler/robots_pipeline.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "crawler/boot_clock.h"

namespace crawler {

RobotsPipeline::RobotsPipeline(Parts parts)
    : p_(std::move(parts)),
      errands_({p_.shared, p_.scheduler, p_.frontier,
                [this](Host& host, const std::string& origin, RobotsAnswer answer) {
                  take(host, origin, std::move(answer));
                },
                p_.wake}),
      random_(std::random_device{}()) {}

void RobotsPipeline::loaded(const std::string& key, const std::string& origin, const frontier::StoredRobots& stored) {
  Host* host = p_.scheduler.find(key);
  if (host != nullptr && !stored.asked.empty() && host->robots.contains(origin)) {
    errands_.restore(*host, origin, stored.asked);
  }
  p_.scheduler.robots_loaded(key, origin, stored.verdict, boot_now(), wall_now_ms());
  p_.wake();
}

void RobotsPipeline::finish(const Flight& flight, FetchResult result, bool no_such_host, bool our_own) {
  if (our_own) result.outcome = Outcome::put_back;
  if (flight.errand != 0) return finish_errand(flight, std::move(result), no_such_host);
  Host* host = p_.scheduler.find(flight.host);
  if (host == nullptr) return;  // given away meanwhile: its new owner asks again
  if (result.outcome == Outcome::put_back) {
    host->robots[flight.origin].state.put_back();
    return p_.scheduler.changed(*host, boot_now());
  }
  std::string digest = archive(flight, result);
  take(*host, flight.origin, read_robots_answer(flight.url, std::move(result), no_such_host, std::move(digest)));
}

void RobotsPipeline::finish_errand(const Flight& flight, FetchResult result, bool no_such_host) {
  if (result.outcome == Outcome::put_back) return p_.scheduler.put_errand_back(flight.host, flight.errand, boot_now());
  std::string digest = archive(flight, result);
  errands_.answer(flight, read_robots_answer(flight.url, std::move(result), no_such_host, std::move(digest)));
  p_.settler.save_state(flight.host, flight.partition);
}

std::string RobotsPipeline::archive(const Flight& flight, const FetchResult& result) {
  if (result.response_head.empty()) return {};
  const std::string url = flight.url.href();
  auto place = p_.segment.append_exchange({.url = url,
                                           .ip = result.ip,
                                           .sent_at = result.sent_at,
                                           .request_head = result.request_head,
                                           .response_head = result.response_head,
                                           .body = result.body,
                                           .truncated = result.truncated},
                                          std::chrono::system_clock::now());
  p_.committer.when_durable([] {});
  return std::move(place.payload_digest);
}

void RobotsPipeline::take(Host& host, const std::string& origin, RobotsAnswer answer) {
  OriginRobots& robots = host.robots[origin];
  if (answer.kind == RobotsAnswer::Kind::redirect && follow(host, origin, robots, answer)) {
    robots.state.put_back();
    return p_.scheduler.changed(host, boot_now());
  }
  if (robots.elsewhere) errands_.withdraw(host, origin);
  judge(host, origin, std::move(answer));
  robots.hops = 0;
  robots.elsewhere = false;
  robots.target = *web::parse_url(origin + "/robots.txt");
  const auto now = boot_now();
  p_.scheduler.robots_changed(host, origin, now);
  p_.settler.save_state(host.key, host.partition);
  if (robots.state.lasting()) {
    p_.frontier.robots_put(host.partition, origin, robots.state.encode(wall_now_ms(), now), [] {});
  }
}

void RobotsPipeline::judge(Host& host, const std::string& origin, RobotsAnswer answer) {
  using Kind = RobotsAnswer::Kind;
  OriginRobots& robots = host.robots[origin];
  const auto now = boot_now();
  // That another host cannot be asked is no reason to give this one up; nor is it while a good copy decides.
  const bool about_host = robots.hops == 0 && !robots.state.in_force(now);
  if (answer.kind == Kind::hopeless && about_host) {
    robots.state.hopeless(answer.text == "dns" ? "dns" : "forbidden_address", now);
  } else if (answer.kind == Kind::rules) {
    robots.state.fetched(std::move(answer.text), now, {.agent_token = p_.shared.config.agent.name},
                         std::move(answer.digest));
    robots.sitemaps_filed = false;
    p_.counters.robots_ok.add();
  } else if (answer.kind == Kind::none) {
    robots.state.unavailable(now);
    p_.counters.robots_unavailable.add();
  } else {
    robots.state.unreachable(now, std::uniform_real_distribution<double>(0, 1)(random_));
    p_.counters.robots_unreachable.add();
  }
  const std::string_view how = answer.kind == Kind::rules ? robots.state.odd() : std::string_view();
  const std::string_view between = answer.odd.empty() || how.empty() ? "" : "; ";
  if (!answer.odd.empty() || !how.empty())
    spdlog::warn("robots.txt of {} is odd: {}{}{}", origin, answer.odd, between, how);
}

// A redirect is one more request, through the gate of the host it leads to. A loop, and one too many, are unreachable,
// which is the polite reading.
bool RobotsPipeline::follow(const Host& host, const std::string& origin, OriginRobots& robots,
                            const RobotsAnswer& answer) const {
  const auto target = web::parse_url(answer.text);
  if (!target || robots.hops >= RobotsAnswer::kMaxHops || answer.text == robots.target.href() ||
      answer.text == origin + "/robots.txt")
    return false;
  ++robots.hops;
  robots.target = *target;
  robots.elsewhere = p_.shared.config.politeness_key(*target) != host.key;
  return true;
}

}  // namespace crawler
