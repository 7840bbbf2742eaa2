#include "limiter/resolver_watch.h"

#include <gtest/gtest.h>

namespace limiter {
namespace {

using namespace std::chrono_literals;
using Failure = ResolverWatch::Failure;
using Verdict = ResolverWatch::Verdict;

constexpr TimePoint kStart{1000s};

TEST(ResolverWatch, SilenceIsSuspiciousUnlessSomebodyWasAnsweredMeanwhile) {
  ResolverWatch watch;
  EXPECT_EQ(watch.failed("a.test", Failure::silence, kStart, kStart + 10s, true), Verdict::unsure);
  EXPECT_FALSE(watch.down()) << "others are looked up meanwhile";
  watch.answered(kStart + 11s);
  EXPECT_EQ(watch.failed("b.test", Failure::silence, kStart + 5s, kStart + 15s, true), Verdict::theirs);
  EXPECT_EQ(watch.failed("b.test", Failure::silence, kStart + 15s, kStart + 25s, true), Verdict::unsure);
}

TEST(ResolverWatch, RefusalsAreSuspiciousFromTheThirdDomainInARow) {
  ResolverWatch watch;
  for (const char* name : {"a.test", "b.a.test", "c.a.test", "d.a.test"})
    EXPECT_EQ(watch.failed(name, Failure::refusal, kStart, kStart, true), Verdict::theirs) << "one zone's own";
  EXPECT_EQ(watch.failed("b.test", Failure::refusal, kStart, kStart, true), Verdict::theirs);
  watch.answered(kStart);
  EXPECT_EQ(watch.failed("a.test", Failure::refusal, kStart, kStart, true), Verdict::theirs);
  EXPECT_EQ(watch.failed("b.test", Failure::refusal, kStart, kStart, true), Verdict::theirs);
  EXPECT_EQ(watch.failed("c.test", Failure::refusal, kStart, kStart, true), Verdict::unsure);
  EXPECT_EQ(watch.failed("a.test", Failure::refusal, kStart, kStart, true), Verdict::unsure);
}

TEST(ResolverWatch, AKnownNameWithoutAnswerIsOurOutage) {
  ResolverWatch watch;
  watch.answered(kStart);
  watch.unheard(kStart + 20s);
  EXPECT_TRUE(watch.down());
  EXPECT_EQ(watch.next_probe(), kStart + 21s);
  EXPECT_EQ(watch.failed("a.test", Failure::silence, kStart + 20s, kStart + 21s, true), Verdict::ours);
  EXPECT_EQ(watch.failed("a.test", Failure::refusal, kStart + 21s, kStart + 21s, true), Verdict::unsure) << "a probe";
  watch.unheard(kStart + 20500ms);
  EXPECT_EQ(watch.next_probe(), kStart + 21s) << "it began once";
  watch.answered(kStart + 22s);
  EXPECT_FALSE(watch.down());
}

TEST(ResolverWatch, WhereNoNameIsKnownASuspicionIsEnough) {
  ResolverWatch watch;
  EXPECT_EQ(watch.failed("a.test", Failure::silence, kStart, kStart + 10s, false), Verdict::ours);
  EXPECT_TRUE(watch.down());
  EXPECT_EQ(watch.failed("b.test", Failure::refusal, kStart, kStart + 10s, false), Verdict::ours) << "while down";
}

TEST(ResolverWatch, WhereNoNameIsKnownASilenceIsOursUntilPatienceEnds) {
  ResolverWatch patient, finite(60s);
  for (ResolverWatch* watch : {&patient, &finite}) {
    for (const Duration ago : {0s, 30s, 60s})
      EXPECT_EQ(watch->failed("a.test", Failure::silence, kStart, kStart + ago, false), Verdict::ours);
  }
  EXPECT_EQ(finite.failed("a.test", Failure::silence, kStart, kStart + 61s, false), Verdict::theirs);
  EXPECT_FALSE(finite.down());
  EXPECT_EQ(patient.failed("a.test", Failure::silence, kStart, kStart + 24h, false), Verdict::ours);
  finite.answered(kStart + 70s);  // that there is no such name
  EXPECT_EQ(finite.failed("a.test", Failure::silence, kStart + 80s, kStart + 80s, false), Verdict::ours) << "anew";
}

TEST(ResolverWatch, WhileDownOneLookupTriesAndTheWaitsGrowToFiveSeconds) {
  ResolverWatch watch;
  EXPECT_FALSE(watch.probe(kStart));
  watch.unheard(kStart);
  EXPECT_FALSE(watch.probe(kStart + 999ms));
  TimePoint now = kStart + 1s;
  EXPECT_TRUE(watch.probe(now));
  EXPECT_FALSE(watch.probe(now)) << "one, not all";
  watch.unheard(now);
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
