#include "limiter/levers.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace limiter {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kNow{1000s};
constexpr WallMs kStore{1'800'000'000'000};

StoredLever stored(LeverKind kind, const std::string& id, WallMs since, WallMs length, const std::string& why = "",
                   Duration delay = 0s) {
  const std::string terms = encode_terms({.id = "", .length = length, .delay = delay, .why = why});
  return {kind, "1 " + id + " " + std::to_string(since.count()) + " " + terms};
}

HostLevers read(const std::vector<StoredLever>& texts, WallMs store_now = kStore, TimePoint now = kNow,
                const HostLevers& before = {}) {
  return read_levers(texts, store_now, now, before);
}

TEST(LeversTest, WhatIsWrittenIsReadAgain) {
  const auto lever = decode_lever(stored(LeverKind::slow, "a1", kStore, 10min, "a  shop, asks for rest ", 2500ms).text);
  ASSERT_TRUE(lever);
  EXPECT_EQ(lever->id, "a1");
  EXPECT_EQ(lever->since, kStore);
  EXPECT_EQ(lever->length, 10min);
  EXPECT_EQ(lever->delay, 2500ms);
  EXPECT_EQ(lever->why, "a  shop, asks for rest ");
  EXPECT_EQ(decode_lever("1 a1 5 0 0 ")->why, "");
}

TEST(LeversTest, WhatIsNoLeverIsNotRead) {
  const std::string long_why(kMaxWhy + 1, 'x');
  for (const std::string& text :
       {std::string(), std::string("1"), std::string("2 a1 5 0 0 why"), std::string("1 a1 x 0 0 "),
        std::string("1 a1 5 -1 0 "), std::string("1 a1 99999999999999999999 0 0 "), std::string("1  5 0 0 "),
        std::string("1 a1 5 0"), std::string("1 a1 5 0 999999999999 "), "1 a1 5 0 0 " + long_why}) {
    EXPECT_FALSE(decode_lever(text)) << text;
  }
}

TEST(LeversTest, EveryKindHasItsName) {
  for (const LeverKind kind : kLeverKinds) EXPECT_EQ(lever_kind(lever_name(kind)), kind);
  EXPECT_FALSE(lever_kind("resume"));
  EXPECT_FALSE(lever_kind(""));
}

TEST(LeversTest, ALeverEndsAfterItsTimeAlsoWhereNobodyWatched) {
  const std::vector<StoredLever> texts = {stored(LeverKind::pause, "a", kStore, 10min)};
  EXPECT_EQ(read(texts, kStore + 4min).find(LeverKind::pause)->until, kNow + 6min);
  EXPECT_TRUE(read(texts, kStore + 10min).empty());
  EXPECT_TRUE(read(texts, kStore + 24h).empty());
  EXPECT_TRUE(read(texts, kStore + 9min).at(kNow + 1min).empty());
  EXPECT_FALSE(read(texts, kStore + 9min).at(kNow + 1min - 1ns).empty());
}

TEST(LeversTest, WithoutAnEndItStays) {
  const HostLevers levers = read({stored(LeverKind::block, "a", kStore, 0ms)}, kStore + 24h * 365);
  EXPECT_TRUE(levers.blocked());
  EXPECT_EQ(levers.first_end(), TimePoint::max());
  EXPECT_TRUE(levers.at(kNow + 24h * 3650).blocked());
}

TEST(LeversTest, AStepOfTheClockBackNeverMakesItLonger) {
  const HostLevers levers = read({stored(LeverKind::pause, "a", kStore, 10min)}, kStore - 1h);
  EXPECT_EQ(levers.first_end(), kNow + 10min);
}

TEST(LeversTest, WhatIsKnownKeepsItsEndThroughStepsOfTheClock) {
  const std::vector<StoredLever> texts = {stored(LeverKind::pause, "a", kStore, 10min)};
  const HostLevers known = read(texts);
  for (const WallMs step : {WallMs(-1h), WallMs(1h)}) {
    const HostLevers again = read(texts, kStore + step, kNow + 1min, known);
    EXPECT_EQ(again.first_end(), kNow + 10min);
  }
  const HostLevers renewed =
      read({stored(LeverKind::pause, "b", kStore + 1min, 10min)}, kStore + 1min, kNow + 1min, known);
  EXPECT_EQ(renewed.first_end(), kNow + 11min) << "another order is another lever";
}

TEST(LeversTest, ABlockIsStrongerThanAPause) {
  const HostLevers paused = read({stored(LeverKind::pause, "a", kStore, 0ms)});
  EXPECT_TRUE(paused.paused() && paused.stopped() && !paused.blocked());
  const HostLevers both =
      read({stored(LeverKind::pause, "a", kStore, 0ms), stored(LeverKind::block, "b", kStore, 0ms)});
  EXPECT_TRUE(both.blocked() && both.stopped() && !both.paused());
  const HostLevers slow = read({stored(LeverKind::slow, "a", kStore, 0ms, "", 3s)});
  EXPECT_TRUE(!slow.stopped() && !slow.paused() && !slow.blocked());
  EXPECT_EQ(slow.delay(), 3s);
  EXPECT_FALSE(paused.delay());
}

TEST(LeversTest, TheRuleNamesTheReason) {
  EXPECT_EQ(read({stored(LeverKind::block, "a", kStore, 0ms, "spam")}).rule(), "operator: spam");
  EXPECT_EQ(read({stored(LeverKind::block, "a", kStore, 0ms)}).rule(), "operator");
}

TEST(LeversTest, WhatCannotBeReadPauses) {
  for (const LeverKind kind : kLeverKinds) {
    const HostLevers levers = read({{kind, "9 from a later version"}});
    EXPECT_TRUE(levers.paused());
    EXPECT_EQ(levers.first_end(), TimePoint::max());
  }
}

TEST(LeversTest, EachEndsByItself) {
  const HostLevers levers =
      read({stored(LeverKind::pause, "a", kStore, 5s), stored(LeverKind::slow, "b", kStore, 60s, "", 9s)});
  EXPECT_EQ(levers.first_end(), kNow + 5s);
  const HostLevers later = levers.at(kNow + 5s);
  EXPECT_FALSE(later.stopped());
  EXPECT_EQ(later.delay(), 9s);
  EXPECT_EQ(later.first_end(), kNow + 60s);
}

}  // namespace
}  // namespace limiter
