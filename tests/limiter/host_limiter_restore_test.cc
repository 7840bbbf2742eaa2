#include <gtest/gtest.h>

#include <string>

#include "tests/limiter/host_limiter_fixture.h"

namespace limiter {
namespace {

// What is written down is read again at `later`, by a clock that shows `wall`.
HostLimiter restored(const HostLimits& limits, const std::string& text, Ownership owned, TimePoint later, WallMs wall) {
  HostLimiter host(limits);
  host.restore(text, owned, later, wall);
  return host;
}

TEST(HostLimiter, AHostAskedInAnEarlierLifeWaitsOneFullDelayFromTheTakeOver) {
  HostLimiter before(limits_with(7s));
  ask(before, kStart);
  const TimePoint rebooted{3s};  // another time line
  const auto host = restored(limits_with(7s), before.encode(kWall, kStart), {rebooted, false}, rebooted + 1s, kWall);
  EXPECT_TRUE(host.asked());
  EXPECT_EQ(host.next(), rebooted + 7s);
}

TEST(HostLimiter, AHostNotAskedInAnEarlierLifeNeedNotWait) {
  const HostLimiter before(limits_with(7s));
  const auto host = restored(limits_with(7s), before.encode(kWall, kStart), {kStart, false}, kStart, kWall);
  EXPECT_FALSE(host.asked());
  EXPECT_LE(host.next(), kStart);
  EXPECT_LE(restored(limits_with(7s), "", {kStart, false}, kStart, kWall).next(), kStart);
}

TEST(HostLimiter, AHostInDoubtWaitsOneFullDelay) {
  const HostLimiter never(limits_with(7s));
  for (const std::string& text : {std::string(), never.encode(kWall, kStart)}) {
    const auto host = restored(limits_with(7s), text, {kStart, true}, kStart + 1s, kWall);
    EXPECT_TRUE(host.asked()) << text;
    EXPECT_EQ(host.next(), kStart + 7s) << text;
  }
}

TEST(HostLimiter, CrawlDelayCountsForTheWaitAfterATakeOverToo) {
  auto host = restored(limits_with(1s), "", {kStart, true}, kStart, kWall);
  host.set_crawl_delay(10);
  EXPECT_EQ(host.next(), kStart + 10s);
}

TEST(HostLimiter, UnreadableStateCountsAsAsked) {
  for (const std::string text : {"x", "2", "2 1", "2 0 0 0 0", "2 0 0 0 0 0 0", "1 0 0 0 0 0", "2 0 0 0 0 x",
                                 "2  0 0 0 0", " 2 0 0 0 0 0", "2 0 99999999999999999999 0 0 0", "2 0 0 0 0 0 "}) {
    const auto host = restored(limits_with(4s), text, {kStart, false}, kStart, kWall);
    EXPECT_TRUE(host.asked()) << text;
    EXPECT_EQ(host.next(), kStart + 4s) << text;
  }
}

TEST(HostLimiter, WhatIsLeftOfABackOffOutlivesARestart) {
  HostLimiter before(limits_with(1s));
  ask(before, kStart);
  before.push_back(600s, kStart, 0);
  const std::string text = before.encode(kWall + 100s, kStart + 100s);  // 500 s are left
  const TimePoint later{5s};
  const auto host = restored(limits_with(1s), text, {later, false}, later, kWall + 250s);
  EXPECT_EQ(host.next(), later + 350s);
  EXPECT_EQ(host.delay_from(), DelayFrom::retry_after);
  EXPECT_TRUE(host.backing_off(later + 349s));
}

TEST(HostLimiter, BackOffRemainsClampedToItsLengthWhenTheWallClockSteps) {
  HostLimiter before(limits_with(1s));
  ask(before, kStart);
  before.push_back(600s, kStart, 0);
  const std::string text = before.encode(kWall, kStart);
  const TimePoint later{50s};
  // Set back by a day: no longer than it ever was.
  EXPECT_EQ(restored(limits_with(1s), text, {later, false}, later, kWall - 24h).next(), later + 600s);
  // Set forward by a day: over, but the delay of the take-over holds.
  EXPECT_EQ(restored(limits_with(1s), text, {later, false}, later, kWall + 24h).next(), later + 1s);
}

TEST(HostLimiter, ABackOffFromTheStoreIsBoundedToo) {
  HostLimits limits = limits_with(1s);
  limits.max_retry_after = 1h;
  const std::string text = "2 1 999999999999 " + std::to_string(kWall.count()) + " 3 2";
  EXPECT_EQ(restored(limits, text, {kStart, false}, kStart, kWall).next(), kStart + 1h);
}

TEST(HostLimiter, TheGrowthOfTheBackOffOutlivesARestart) {
  HostLimiter before(limits_with(1s));
  for (int i = 0; i < 3; ++i) before.push_back(std::nullopt, kStart, 0);
  auto host = restored(limits_with(1s), before.encode(kWall, kStart), {kStart, false}, kStart, kWall);
  EXPECT_EQ(host.push_back(std::nullopt, kStart, 0), Duration(2s));  // the fourth in a row
}

TEST(HostLimiter, AfterATakeOverTheFirstRequestHasNoGapToTell) {
  auto host = restored(limits_with(1s), "", {kStart, true}, kStart, kWall);
  EXPECT_FALSE(ask(host, kStart + 1s).gap);
  EXPECT_EQ(fail(host, kStart + 2s).gap, Duration(1s));
}

}  // namespace
}  // namespace limiter
