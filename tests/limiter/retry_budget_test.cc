#include "limiter/retry_budget.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace limiter {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{1000s};

TEST(RetryBudget, RetriesStayBelowTheirShareOfAnyMinute) {
  RetryBudget budget(0.2, 10);
  struct Sent {
    TimePoint at;
    bool retry;
  };
  std::vector<Sent> sent;
  // Everything fails: retries are wanted all the time, five new requests a second, then a pause, then twenty.
  for (TimePoint now = kStart; now < kStart + 10min; now += 50ms) {
    const auto second = std::chrono::duration_cast<std::chrono::seconds>(now - kStart).count();
    const int every = second < 120 ? 200 : second < 200 ? 100'000 : 50;
    if ((now - kStart) / 1ms % every == 0) {
      sent.push_back({now, false});
      budget.sent_first(now);
    }
    while (budget.allows(now)) {
      sent.push_back({now, true});
      budget.take(now);
    }
  }
  // Every window of a minute that begins with a request.
  for (std::size_t first = 0, last = 0; first < sent.size(); ++first) {
    while (last < sent.size() && sent[last].at <= sent[first].at + 60s) ++last;
    int requests = 0, retries = 0;
    for (std::size_t i = first; i < last; ++i) (sent[i].retry ? retries : requests) += 1;
    EXPECT_LE(retries, 15 + 0.2 * requests + 1) << first;
  }
  const auto retries = std::count_if(sent.begin(), sent.end(), [](const Sent& s) { return s.retry; });
  EXPECT_GT(static_cast<double>(retries), 0.15 * static_cast<double>(sent.size())) << "and the share is used";
}

TEST(RetryBudget, WhatIsLeftWhenNothingElseIsComesToItsEnd) {
  RetryBudget budget(0.2, 10);
  int retries = 0;
  for (TimePoint now = kStart; now < kStart + 10min; now += 1s) {
    if (!budget.allows(now)) continue;
    budget.take(now);
    ++retries;
  }
  EXPECT_GE(retries, 90);
  EXPECT_LE(retries, 110);
}

TEST(RetryBudget, NoMinuteLivesOnTheRequestsOfAnother) {
  RetryBudget budget(0.2, 10);
  for (int i = 0; i < 10'000; ++i) budget.sent_first(kStart);
  int retries = 0;
  while (budget.allows(kStart + 30s)) {
    budget.take(kStart + 30s);
    ++retries;
  }
  EXPECT_LE(retries, 5);
}

TEST(RetryBudget, ThoseUnderWayHavePaidAndWhatWasNotSentIsPaidBack) {
  RetryBudget budget(0.2, 2);
  ASSERT_TRUE(budget.allows(kStart));
  budget.take(kStart);
  EXPECT_FALSE(budget.allows(kStart)) << "a second one at once";
  budget.put_back(kStart);
  EXPECT_TRUE(budget.allows(kStart));
  budget.put_back(kStart);
  budget.take(kStart);
  EXPECT_FALSE(budget.allows(kStart)) << "no more is kept than before";
}

}  // namespace
}  // namespace limiter
