#include "limiter/robots_state.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/limiter/robots_state_fixture.h"

namespace limiter {
namespace {

using namespace std::chrono_literals;
using namespace limiter::testing;
using Step = RobotsState::Step;

TEST(RobotsState, TheStoreIsAskedBeforeTheHost) {
  RobotsState state;
  EXPECT_EQ(state.step(kStart, serving()), Step::load);
  state.loading();
  EXPECT_EQ(state.step(kStart, serving()), Step::wait);
  state.loaded(std::nullopt, kStart, kWall, serving());
  EXPECT_EQ(state.step(kStart, serving()), Step::fetch);
  state.fetching();
  EXPECT_EQ(state.step(kStart, serving()), Step::wait);
}

TEST(RobotsState, RulesAreObeyed) {  // RFC 9309 2.3.1.1
  RobotsState state = being_fetched();
  state.fetched(kRules, kStart, serving());
  EXPECT_EQ(state.step(kStart, serving()), Step::ready);
  EXPECT_TRUE(state.check("/public").allowed);
  const auto verdict = state.check("/private/x");
  EXPECT_FALSE(verdict.allowed);
  EXPECT_EQ(verdict.line, 2);
  EXPECT_EQ(state.crawl_delay(), 4.0);
  EXPECT_EQ(*state.sitemaps(), std::vector<std::string>{"http://a.example/map.xml"});
}

TEST(RobotsState, TheGroupOfOurTokenCounts) {
  RobotsOptions options;
  options.agent_token = "ours";
  RobotsState state = being_fetched();
  state.fetched("User-agent: *\nDisallow: /\n\nUser-agent: ours\nDisallow: /b\n", kStart, options);
  EXPECT_TRUE(state.check("/a").allowed);
  EXPECT_FALSE(state.check("/b").allowed);
}

TEST(RobotsState, Any4xxAllowsEverything) {  // RFC 9309 2.3.1.3
  RobotsState state = being_fetched();
  state.unavailable(kStart);
  EXPECT_EQ(state.step(kStart, serving()), Step::ready);
  EXPECT_TRUE(state.check("/private").allowed);
  EXPECT_FALSE(state.crawl_delay());
  EXPECT_EQ(state.sitemaps(), nullptr);
}

TEST(RobotsState, A4xxEndsTheRulesOfBefore) {
  RobotsState state = being_fetched();
  state.fetched(kRules, kStart, serving());
  state.fetching();
  state.unavailable(kStart + 24h);
  EXPECT_TRUE(state.check("/private").allowed);
}

TEST(RobotsState, UnreachableForbidsAndIsAskedAgainAfterAbout5And20And60Seconds) {  // RFC 9309 2.3.1.4
  for (const double random : {0.0, 0.5, 0.999}) {
    RobotsState state = being_fetched();
    TimePoint now = kStart;
    for (const Duration about : {Duration(5s), Duration(20s), Duration(60s), Duration(1h), Duration(1h)}) {
      state.unreachable(now, random);
      EXPECT_GE(state.again_at(), now + about * 9 / 10);
      EXPECT_LE(state.again_at(), now + about * 11 / 10);
      EXPECT_EQ(state.step(now, serving()), Step::later);
      EXPECT_EQ(state.step(state.again_at() - 1ns, serving()), Step::later);
      EXPECT_EQ(state.step(state.again_at(), serving()), Step::fetch);
      now = state.again_at();
      state.fetching();
    }
  }
}

TEST(RobotsState, AFiniteCrawlGivesUpAfterFourAttempts) {
  RobotsState state = being_fetched();
  TimePoint now = kStart;
  for (int attempt = 1; attempt <= 3; ++attempt) {
    state.unreachable(now, 0.5);
    now = state.again_at();
    EXPECT_EQ(state.step(now, finite()), Step::fetch) << attempt;
    state.fetching();
  }
  state.unreachable(now, 0.5);
  EXPECT_EQ(state.attempts(), 4);
  EXPECT_EQ(state.step(now, finite()), Step::gave_up);
  EXPECT_EQ(state.step(now + 1000h, finite()), Step::gave_up);
  EXPECT_EQ(state.step(now, serving()), Step::later);  // who serves goes on
}

TEST(RobotsState, AnAnswerEndsTheCountOfFailures) {
  RobotsState state = being_fetched();
  state.unreachable(kStart, 0.5);
  state.fetching();
  state.fetched(kRules, kStart + 5s, serving());
  EXPECT_EQ(state.attempts(), 0);
  EXPECT_EQ(state.step(kStart + 5s, serving()), Step::ready);
  state.fetching();
  state.unreachable(kStart + 24h, 0.5);
  EXPECT_LT(state.again_at(), kStart + 24h + 6s);  // the first wait again
}

TEST(RobotsState, AVerdictIsAskedForAgainAfterItsTtl) {  // RFC 9309 2.4
  RobotsState rules = being_fetched(), none = being_fetched();
  rules.fetched(kRules, kStart, serving());
  none.unavailable(kStart);
  for (const RobotsState& state : {rules, none}) {
    EXPECT_EQ(state.step(kStart + 24h - 1ns, serving()), Step::ready);
    EXPECT_EQ(state.step(kStart + 24h, serving()), Step::fetch);
  }
  RobotsOptions brief;
  brief.ttl = 10min;
  EXPECT_EQ(rules.step(kStart + 10min, brief), Step::fetch);
}

TEST(RobotsState, WhatWasNotSentIsStillToBeFetched) {
  RobotsState state = being_fetched();
  state.put_back();
  EXPECT_EQ(state.step(kStart, serving()), Step::fetch);
  EXPECT_EQ(state.attempts(), 0);
  state.fetching();
  state.unreachable(kStart, 0.5);
  state.fetching();
  state.put_back();
  EXPECT_EQ(state.attempts(), 1);
  EXPECT_EQ(state.step(kStart + 1s, serving()), Step::later);
  EXPECT_EQ(state.step(kStart + 6s, serving()), Step::fetch);
}

TEST(RobotsState, AHopelessHostEndsItsUrlsAndIsFoundOutAnewAfterAWhile) {
  RobotsState state = being_fetched();
  state.hopeless("dns", kStart);
  EXPECT_EQ(state.step(kStart, serving()), Step::hopeless);
  EXPECT_EQ(state.step(kStart, finite()), Step::hopeless);
  EXPECT_EQ(state.why(), "dns");
  EXPECT_FALSE(state.lasting());
  EXPECT_EQ(state.step(state.again_at() - 1ns, serving()), Step::hopeless);
  EXPECT_EQ(state.step(state.again_at(), serving()), Step::fetch);
  EXPECT_LE(state.again_at(), kStart + 1min);
}

TEST(RobotsState, AStaleCopyDecidesWhileItIsRefreshed) {  // RFC 9309 2.4
  RobotsState rules = being_fetched(), none = being_fetched();
  rules.fetched(kRules, kStart, serving());
  none.unavailable(kStart);
  for (RobotsState state : {rules, none}) {
    EXPECT_EQ(state.step(kStart + 24h, serving()), Step::fetch);
    state.fetching();
    EXPECT_EQ(state.step(kStart + 24h, serving()), Step::ready);
    state.put_back();
    EXPECT_EQ(state.step(kStart + 24h, serving()), Step::fetch);
    state.asked_elsewhere(kStart + 24h);
    EXPECT_EQ(state.step(kStart + 24h, serving()), Step::ready);
  }
  EXPECT_FALSE(rules.check("/private").allowed);
}

TEST(RobotsState, TheLastGoodCopyStaysInForceThroughFailuresFor30Days) {  // RFC 9309 2.3.1.4
  RobotsState state = being_fetched();
  state.fetched(kRules, kStart, serving());
  TimePoint now = kStart + 24h;
  for (; now < kStart + 24h * 30; now = state.again_at()) {
    ASSERT_EQ(state.step(now, finite()), Step::fetch);  // nor is it ever given up
    state.fetching();
    ASSERT_EQ(state.step(now, finite()), Step::ready);
    state.unreachable(now, 0.5);
    ASSERT_EQ(state.step(now, finite()), Step::ready);
    ASSERT_FALSE(state.check("/private").allowed);
    ASSERT_TRUE(state.check("/").allowed);
  }
  EXPECT_GT(state.attempts(), 600);
  state.unreachable(kStart + 24h * 30, 0.5);
  EXPECT_EQ(state.step(kStart + 24h * 30 - 1ns, serving()), Step::ready);
  EXPECT_EQ(state.step(kStart + 24h * 30, serving()), Step::later);
  EXPECT_EQ(state.step(kStart + 24h * 30, finite()), Step::gave_up);
  EXPECT_EQ(state.crawl_delay(), 4.0);  // slower only
}

TEST(RobotsState, ThatThereWasNoRobotsTxtIsNoCopyToFallBackOn) {
  RobotsState state = being_fetched();
  state.unavailable(kStart);
  state.fetching();
  state.unreachable(kStart + 24h, 0.5);
  EXPECT_EQ(state.step(kStart + 24h, serving()), Step::later);
  const RobotsState after = restored(state.encode(kWall, kStart + 24h), kStart, kWall);
  EXPECT_EQ(after.step(kStart, serving()), Step::later);
}

TEST(RobotsState, WhatIsAskedForElsewhereIsAskedAgainWhenItIsLost) {
  RobotsState state = being_fetched();
  state.asked_elsewhere(kStart);
  EXPECT_EQ(state.step(kStart, serving()), Step::later);
  EXPECT_EQ(state.step(state.again_at() - 1ns, serving()), Step::later);
  EXPECT_EQ(state.step(state.again_at(), serving()), Step::fetch);
  EXPECT_EQ(state.again_at(), kStart + 60s);
  state.asked_elsewhere(kStart + 60s);
  EXPECT_EQ(state.asks(), 2);
  state.put_back();
  state.asked_elsewhere(kStart + 120s);
  EXPECT_EQ(state.asks(), 1);
  EXPECT_TRUE(state.elsewhere());
  state.fetched(kRules, kStart + 130s, serving());
  EXPECT_FALSE(state.elsewhere());
  EXPECT_EQ(state.step(kStart + 130s, serving()), Step::ready);
}

TEST(RobotsState, TheViewTellsWhichVersionIsObeyed) {
  RobotsState state;
  EXPECT_EQ(state.view(kStart, serving()).phase, "unknown");
  state = being_fetched();
  EXPECT_EQ(state.view(kStart, serving()).phase, "fetching");
  EXPECT_FALSE(state.view(kStart, serving()).age);
  state.fetched(kRules, kStart, serving(), "sha1:ABC");
  RobotsView view = state.view(kStart + 3h, serving());
  EXPECT_EQ(view.phase, "known");
  EXPECT_EQ(view.body, kRules);
  EXPECT_EQ(view.digest, "sha1:ABC");
  EXPECT_EQ(view.age, Duration(3h));
  EXPECT_TRUE(view.in_force);
  EXPECT_FALSE(view.unreachable_from);
  EXPECT_EQ(state.view(kStart + 24h, serving()).phase, "stale");
  state.unreachable(kStart + 24h, 0.5);
  state.unreachable(kStart + 25h, 0.5);
  const RobotsState after = restored(state.encode(kWall, kStart + 26h), kStart, kWall);
  view = after.view(kStart, serving());
  EXPECT_EQ(view.phase, "unreachable");
  EXPECT_EQ(view.attempts, 2);
  EXPECT_EQ(view.unreachable_from, kStart - 2h);
  EXPECT_EQ(view.digest, "sha1:ABC");
  EXPECT_EQ(view.age, Duration(26h));
  EXPECT_TRUE(view.in_force);
  state.unavailable(kStart);
  EXPECT_EQ(state.view(kStart, serving()).phase, "unavailable");
  EXPECT_EQ(state.view(kStart, serving()).digest, "");
}

TEST(RobotsState, OnlyVerdictsAreLasting) {
  RobotsState state;
  EXPECT_FALSE(state.lasting());
  state = being_fetched();
  EXPECT_FALSE(state.lasting());
  state.unreachable(kStart, 0.5);
  EXPECT_TRUE(state.lasting());
  state.unavailable(kStart);
  EXPECT_TRUE(state.lasting());
  state.fetched(kRules, kStart, serving());
  EXPECT_TRUE(state.lasting());
}

}  // namespace
}  // namespace limiter
