#include "limiter/resolver_watch.h"

#include <gtest/gtest.h>

namespace limiter {
namespace {

using namespace std::chrono_literals;
using Failure = ResolverWatch::Failure;

constexpr TimePoint kStart{1000s};

TEST(ResolverWatch, SilenceIsOursUnlessSomebodyWasAnsweredMeanwhile) {
  ResolverWatch watch;
  EXPECT_TRUE(watch.failed("a", Failure::silence, kStart, kStart + 10s));
  EXPECT_TRUE(watch.down());
  watch.answered(kStart + 11s);
  EXPECT_FALSE(watch.down());
  EXPECT_FALSE(watch.failed("b", Failure::silence, kStart + 5s, kStart + 15s)) << "its own servers";
  EXPECT_FALSE(watch.down());
  EXPECT_TRUE(watch.failed("b", Failure::silence, kStart + 15s, kStart + 25s));
}

TEST(ResolverWatch, RefusalsAreOursFromTheThirdNameInARow) {
  ResolverWatch watch;
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(watch.failed("a", Failure::refusal, kStart, kStart)) << "one name's own";
  EXPECT_FALSE(watch.failed("b", Failure::refusal, kStart, kStart));
  watch.answered(kStart);
  EXPECT_FALSE(watch.failed("a", Failure::refusal, kStart, kStart));
  EXPECT_FALSE(watch.failed("b", Failure::refusal, kStart, kStart));
  EXPECT_TRUE(watch.failed("c", Failure::refusal, kStart, kStart));
  EXPECT_TRUE(watch.failed("a", Failure::refusal, kStart, kStart));
  EXPECT_TRUE(watch.down());
}

TEST(ResolverWatch, ASilenceFromTheBeginningIsOursUntilPatienceEnds) {
  ResolverWatch patient, finite(60s);
  for (ResolverWatch* watch : {&patient, &finite}) {
    for (const Duration ago : {0s, 30s, 60s}) EXPECT_TRUE(watch->failed("a", Failure::silence, kStart, kStart + ago));
  }
  EXPECT_FALSE(finite.failed("a", Failure::silence, kStart, kStart + 61s));
  EXPECT_FALSE(finite.down());
  EXPECT_TRUE(patient.failed("a", Failure::silence, kStart, kStart + 24h));
  finite.answered(kStart + 70s);
  EXPECT_TRUE(finite.failed("a", Failure::silence, kStart + 80s, kStart + 24h)) << "somebody was heard";
}

TEST(ResolverWatch, WhileDownOneLookupTriesAndTheWaitsGrowToFiveSeconds) {
  ResolverWatch watch;
  EXPECT_FALSE(watch.probe(kStart));
  watch.failed("a", Failure::silence, kStart - 1s, kStart);
  EXPECT_FALSE(watch.probe(kStart + 999ms));
  TimePoint now = kStart + 1s;
  EXPECT_TRUE(watch.probe(now));
  EXPECT_FALSE(watch.probe(now)) << "one, not all";
  watch.failed("b", Failure::silence, kStart, now);
  for (const Duration wait : {Duration(1s), Duration(2s), Duration(4s), Duration(5s), Duration(5s)}) {
    EXPECT_EQ(watch.next_probe() - now, wait);
    now = watch.next_probe();
    EXPECT_TRUE(watch.probe(now));
  }
  watch.answered(now);
  EXPECT_FALSE(watch.probe(now + 1h)) << "it is over";
}

}  // namespace
}  // namespace limiter
