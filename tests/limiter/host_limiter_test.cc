#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/limiter/host_limiter_fixture.h"

namespace limiter {
namespace {

TEST(HostLimiter, AHostNeverAskedMayBeAskedAtOnce) {
  EXPECT_LE(HostLimiter(limits_with(1s)).next(), kStart);
}

TEST(HostLimiter, NextRequestWaitsFromTheFirstAnswerByte) {
  HostLimiter host(limits_with(2s));
  ask(host, kStart, 700ms, 300ms);
  EXPECT_EQ(host.next(), kStart + 700ms + 2s);
  EXPECT_EQ(host.delay_from(), DelayFrom::config);
}

TEST(HostLimiter, TheFactorWaitsFromTheEnd) {
  HostLimiter host(limits_with(1s, 2.0));
  ask(host, kStart, 1s, 4s);
  EXPECT_EQ(host.next(), kStart + 5s + 2 * 5s);
  EXPECT_EQ(host.delay_from(), DelayFrom::response_time);
}

TEST(HostLimiter, TheLongerOfDelayAndFactorCounts) {
  HostLimiter host(limits_with(10s, 1.0));
  ask(host, kStart, 1s, 1s);
  EXPECT_EQ(host.next(), kStart + 1s + 10s);
}

TEST(HostLimiter, TheFactorsWaitIsCapped) {
  HostLimits limits = limits_with(1s, 1.0);
  limits.max_factor_delay = 6s;
  HostLimiter host(limits);
  ask(host, kStart, 1s, 100s);
  EXPECT_EQ(host.next(), kStart + 101s + 6s);
}

TEST(HostLimiter, WithoutFactorTheNextWaitsForTheEndAtLeast) {
  HostLimiter host(limits_with(1s));
  ask(host, kStart, 0s, 30s);
  EXPECT_EQ(host.next(), kStart + 30s);
}

TEST(HostLimiter, AFailedConnectWaitsTheDelayAndNoFactor) {
  HostLimiter host(limits_with(3s, 5.0));
  host.start();
  host.finish({kStart + 20s, kStart + 20s, kStart + 20s, false});
  EXPECT_EQ(host.next(), kStart + 23s);
}

TEST(HostLimiter, WhatWasNotSentCostsNoDelay) {
  HostLimiter host(limits_with(1s));
  ask(host, kStart);
  const TimePoint before = host.next();
  host.start();
  EXPECT_EQ(host.in_flight(), 1);
  host.put_back();
  EXPECT_EQ(host.in_flight(), 0);
  EXPECT_EQ(host.next(), before);
}

TEST(HostLimiter, TheLedgerTellsTheGapAndARequestThatCameTooEarly) {
  HostLimiter host(limits_with(2s));
  const auto first = ask(host, kStart, 500ms);
  EXPECT_FALSE(first.gap);
  EXPECT_FALSE(first.violation);
  const auto second = ask(host, kStart + 2500ms);
  EXPECT_EQ(second.gap, Duration(2s));
  EXPECT_FALSE(second.violation);
  const auto third = ask(host, kStart + 4500ms - 1ns);
  EXPECT_EQ(third.gap, Duration(2s - 1ns));
  EXPECT_TRUE(third.violation);
}

TEST(HostLimiter, TheBucketHoldsNoMoreThanItsCapacity) {
  const int burst = 4;
  HostLimiter host(limits_with(1s, 0, burst));
  std::vector<TimePoint> sent;
  TimePoint now = kStart;
  for (int i = 0; i < 200; ++i) {
    if (i % 37 == 36) now += 90s;  // an idle host saves up no more than its capacity
    if (i % 11 == 5) now += 1700ms;
    now = std::max(now, host.next());
    EXPECT_FALSE(ask(host, now).violation);
    sent.push_back(now);
  }
  EXPECT_EQ(sent[3], kStart);  // the first four at once
  EXPECT_EQ(sent[4], kStart + 1s);
  // No window of t seconds holds over burst + t requests.
  for (std::size_t first = 0; first < sent.size(); ++first) {
    for (std::size_t last = first; last < sent.size(); ++last) {
      const auto requests = static_cast<int>(last - first + 1);
      EXPECT_LE((requests - burst) * Duration(1s), sent[last] - sent[first]) << first << " to " << last;
    }
  }
}

TEST(HostLimiter, TheBurstGivesWayToCrawlDelay) {
  HostLimiter host(limits_with(1s, 0, 10));
  host.set_crawl_delay(5);
  ask(host, kStart);
  EXPECT_EQ(host.next(), kStart + 5s);
}

TEST(HostLimiter, TheBurstGivesWayToBackOff) {
  HostLimiter host(limits_with(20s, 0, 10));
  ask(host, kStart);
  host.push_back(std::nullopt, kStart, 0);
  EXPECT_EQ(host.next(), kStart + 20s);
  for (int i = 0; i < HostLimiter::kRecovery; ++i) host.recovered();
  EXPECT_LT(host.next(), kStart + 20s);
}

TEST(HostLimiter, TheBurstGivesWayToACrawlDelayThatIsNoLongerToo) {
  for (const double seconds : {0.1, 1.0}) {
    HostLimits limits = limits_with(1s, 0, 5);
    limits.concurrency = 3;
    HostLimiter host(limits);
    ask(host, kStart);
    EXPECT_LE(host.next(), kStart);
    host.set_crawl_delay(seconds);
    EXPECT_EQ(host.terms().burst, 1);
    EXPECT_EQ(host.terms().concurrency, 1);
    EXPECT_EQ(host.next(), kStart + 1s) << "from the moment it is read";
    for (int i = 1; i < 5; ++i) {
      ASSERT_EQ(host.next(), kStart + i * 1s);
      host.start();
      EXPECT_FALSE(host.room());
      host.finish({host.next(0), host.next(0), host.next(0), true});
    }
    host.set_crawl_delay(0);
    EXPECT_EQ(host.terms().burst, 5) << "none is written";
  }
}

TEST(HostLimiter, CrawlDelayOnlySlows) {
  HostLimiter host(limits_with(3s));
  for (const double seconds : {0.0, 0.5, -1.0, 2.9}) {
    host.set_crawl_delay(seconds);
    EXPECT_EQ(host.delay(), Duration(3s)) << seconds;
  }
  host.set_crawl_delay(3.5);
  EXPECT_EQ(host.delay(), Duration(3500ms));
  ask(host, kStart);
  EXPECT_EQ(host.delay_from(), DelayFrom::crawl_delay);
  host.set_crawl_delay(std::nullopt);
  EXPECT_EQ(host.delay(), Duration(3s));
}

TEST(HostLimiter, CrawlDelayIsCapped) {
  HostLimits limits = limits_with(1s);
  limits.max_crawl_delay = 30s;
  HostLimiter host(limits);
  for (const double seconds : {31.0, 1e9, 1e300}) {
    host.set_crawl_delay(seconds);
    EXPECT_EQ(host.delay(), Duration(30s)) << seconds;
  }
}

TEST(HostLimiter, ACapBelowTheDelayDoesNotQuicken) {
  HostLimits limits = limits_with(100s);
  limits.max_crawl_delay = 30s;
  HostLimiter host(limits);
  host.set_crawl_delay(200);
  EXPECT_EQ(host.delay(), Duration(100s));
}

TEST(HostLimiter, CrawlDelayCountsFromTheRequestThatBroughtIt) {
  HostLimiter host(limits_with(1s));
  ask(host, kStart, 200ms);  // robots.txt
  host.set_crawl_delay(10);
  EXPECT_EQ(host.next(), kStart + 200ms + 10s);
}

TEST(HostLimiter, TheSameCrawlDelayAgainAddsNoWait) {
  HostLimiter host(limits_with(1s));
  ask(host, kStart);
  host.set_crawl_delay(10);
  host.set_crawl_delay(10);
  EXPECT_EQ(host.next(), kStart + 10s);
}

TEST(HostLimiter, RetryAfterHoldsTheHost) {
  HostLimiter host(limits_with(1s));
  ask(host, kStart);
  EXPECT_EQ(host.push_back(120s, kStart, 0.5), Duration(120s));
  EXPECT_EQ(host.next(), kStart + 120s);
  EXPECT_EQ(host.delay_from(), DelayFrom::retry_after);
  EXPECT_TRUE(host.backing_off(kStart + 119s));
  EXPECT_FALSE(host.backing_off(kStart + 120s));
}

TEST(HostLimiter, RetryAfterIsBounded) {
  HostLimits limits = limits_with(1s);
  limits.max_retry_after = 10min;
  HostLimiter host(limits);
  ask(host, kStart);
  EXPECT_EQ(host.push_back(24h * 365, kStart, 0.5), Duration(10min));
  EXPECT_EQ(host.next(), kStart + 10min);
}

TEST(HostLimiter, RetryAfterOfNothingQuickensNothing) {
  HostLimiter host(limits_with(5s));
  ask(host, kStart);
  for (const Duration wait : {Duration(0s), Duration(-60s)}) {
    host.push_back(wait, kStart, 0.5);
    EXPECT_EQ(host.next(), kStart + 5s);
  }
}

TEST(HostLimiter, AShorterPushBackDoesNotShortenALongerOne) {
  HostLimiter host(limits_with(1s));
  host.push_back(300s, kStart, 0);
  host.push_back(10s, kStart + 1s, 0);
  EXPECT_EQ(host.next(), kStart + 300s);
}

TEST(HostLimiter, BackOffGrowsWithEveryPushBackAndSlowlyRecovers) {
  HostLimiter host(limits_with(1s));
  EXPECT_EQ(host.push_back(std::nullopt, kStart, 0), Duration(250ms));
  EXPECT_EQ(host.push_back(std::nullopt, kStart, 0), Duration(500ms));
  EXPECT_EQ(host.push_back(std::nullopt, kStart, 0), Duration(1s));
  EXPECT_EQ(host.delay_from(), DelayFrom::backoff);
  for (int i = 0; i < HostLimiter::kRecovery; ++i) host.recovered();
  EXPECT_EQ(host.push_back(std::nullopt, kStart, 0), Duration(1s));
}

TEST(HostLimiter, AfterAPushBackTheDelayComesDownInStepsWithGoodAnswers) {
  HostLimits limits = limits_with(100ms);
  limits.backoff_initial = 2s;
  HostLimiter host(limits);
  host.push_back(std::nullopt, kStart, 0);
  std::vector<Duration> delays;
  for (int i = 0; i <= HostLimiter::kRecovery; ++i) {
    delays.push_back(host.delay());
    host.recovered();
  }
  EXPECT_EQ(delays, (std::vector<Duration>{2s, 1500ms, 1s, 500ms, 100ms}));
}

TEST(HostLimiter, FailuresLengthenTheDelayAndTheWaitThatRuns) {
  HostLimiter host(limits_with(1s));
  ask(host, kStart);
  for (int i = 0; i < 3 * HostLimiter::kRecovery; ++i) host.failed();
  EXPECT_EQ(host.delay(), Duration(3s));
  EXPECT_EQ(host.next(), kStart + 3s);
  EXPECT_EQ(host.delay_from(), DelayFrom::backoff);
  for (int i = 0; i < 100'000; ++i) host.failed();
  EXPECT_LE(host.delay(), limits_with(1s).backoff_max);
}

TEST(HostLimiter, ARisingLatencyLengthensTheDelayAndAFallingOneNeverShortensIt) {
  HostLimiter host(limits_with(10s));
  TimePoint now = kStart;
  auto answer_in = [&](Duration latency, int times) {
    for (int i = 0; i < times; ++i) {
      now = host.next();
      ask(host, now, latency);
    }
  };
  answer_in(400ms, 20);
  EXPECT_EQ(host.delay(), Duration(10s));
  answer_in(3s, 10);
  EXPECT_GT(host.delay(), Duration(20s));
  EXPECT_LE(host.delay(), Duration(40s));
  EXPECT_EQ(host.delay_from(), DelayFrom::response_time);
  answer_in(1ms, 100);
  EXPECT_EQ(host.delay(), Duration(10s));
}

// Several at once: what the server may see is any moment between sending and first byte.
TEST(HostLimiter, SeveralAtOnceStayWithinTheBucket) {
  HostLimits limits = limits_with(1s, 0, 3);
  limits.concurrency = 3;
  HostLimiter host(limits);
  EXPECT_LE(host.next(), kStart);
  host.start();
  host.start();
  EXPECT_LE(host.next(), kStart);
  EXPECT_TRUE(host.room());
  host.start();
  EXPECT_FALSE(host.room());
  // All three arrive late: the fourth must wait for the bucket as if they had arrived then.
  for (int i = 0; i < 3; ++i) host.finish({kStart, kStart + 5s, kStart + 5s, true});
  EXPECT_EQ(host.next(), kStart + 5s + 1s);
}

TEST(HostLimiter, WithOneInFlightTheBucketCountsItAsArrivingNow) {
  HostLimits limits = limits_with(1s, 0, 2);
  limits.concurrency = 2;
  HostLimiter host(limits);
  ask(host, kStart);
  ask(host, kStart);
  EXPECT_EQ(host.next(), kStart + 1s);
  host.start();
  EXPECT_EQ(host.next(), kStart + 2s);
}

TEST(HostLimiter, ADelayThatGrewWhileARequestWasUnderWayIsNoViolation) {
  HostLimiter host(limits_with(1s));
  ask(host, kStart);
  host.start();
  host.set_crawl_delay(30);
  EXPECT_FALSE(host.finish({kStart + 1s, kStart + 1s, kStart + 1s, true}).violation);
  EXPECT_EQ(host.next(), kStart + 31s);
}

}  // namespace
}  // namespace limiter
