// A scheduler of one partition on made-up time, with a frontier that gives what it is told. One test's, on its thread.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "crawler/scheduler.h"

namespace crawler {

using namespace std::chrono_literals;
using limiter::TimePoint;
using Kind = Decision::Kind;

inline constexpr TimePoint kStart{1000s};  // of the made-up time: this long since boot
inline constexpr limiter::WallMs kWall{1'800'000'000'000};
inline constexpr int kPartition = 7;

class SchedulerTest : public ::testing::Test {
 protected:
  SchedulerTest() { scheduler_.own(kPartition, {kStart, false}); }

  static SchedulerOptions options() {
    SchedulerOptions o;
    o.limits_of = [](const std::string& host) {
      limiter::HostLimits limits;
      limits.delay = host.starts_with("fast") ? limiter::Duration(10ms) : limiter::Duration(1s);
      limits.factor = 0;
      return limits;
    };
    o.held = [](const std::string& host) { return host == "held.example"; };
    return o;
  }

  // The frontier has `urls` of the host, and gives all of them.
  void give(const std::string& host, const std::vector<std::string>& urls, TimePoint now = kStart,
            int partition = kPartition) {
    scheduler_.has_urls(host, partition, now);
    scheduler_.refills();
    std::vector<frontier::Record> records;
    for (const std::string& url : urls) records.push_back({.url = url, .seed = url});
    scheduler_.taken(host, "", std::move(records), false, now, kWall);
  }

  Decision expect(Kind kind, TimePoint now) {
    auto decision = scheduler_.next(now);
    EXPECT_TRUE(decision);
    if (!decision) return Decision{Kind::end, "", 0, "", {}, {}, {}, {}};
    EXPECT_EQ(decision->kind, kind);
    return std::move(*decision);
  }

  // A request that was sent and answered at `at`.
  static HostReport report(TimePoint at, Outcome outcome = Outcome::fetched) {
    return {.outcome = outcome, .reached_out = true, .exchange = {at, at, at, policy_of(outcome).answered}};
  }
  void answer(const std::string& host, TimePoint at, Outcome outcome = Outcome::fetched) {
    scheduler_.finished(host, report(at, outcome), at, 0.5);
  }

  void answer_robots(const Decision& decision, const std::string& text, TimePoint at) {
    answer(decision.host, at);
    Host& host = *scheduler_.find(decision.host);
    host.robots.at(decision.origin).state.fetched(text, at, {});
    scheduler_.robots_changed(host, decision.origin, at);
  }

  // From the store, so that it costs no request.
  void know_robots(const std::string& host, const std::string& origin, const std::string& text,
                   TimePoint now = kStart) {
    const std::string kept = "1 k " + std::to_string(kWall.count()) + " 0\n" + text;
    scheduler_.robots_loaded(host, origin, kept, now, kWall);
  }

  // Gives `urls` of http://HOST and lets the store answer that everything but /no is allowed.
  void give_known(const std::string& host, const std::vector<std::string>& urls, TimePoint now = kStart) {
    give(host, urls, now);
    expect(Kind::load_robots, now);
    know_robots(host, "http://" + host, "User-agent: *\nDisallow: /no\n", now);
  }

  std::vector<std::string> urls_of(Scheduler::Taken taken) const {
    std::vector<std::string> urls;
    for (const auto& [host, records] : taken)
      for (const auto& record : records) urls.push_back(record.url);
    return urls;
  }

  Scheduler scheduler_{options()};
};

}  // namespace crawler
