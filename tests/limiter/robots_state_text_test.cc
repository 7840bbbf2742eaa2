// RobotsState as bytes: what another life reads of them.
#include <gtest/gtest.h>

#include <string>

#include "limiter/robots_state.h"
#include "tests/limiter/robots_state_fixture.h"

namespace limiter {
namespace {

using namespace std::chrono_literals;
using namespace limiter::testing;
using Step = RobotsState::Step;

TEST(RobotsStateText, RulesAndAgeOutliveARestart) {
  RobotsState before = being_fetched();
  before.fetched(kRules, kStart, serving());
  const std::string text = before.encode(kWall + 1h, kStart + 1h);
  const TimePoint later{7s};  // after a boot, an hour on
  const RobotsState state = restored(text, later, kWall + 2h);
  EXPECT_EQ(state.step(later, serving()), Step::ready);
  EXPECT_FALSE(state.check("/private").allowed);
  EXPECT_EQ(state.crawl_delay(), 4.0);
  EXPECT_EQ(state.step(later + 22h - 1ms, serving()), Step::ready);
  EXPECT_EQ(state.step(later + 22h, serving()), Step::fetch);
  EXPECT_EQ(restored(text, later, kWall + 24h).step(later, serving()), Step::fetch);
}

TEST(RobotsStateText, ThatThereAreNoRulesOutlivesARestart) {
  RobotsState before = being_fetched();
  before.unavailable(kStart);
  const RobotsState state = restored(before.encode(kWall, kStart), kStart, kWall + 1h);
  EXPECT_EQ(state.step(kStart, serving()), Step::ready);
  EXPECT_TRUE(state.check("/private").allowed);
  EXPECT_EQ(state.step(kStart + 23h, serving()), Step::fetch);
}

TEST(RobotsStateText, EmptyRulesOutliveARestartAsRules) {
  RobotsState before = being_fetched();
  before.fetched("", kStart, serving());
  const RobotsState state = restored(before.encode(kWall, kStart), kStart, kWall);
  EXPECT_EQ(state.step(kStart, serving()), Step::ready);
  EXPECT_NE(state.sitemaps(), nullptr);
}

TEST(RobotsStateText, ThatItIsUnreachableOutlivesARestartWithItsAttempts) {
  RobotsState before = being_fetched();
  for (int i = 0; i < 3; ++i) before.unreachable(kStart, 0.5);
  const std::string text = before.encode(kWall, kStart);  // again in 60 s
  RobotsState state = restored(text, kStart, kWall + 20s);
  EXPECT_EQ(state.attempts(), 3);
  EXPECT_EQ(state.step(kStart + 39s, finite()), Step::later);
  EXPECT_EQ(state.step(kStart + 40s, finite()), Step::fetch);
  state.fetching();
  state.unreachable(kStart + 40s, 0.5);
  EXPECT_EQ(state.step(kStart + 40s, finite()), Step::gave_up);
  EXPECT_EQ(restored(state.encode(kWall, kStart), kStart, kWall, finite()).step(kStart, finite()), Step::gave_up);
}

TEST(RobotsStateText, AWallClockSetBackDoesNotLengthenAVerdictsLife) {
  RobotsState before = being_fetched();
  before.fetched(kRules, kStart, serving());
  const RobotsState state = restored(before.encode(kWall, kStart), kStart, kWall - 100h);
  EXPECT_EQ(state.step(kStart + 24h - 1ns, serving()), Step::ready);
  EXPECT_EQ(state.step(kStart + 24h, serving()), Step::fetch);
  before = being_fetched();
  before.unreachable(kStart, 0.5);
  const RobotsState waiting = restored(before.encode(kWall, kStart), kStart, kWall - 100h);
  EXPECT_EQ(waiting.step(kStart + 1h, serving()), Step::fetch);
}

TEST(RobotsStateText, TheCopyAndItsFailuresOutliveARestart) {
  RobotsState before = being_fetched();
  before.fetched(kRules, kStart, serving());
  for (int i = 0; i < 4; ++i) before.unreachable(kStart + 48h, 0.5);
  RobotsState state = restored(before.encode(kWall, kStart + 48h), kStart, kWall + 30min, finite());
  EXPECT_EQ(state.step(kStart, finite()), Step::ready);
  EXPECT_FALSE(state.check("/private").allowed);
  EXPECT_EQ(state.step(kStart + 30min, finite()), Step::fetch);
  state.fetching();
  state.unreachable(kStart + 24h * 28, 0.5);
  EXPECT_EQ(state.step(kStart + 24h * 28 - 31min, finite()), Step::ready);
  EXPECT_EQ(state.step(kStart + 24h * 28 - 30min, finite()), Step::gave_up);
}

TEST(RobotsStateText, WhatAnOlderVersionWroteIsRead) {
  RobotsState state = restored("1 k 1799999000000 0\n" + kRules, kStart, kWall);
  EXPECT_EQ(state.step(kStart, serving()), Step::ready);
  EXPECT_FALSE(state.check("/private").allowed);
  EXPECT_EQ(state.view(kStart, serving()).age, Duration(1000s));
  EXPECT_EQ(restored("1 n 1799999000000 0\n", kStart, kWall).step(kStart, serving()), Step::ready);
  state = restored("1 u 1800000020000 3\n", kStart, kWall);
  EXPECT_EQ(state.attempts(), 3);
  EXPECT_EQ(state.step(kStart + 20s - 1ms, serving()), Step::later);
  EXPECT_EQ(state.step(kStart + 20s, serving()), Step::fetch);
}

TEST(RobotsStateText, HugeAndNegativeNumbersInTheStoreAreHarmless) {
  for (const std::string huge : {"9223372036854775807", "-9223372036854775808", "-1", "0"}) {
    for (const std::string version : {"1", "2"}) {
      for (const std::string copy : {"k", "n", "u"}) {
        const std::string rest = version == "1" ? "" : " " + huge + " " + huge + " -";
        for (const WallMs wall : {kWall, WallMs(0), WallMs::max(), WallMs::min()}) {
          const std::string text = version + " " + copy + " " + huge + " " + huge + rest + "\n";
          RobotsState state = restored(text, kStart, wall);
          EXPECT_LE(state.attempts(), 1000);
          EXPECT_NE(state.step(kStart + 24h, serving()), Step::later) << text;
          EXPECT_NE(state.step(kStart + 24h * 31, serving()), Step::ready) << text;
          state.unreachable(kStart, 0.5);
          EXPECT_LE(state.again_at(), kStart + 2h);
        }
      }
    }
  }
}

TEST(RobotsStateText, UnreadableTextMeansItIsAskedFor) {
  for (const std::string text :
       {"", "1", "1 k", "1 k 5 0", "2 k 5 0\nx", "1 k\n", "1 k x 0\n", "1 k 5\n", "1 k 5 x\n", "1 kk 5 0\n",
        "1 k 99999999999999999999 0\n", "1 z 1800000000000 0\n", "2 k 1800000000000 0\n", "2 u 1800000000000 0 0 0 -\n",
        "2 k 1 2 3 x -\n", "3 k 1800000000000 0 0 0 -\n"}) {
    EXPECT_EQ(restored(text, kStart, kWall).step(kStart, serving()), Step::fetch) << text;
  }
}

TEST(RobotsStateText, WhatIsKeptOfAHugeFileIsBounded) {  // RFC 9309 2.5
  RobotsState state = being_fetched();
  state.fetched("User-agent: *\nDisallow: /a\n" + std::string(4 << 20, '#') + "\nDisallow: /b\n", kStart, serving());
  EXPECT_FALSE(state.check("/a").allowed);
  EXPECT_TRUE(state.check("/b").allowed);
  EXPECT_LE(state.encode(kWall, kStart).size(), 501u * 1024);
}

}  // namespace
}  // namespace limiter
