#include "crawler/robots_pipeline.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "crawler/boot_clock.h"
#include "web/content_coding.h"
#include "web/headers.h"

namespace crawler {
namespace {

constexpr int kMaxHops = 5;                                     // RFC 9309 2.3.1.2
constexpr web::Bytes kMaxText = web::kib(500) + web::Bytes{1};  // RFC 9309 2.5; the byte more shows a torn line

std::string text_of(FetchResult& result) {
  const web::Headers headers = web::Headers::parse(result.response_head);
  const std::string_view coding = headers.get("content-encoding");
  if (coding.empty()) return std::move(result.body);
  web::DecodeLimits limits;
  limits.max_output = kMaxText;
  return web::decode_content(result.body, coding, limits).body;
}

}  // namespace

void RobotsPipeline::finish(const Flight& flight, FetchResult result, bool no_such_host) {
  Host* host = p_.scheduler.find(flight.host);
  if (host == nullptr) return;  // given away meanwhile: its new owner asks again
  OriginRobots& robots = host->robots[flight.origin];
  const auto now = boot_now();
  if (result.outcome == Outcome::put_back) {
    robots.state.put_back();
    return p_.scheduler.changed(*host, now);
  }
  if (!result.response_head.empty()) {
    const std::string url = flight.url.href();
    p_.segment.append_exchange({.url = url,
                                .ip = result.ip,
                                .sent_at = result.sent_at,
                                .request_head = result.request_head,
                                .response_head = result.response_head,
                                .body = result.body,
                                .truncated = result.truncated},
                               std::chrono::system_clock::now());
    p_.committer.when_durable([] {});
  }
  if (result.outcome == Outcome::redirected && follow(robots, result)) {
    robots.state.put_back();
    return p_.scheduler.changed(*host, now);
  }
  if (result.outcome == Outcome::fetched) {
    robots.state.fetched(text_of(result), now, {.agent_token = p_.shared.config.agent.name});
    p_.counters.robots_ok.add();
  } else {
    judge(robots, result, no_such_host);
  }
  robots.hops = 0;
  robots.target = *web::parse_url(flight.origin + "/robots.txt");
  host->limiter.set_crawl_delay(host->crawl_delay());
  p_.scheduler.changed(*host, now);
  p_.settler.save_state(flight.host, flight.partition);
  if (robots.state.lasting()) {
    p_.frontier.robots_put(flight.partition, flight.origin, robots.state.encode(wall_now_ms(), now), [] {});
  }
}

void RobotsPipeline::judge(OriginRobots& robots, const FetchResult& result, bool no_such_host) {
  const auto now = boot_now();
  if (result.outcome == Outcome::http_4xx) {
    robots.state.unavailable(now);
    p_.counters.robots_unavailable.add();
  } else if (result.outcome == Outcome::forbidden_address) {
    robots.state.hopeless("forbidden_address", now);
  } else if (no_such_host) {
    robots.state.hopeless("dns", now);
  } else {
    robots.state.unreachable(now, std::uniform_real_distribution<double>(0, 1)(random_));
    p_.counters.robots_unreachable.add();
  }
}

// A redirect on the same host is followed through the same gate; one to another host counts as unreachable,
// which is the polite reading.
bool RobotsPipeline::follow(OriginRobots& robots, const FetchResult& result) const {
  const web::Headers headers = web::Headers::parse(result.response_head);
  const auto target = web::parse_url(headers.get("location"), &robots.target);
  const Config& config = p_.shared.config;
  if (!target || robots.hops >= kMaxHops || config.politeness_key(*target) != config.politeness_key(robots.target))
    return false;
  ++robots.hops;
  robots.target = web::normalize(*target);
  return true;
}

}  // namespace crawler
