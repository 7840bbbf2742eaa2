#include "limiter/backoff.h"

#include <gtest/gtest.h>

namespace limiter {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr double kAlmostOne = 0.999999999;

TEST(Backoff, TheCeilingDoublesWithEveryFailure) {
  for (int failures = 1; failures <= 5; ++failures) {
    const Duration ceiling = seconds(1) * (1 << (failures - 1));
    const Duration longest = backoff_wait(seconds(1), minutes(5), failures, kAlmostOne);
    EXPECT_LE(longest, ceiling) << failures;
    EXPECT_GT(longest, ceiling * 99 / 100) << failures;
  }
}

TEST(Backoff, NobodyComesBackBeforeAQuarterOfTheCeiling) {
  EXPECT_EQ(backoff_wait(seconds(4), minutes(5), 1, 0.0), seconds(1));
  EXPECT_EQ(backoff_wait(seconds(4), minutes(5), 3, 0.0), seconds(4));
}

TEST(Backoff, TheWaitSpreadsWithTheRandomNumber) {
  EXPECT_LT(backoff_wait(seconds(1), minutes(5), 4, 0.2), backoff_wait(seconds(1), minutes(5), 4, 0.3));
}

TEST(Backoff, TheWaitIsBoundedHoweverManyFailures) {
  for (const int failures : {10, 30, 31, 32, 63, 64, 1'000'000, 2'147'483'647}) {
    const Duration wait = backoff_wait(seconds(1), minutes(5), failures, kAlmostOne);
    EXPECT_LE(wait, minutes(5)) << failures;
    EXPECT_GT(wait, seconds(290)) << failures;
  }
}

TEST(Backoff, NoFailureCountsAsTheFirst) {
  EXPECT_EQ(backoff_wait(seconds(4), minutes(5), 0, 0.0), seconds(1));
  EXPECT_EQ(backoff_wait(seconds(4), minutes(5), -7, 0.0), seconds(1));
}

}  // namespace
}  // namespace limiter
