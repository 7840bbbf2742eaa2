#include "limiter/outage_watch.h"

#include <gtest/gtest.h>

namespace limiter {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{1000s};

// `hosts` answered a while ago.
OutageWatch heard_from(int hosts) {
  OutageWatch watch;
  for (int i = 0; i < hosts; ++i) watch.answered("good" + std::to_string(i), kStart - 10s);
  return watch;
}

TEST(OutageWatch, SeveralGoodHostsThatFallSilentAtOnceAreOurOutage) {
  OutageWatch watch = heard_from(100);
  EXPECT_FALSE(watch.failed({"a", true}, kStart));
  EXPECT_FALSE(watch.failed({"a", true}, kStart + 1s)) << "one host is one host, however often it fails";
  EXPECT_FALSE(watch.failed({"b", true}, kStart + 1s));
  EXPECT_TRUE(watch.failed({"c", true}, kStart + 2s));
  EXPECT_TRUE(watch.down());
  EXPECT_EQ(watch.down_since(), kStart) << "the first two are not to blame either";
  EXPECT_EQ(watch.outages(), 1U);
}

TEST(OutageWatch, WhileAnybodyAnswersTheFaultIsTheirs) {
  OutageWatch watch = heard_from(100);
  for (int i = 0; i < 50; ++i) {
    watch.answered("good0", kStart + i * 1s);
    EXPECT_FALSE(watch.failed({"h" + std::to_string(i), true}, kStart + i * 1s + 500ms));
  }
  EXPECT_FALSE(watch.down());
}

TEST(OutageWatch, WhatFailedRightAfterTheLastAnswerIsForgivenToo) {
  OutageWatch watch = heard_from(100);
  watch.answered("good0", kStart);
  for (const char* host : {"a", "b", "c", "d"}) EXPECT_FALSE(watch.failed({host, true}, kStart + 10ms));
  EXPECT_TRUE(watch.failed({"a", true}, kStart + 2s));
  EXPECT_EQ(watch.down_since(), kStart + 10ms);
}

TEST(OutageWatch, HostsThatNeverAnsweredSayNothingOfUs) {
  OutageWatch watch = heard_from(5);
  for (int i = 0; i < 50; ++i) EXPECT_FALSE(watch.failed({"dead" + std::to_string(i), false}, kStart + i * 1s));
}

TEST(OutageWatch, OurMachinesOwnWordIsEnough) {
  OutageWatch watch = heard_from(100);
  EXPECT_TRUE(watch.failed({"a", true, true}, kStart));
  OutageWatch other = heard_from(100);
  other.answered("good0", kStart);
  EXPECT_FALSE(other.failed({"a", true, true}, kStart + 100ms)) << "a route that lacks for one host alone";
}

TEST(OutageWatch, ASingleHostThatFallsSilentIsDownItself) {
  OutageWatch watch = heard_from(1);
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(watch.failed({"a", true}, kStart + i * 1s));
  OutageWatch pair = heard_from(2);
  EXPECT_FALSE(pair.failed({"a", true}, kStart));
  EXPECT_TRUE(pair.failed({"b", true}, kStart));
}

TEST(OutageWatch, APairIsAPairHoweverOftenItFellSilent) {
  OutageWatch pair;
  for (int outage = 0; outage < 5; ++outage) {
    const TimePoint now = kStart + outage * 10min;
    pair.answered("a", now);
    pair.answered("b", now);
    EXPECT_FALSE(pair.failed({"a", true}, now + 10s));
    EXPECT_TRUE(pair.failed({"b", true}, now + 10s)) << outage;
  }
}

TEST(OutageWatch, OneRequestTriesAndTheWaitsGrowToFiveSeconds) {
  OutageWatch watch = heard_from(3);
  EXPECT_FALSE(watch.probe(kStart));
  for (const char* host : {"a", "b", "c"}) watch.failed({host, true}, kStart);
  EXPECT_FALSE(watch.probe(kStart + 999ms));
  EXPECT_TRUE(watch.probe(kStart + 1s));
  EXPECT_FALSE(watch.probe(kStart + 1s)) << "one, not all";
  TimePoint now = kStart + 1s;
  for (const Duration wait : {Duration(1s), Duration(2s), Duration(4s), Duration(5s), Duration(5s)}) {
    EXPECT_EQ(watch.next_probe() - now, wait);
    now = watch.next_probe();
    EXPECT_TRUE(watch.probe(now));
  }
}

TEST(OutageWatch, OneAnswerEndsIt) {
  OutageWatch watch = heard_from(3);
  for (const char* host : {"a", "b", "c"}) watch.failed({host, true}, kStart);
  EXPECT_TRUE(watch.failed({"d", true}, kStart + 5s)) << "meanwhile nobody is blamed";
  EXPECT_TRUE(watch.answered("good0", kStart + 20s));
  EXPECT_FALSE(watch.down());
  EXPECT_FALSE(watch.answered("good0", kStart + 20s)) << "it ended once";
  EXPECT_FALSE(watch.failed({"d", true}, kStart + 21s));
}

TEST(OutageWatch, ASilenceFromTheBeginningIsOursUntilPatienceEnds) {
  OutageWatch patient, finite(std::optional<Duration>(60s));
  for (OutageWatch* watch : {&patient, &finite}) {
    for (const char* host : {"a", "b", "c"}) watch->failed({host}, kStart);
    EXPECT_TRUE(watch->down());
    EXPECT_TRUE(watch->failed({"a"}, kStart + 60s));
  }
  EXPECT_FALSE(finite.failed({"a"}, kStart + 61s));
  EXPECT_FALSE(finite.down());
  EXPECT_FALSE(finite.failed({"b"}, kStart + 62s));
  EXPECT_TRUE(patient.failed({"a"}, kStart + 24h));
}

}  // namespace
}  // namespace limiter
