#include <gtest/gtest.h>

#include "limiter/host_limiter.h"

namespace limiter {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{1000s};
constexpr std::string_view kLine = "a boot";

HostLimits limits_with(Duration delay, int burst = 1) {
  HostLimits limits;
  limits.delay = delay;
  limits.factor = 0;
  limits.burst = burst;
  return limits;
}

HostLimiter::Ledger ask(HostLimiter& host, TimePoint sent) {
  host.start();
  return host.finish({sent, sent, sent, true});
}

TEST(OperatorDelay, ItOnlySlowsAndIsNamedWhereItSetsTheDelay) {
  HostLimiter host(limits_with(2s));
  host.set_operator_delay(1s);
  EXPECT_EQ(host.delay(), 2s);
  EXPECT_EQ(host.terms().from, DelayFrom::config);
  host.set_operator_delay(5s);
  EXPECT_EQ(host.delay(), 5s);
  EXPECT_EQ(host.terms().from, DelayFrom::operator_set);
  host.set_crawl_delay(9);
  EXPECT_EQ(host.delay(), 9s);
  EXPECT_EQ(host.terms().from, DelayFrom::crawl_delay);
  host.set_crawl_delay(std::nullopt);
  EXPECT_EQ(host.terms().from, DelayFrom::operator_set);
  EXPECT_EQ(delay_from_name(host.delay_from()), "operator");
}

TEST(OperatorDelay, TheWaitThatRunsBecomesLongerAndShorterAgain) {
  HostLimiter host(limits_with(1s));
  ask(host, kStart);
  host.set_operator_delay(10s);
  EXPECT_EQ(host.next(), kStart + 10s);
  host.set_operator_delay(4s);
  EXPECT_EQ(host.next(), kStart + 4s);
  host.set_operator_delay(std::nullopt);
  EXPECT_EQ(host.next(), kStart + 1s);
  ask(host, kStart + 1s);
  EXPECT_EQ(host.next(), kStart + 2s);
}

TEST(OperatorDelay, UndoneItNeverQuickensBelowTheCrawlDelay) {
  HostLimiter host(limits_with(1s));
  host.set_crawl_delay(3);
  ask(host, kStart);
  host.set_operator_delay(60s);
  host.set_operator_delay(std::nullopt);
  EXPECT_EQ(host.next(), kStart + 3s);
}

TEST(OperatorDelay, WhatIsInFlightIsNoViolationAndTheNextWaitsOnce) {
  HostLimiter host(limits_with(1s));
  ask(host, kStart);
  host.start();  // and sent at once
  host.set_operator_delay(60s);
  EXPECT_EQ(host.next(0), kStart + 60s) << "one that has not left yet must not";
  const auto ledger = host.finish({kStart + 1s, kStart + 1s, kStart + 1s, true});
  EXPECT_FALSE(ledger.violation);
  EXPECT_EQ(host.next(), kStart + 61s);
}

TEST(OperatorDelay, ARequestBeforeItsTimeIsAViolation) {
  HostLimiter host(limits_with(1s));
  host.set_operator_delay(5s);
  ask(host, kStart);
  EXPECT_TRUE(ask(host, kStart + 5s - 1ns).violation);
  EXPECT_FALSE(ask(host, kStart + 10s).violation);
}

TEST(OperatorDelay, TheBurstGivesWayToIt) {
  HostLimiter host(limits_with(1s, 3));
  host.set_operator_delay(2s);
  EXPECT_EQ(host.terms().burst, 1);
  ask(host, kStart);
  EXPECT_EQ(host.next(), kStart + 2s);
  host.set_operator_delay(std::nullopt);
  EXPECT_EQ(host.terms().burst, 3);
}

TEST(OperatorDelay, TheBurstGivesWayToOneThatIsNoLongerToo) {
  HostLimiter host(limits_with(1s, 3));
  ask(host, kStart);
  EXPECT_LE(host.next(), kStart);
  host.set_operator_delay(500ms);
  EXPECT_EQ(host.terms().burst, 1);
  EXPECT_EQ(host.terms().delay, Duration(1s));
  EXPECT_EQ(host.next(), kStart + 1s) << "from the order on";
}

TEST(OperatorDelay, ItCountsForTheWaitAfterATakeOverToo) {
  HostLimiter host(limits_with(1s));
  host.set_operator_delay(30s);
  host.restore("", {kStart, true}, kStart, kLine);
  EXPECT_EQ(host.next(), kStart + 30s);
  host.set_operator_delay(std::nullopt);
  EXPECT_EQ(host.next(), kStart + 1s);
}

TEST(OperatorDelay, UndoneAfterARestartItHidesNoLongAnswer) {
  HostLimits limits = limits_with(1s);
  limits.factor = 1;
  HostLimiter before(limits), after(limits);
  before.set_operator_delay(60s);
  before.start();
  before.finish({kStart, kStart, kStart + 10s, true});
  after.restore(before.encode(kStart + 10s, kLine), {kStart + 11s, false}, kStart + 11s, kLine);
  EXPECT_EQ(after.next(), kStart + 20s);
}

TEST(OperatorDelay, AHostNeverAskedNeedNotWait) {
  HostLimiter host(limits_with(1s));
  host.set_operator_delay(30s);
  EXPECT_LE(host.next(), kStart);
}

}  // namespace
}  // namespace limiter
