#include "crawler/robots_pipeline.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "crawler/boot_clock.h"

namespace crawler {
namespace {

constexpr int kMaxHops = 5;  // RFC 9309 2.3.1.2

}  // namespace

void RobotsPipeline::finish(const Flight& flight, FetchResult result, bool no_such_host, bool our_own) {
  Host* host = p_.scheduler.find(flight.host);
  if (host == nullptr) return;  // given away meanwhile: its new owner asks again
  if (result.outcome == Outcome::put_back || our_own) {
    host->robots[flight.origin].state.put_back();
    return p_.scheduler.changed(*host, boot_now());
  }
  std::string digest = archive(flight, result);
  take(*host, flight.origin, read_robots_answer(flight.url, std::move(result), no_such_host, std::move(digest)));
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
  if (answer.kind == RobotsAnswer::Kind::redirect && follow(robots, answer)) {
    robots.state.put_back();
    return p_.scheduler.changed(host, boot_now());
  }
  judge(host, origin, std::move(answer));
  robots.hops = 0;
  robots.target = *web::parse_url(origin + "/robots.txt");
  host.limiter.set_crawl_delay(host.crawl_delay());
  const auto now = boot_now();
  p_.scheduler.changed(host, now);
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

// A redirect on the same host is followed through the same gate; one to another host counts as unreachable,
// which is the polite reading.
bool RobotsPipeline::follow(OriginRobots& robots, const RobotsAnswer& answer) const {
  const auto target = web::parse_url(answer.text);
  const Config& config = p_.shared.config;
  if (!target || robots.hops >= kMaxHops || config.politeness_key(*target) != config.politeness_key(robots.target))
    return false;
  ++robots.hops;
  robots.target = *target;
  return true;
}

}  // namespace crawler
