#include <gtest/gtest.h>

#include <string>

#include "tests/limiter/host_limiter_fixture.h"

namespace limiter {
namespace {

constexpr std::string_view kLine = "one machine time:[2]", kOther = "another";

// What is written down is read again at `later`, on the same time line or another.
HostLimiter restored(const HostLimits& limits, const std::string& text, Ownership owned, TimePoint later,
                     std::string_view line = kLine) {
  HostLimiter host(limits);
  host.restore(text, owned, later, line);
  return host;
}

TEST(HostLimiter, AHostAskedInAnEarlierLifeWaitsOneFullDelayFromTheTakeOver) {
  HostLimiter before(limits_with(7s));
  ask(before, kStart);
  const TimePoint rebooted{3s};  // another time line
  const auto host = restored(limits_with(7s), before.encode(kStart, kLine), {rebooted, false}, rebooted + 1s, kOther);
  EXPECT_TRUE(host.asked());
  EXPECT_EQ(host.next(), rebooted + 7s);
}

TEST(HostLimiter, AHostNotAskedInAnEarlierLifeNeedNotWait) {
  const HostLimiter before(limits_with(7s));
  const auto host = restored(limits_with(7s), before.encode(kStart, kLine), {kStart, false}, kStart);
  EXPECT_FALSE(host.asked());
  EXPECT_LE(host.next(), kStart);
  EXPECT_LE(restored(limits_with(7s), "", {kStart, false}, kStart).next(), kStart);
}

TEST(HostLimiter, AHostInDoubtWaitsOneFullDelay) {
  const HostLimiter never(limits_with(7s));
  for (const std::string& text : {std::string(), never.encode(kStart, kLine)}) {
    const auto host = restored(limits_with(7s), text, {kStart, true}, kStart + 1s);
    EXPECT_TRUE(host.asked()) << text;
    EXPECT_EQ(host.next(), kStart + 7s) << text;
  }
}

TEST(HostLimiter, WhatALongAnswerTookIsWaitedForAfterATakeOverToo) {
  HostLimiter before(limits_with(1s, 2.0));
  ask(before, kStart, 10s, 1s);
  for (const auto line : {kLine, kOther}) {
    const auto host =
        restored(limits_with(1s, 2.0), before.encode(kStart + 11s, kLine), {kStart + 11s, false}, kStart + 11s, line);
    EXPECT_EQ(host.next(), kStart + 11s + 22s) << line;
    EXPECT_EQ(host.delay_from(), DelayFrom::response_time);
    EXPECT_FALSE(host.backing_off(kStart + 12s));
  }
}

// Strain and latency may have made its delay longer; the next life need not know of them.
TEST(HostLimiter, WhatOnlyALongerDelayThanItsFloorCoversIsWrittenDown) {
  HostLimiter before(limits_with(1s, 2.0));
  for (int i = 0; i < 40; ++i) before.failed();
  ASSERT_GT(before.delay(), 9s);
  ask(before, kStart, 3s, 1s);
  for (int i = 0; i < 40; ++i) before.recovered();
  ASSERT_EQ(before.delay(), 1s);
  const auto host =
      restored(limits_with(1s, 2.0), before.encode(kStart + 4s, kLine), {kStart + 4s, false}, kStart + 4s);
  EXPECT_GE(host.next(), kStart + 4s + 8s);
}

TEST(HostLimiter, WhatOneFullDelayCoversIsNotWrittenDown) {
  HostLimiter before(limits_with(60s, 2.0));
  ask(before, kStart, 10s, 1s);
  const std::string one = before.encode(kStart + 11s, kLine);
  ask(before, kStart + 70s, 11s, 1s);
  EXPECT_EQ(before.encode(kStart + 82s, kLine), one);
}

TEST(HostLimiter, CrawlDelayCountsForTheWaitAfterATakeOverToo) {
  auto host = restored(limits_with(1s), "", {kStart, true}, kStart);
  host.set_crawl_delay(10);
  EXPECT_EQ(host.next(), kStart + 10s);
}

TEST(HostLimiter, UnreadableStateCountsAsAsked) {
  for (const std::string text : {"x", "3", "3 1", "3 0 0 0 0 ", "2 0 0 0 0 0 x", "3 0 0 0 0 x x", "3  0 0 0 0 x",
                                 " 3 0 0 0 0 0 x", "3 0 99999999999999999999 0 0 0 x", "3 0 0 0 0 0"}) {
    const auto host = restored(limits_with(4s), text, {kStart, false}, kStart);
    EXPECT_TRUE(host.asked()) << text;
    EXPECT_EQ(host.next(), kStart + 4s) << text;
  }
}

TEST(HostLimiter, WhatIsLeftOfABackOffOutlivesARestart) {
  HostLimiter before(limits_with(1s));
  ask(before, kStart);
  before.push_back(600s, kStart, 0);
  const TimePoint later = kStart + 250s;
  const auto host = restored(limits_with(1s), before.encode(kStart + 100s, kLine), {later, false}, later);
  EXPECT_EQ(host.next(), kStart + 600s);
  EXPECT_EQ(host.delay_from(), DelayFrom::retry_after);
  EXPECT_TRUE(host.backing_off(kStart + 599s));
  // Over meanwhile: only the delay of the take-over holds.
  const TimePoint long_after = kStart + 2h;
  EXPECT_EQ(restored(limits_with(1s), before.encode(kStart, kLine), {long_after, false}, long_after).next(),
            long_after + 1s);
}

TEST(HostLimiter, OnAnotherMachineWhatWasLeftIsWaitedForWhole) {
  HostLimiter before(limits_with(1s));
  ask(before, kStart);
  before.push_back(600s, kStart, 0);
  const std::string text = before.encode(kStart + 100s, kLine);
  for (const TimePoint later : {TimePoint(3s), kStart + 250s, kStart + 24h}) {
    EXPECT_EQ(restored(limits_with(1s), text, {later, false}, later, kOther).next(), later + 500s);
  }
}

TEST(HostLimiter, ABackOffFromTheStoreIsBoundedToo) {
  HostLimits limits = limits_with(1s);
  limits.max_retry_after = 1h;
  for (const std::string number : {"999999999999", "9223372036854775807"}) {
    const std::string text = "3 1 " + number + " " + number + " 3 2 " + std::string(kLine);
    EXPECT_EQ(restored(limits, text, {kStart, false}, kStart).next(), kStart + 1h);
    EXPECT_EQ(restored(limits, text, {kStart, false}, kStart, kOther).next(), kStart + 1h);
  }
}

TEST(HostLimiter, TheGrowthOfTheBackOffOutlivesARestart) {
  HostLimiter before(limits_with(1s));
  for (int i = 0; i < 3; ++i) before.push_back(std::nullopt, kStart, 0);
  auto host = restored(limits_with(1s), before.encode(kStart, kLine), {kStart, false}, kStart);
  EXPECT_EQ(host.push_back(std::nullopt, kStart, 0), Duration(2s));  // the fourth in a row
}

TEST(HostLimiter, AfterATakeOverTheFirstRequestHasNoGapToTell) {
  auto host = restored(limits_with(1s), "", {kStart, true}, kStart);
  EXPECT_FALSE(ask(host, kStart + 1s).gap);
  EXPECT_EQ(fail(host, kStart + 2s).gap, Duration(1s));
}

}  // namespace
}  // namespace limiter
