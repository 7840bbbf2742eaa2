#include "limiter/circuit_breaker.h"

#include <gtest/gtest.h>

#include <vector>

namespace limiter {
namespace {

using namespace std::chrono_literals;
using State = CircuitBreaker::State;

constexpr TimePoint kStart{1000s};
constexpr WallMs kWall{1'800'000'000'000};
constexpr BreakerOptions kOptions{};
constexpr double kLongest = 1.0;  // of the jitter

class CircuitBreakerTest : public ::testing::Test {
 protected:
  void fail(int times, TimePoint now) {
    for (int i = 0; i < times; ++i) breaker_.failed(now, kOptions, kLongest);
  }
  void succeed(TimePoint now, Duration took = 10ms) { breaker_.succeeded(took, now, kOptions, kLongest); }

  CircuitBreaker breaker_;
};

TEST_F(CircuitBreakerTest, ItOpensAtTheNthFailureInARow) {
  fail(kOptions.failures - 1, kStart);
  EXPECT_EQ(breaker_.state(kStart), State::closed);
  EXPECT_LE(breaker_.next(), kStart);
  fail(1, kStart);
  EXPECT_EQ(breaker_.state(kStart), State::open);
  EXPECT_EQ(breaker_.next(), kStart + kOptions.open);
}

TEST_F(CircuitBreakerTest, AGoodAnswerBeginsTheRowAnew) {
  for (int i = 0; i < 4; ++i) {
    fail(2, kStart);
    for (int good = 0; good < 3; ++good) succeed(kStart);
  }
  EXPECT_EQ(breaker_.state(kStart), State::closed);
}

TEST_F(CircuitBreakerTest, ItOpensAtAShareOfFailuresToo) {
  for (int i = 0; i < CircuitBreaker::kWindow / 2 - 1; ++i) {
    fail(1, kStart);
    succeed(kStart);
  }
  succeed(kStart);
  EXPECT_EQ(breaker_.state(kStart), State::closed);
  fail(1, kStart);
  EXPECT_EQ(breaker_.state(kStart), State::open);
}

TEST_F(CircuitBreakerTest, ASlowAnswerCountsAsAFailure) {
  for (int i = 0; i < kOptions.failures; ++i) succeed(kStart, kOptions.slow + 1ms);
  EXPECT_EQ(breaker_.state(kStart), State::open);
}

TEST_F(CircuitBreakerTest, EachFailedProbeDoublesTheOpeningUpToTheCap) {
  fail(kOptions.failures, kStart);
  TimePoint now = kStart;
  Duration expected = kOptions.open;
  for (int probe = 0; probe < 12; ++probe) {
    EXPECT_EQ(breaker_.failed_probes(), probe);
    EXPECT_EQ(breaker_.next() - now, expected);
    EXPECT_EQ(breaker_.state(breaker_.next() - 1ns), State::open);
    now = breaker_.next();
    EXPECT_EQ(breaker_.state(now), State::half_open);
    fail(1, now);
    expected = std::min(expected * 2, Duration(kOptions.max_open));
  }
}

TEST_F(CircuitBreakerTest, OneGoodProbeClosesIt) {
  fail(kOptions.failures, kStart);
  fail(1, breaker_.next());
  succeed(breaker_.next());
  EXPECT_EQ(breaker_.state(kStart), State::closed);
  EXPECT_EQ(breaker_.failed_probes(), 0);
  fail(kOptions.failures - 1, kStart);
  EXPECT_EQ(breaker_.state(kStart), State::closed);
}

TEST_F(CircuitBreakerTest, WhatWasUnderWayWhenItOpenedChangesNothing) {
  fail(kOptions.failures, kStart);
  const TimePoint until = breaker_.next();
  fail(3, kStart + 1s);
  succeed(kStart + 1s);
  EXPECT_EQ(breaker_.next(), until);
  EXPECT_EQ(breaker_.failed_probes(), 0);
}

TEST_F(CircuitBreakerTest, AnOpeningOutlivesARestartAndIsClampedWhenTheClockSteps) {
  fail(kOptions.failures, kStart);
  fail(1, breaker_.next());
  const TimePoint now = kStart + kOptions.open + 10s;  // 50 s are left of the second opening
  const std::string text = breaker_.encode(kWall, now);
  const TimePoint later{7s};
  auto restored = [&](WallMs wall) {
    CircuitBreaker breaker;
    breaker.restore(text, later, wall, kOptions);
    EXPECT_EQ(breaker.failed_probes(), 1);
    return breaker.next() - later;
  };
  EXPECT_EQ(restored(kWall + 20s), Duration(30s));
  EXPECT_EQ(restored(kWall - 24h), Duration(50s));
  EXPECT_EQ(restored(kWall + 24h), Duration(0s));
}

TEST_F(CircuitBreakerTest, UnreadableStateIsClosedAndHugeNumbersAreBounded) {
  for (const std::string text : {"", "x", "1", "1 2 3", "1 2 3 4 5", "9999999999999999999999 1 1 1"}) {
    CircuitBreaker breaker;
    breaker.restore(text, kStart, kWall, kOptions);
    EXPECT_EQ(breaker.state(kStart), State::closed) << text;
  }
  CircuitBreaker breaker;
  breaker.restore("9223372036854775807 9223372036854775807 9223372036854775807 9223372036854775807", kStart, kWall,
                  kOptions);
  EXPECT_EQ(breaker.state(kStart), State::open);
  EXPECT_LE(breaker.next(), kStart + kOptions.max_open);
}

}  // namespace
}  // namespace limiter
