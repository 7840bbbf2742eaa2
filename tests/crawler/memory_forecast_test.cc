#include "crawler/memory_forecast.h"

#include <gtest/gtest.h>

namespace crawler {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kMib = 1 << 20;

struct Watched {
  MemoryForecast forecast;
  // From minute `from` to `to`, one look a second; `start` MiB and `step` MiB more a minute.
  void watch(int from, int to, double start, double step, std::uint64_t most = 1000) {
    for (int s = from * 60; s <= to * 60; ++s) {
      const double used = start + step * (s - from * 60) / 60.0;
      forecast.note(limiter::TimePoint(std::chrono::seconds(s)),
                    static_cast<std::uint64_t>(used * static_cast<double>(kMib)), most * kMib);
    }
  }
};

TEST(MemoryForecast, SaysWhenItIsFullAtThisRate) {
  Watched w;
  w.watch(0, 10, 100, 10);
  ASSERT_TRUE(w.forecast.full_in());
  EXPECT_NEAR(w.forecast.full_in()->count(), 80 * 60, 5);
}

TEST(MemoryForecast, GoesByTheLastHour) {
  Watched w;
  w.watch(0, 60, 100, 10);
  w.watch(60, 121, 700, 1);
  ASSERT_TRUE(w.forecast.full_in());
  EXPECT_NEAR(static_cast<double>(w.forecast.full_in()->count()), 239 * 60, 60);
}

TEST(MemoryForecast, SaysNothingWithoutReason) {
  Watched young, shrinking, unbounded, slow;
  young.watch(0, 0, 100, 10);
  EXPECT_FALSE(young.forecast.full_in());
  shrinking.watch(0, 10, 500, -10);
  EXPECT_FALSE(shrinking.forecast.full_in());
  unbounded.watch(0, 10, 100, 10, 0);
  EXPECT_FALSE(unbounded.forecast.full_in());
  slow.watch(0, 10, 100, 0.01);
  EXPECT_FALSE(slow.forecast.full_in()) << "in two months";
}

TEST(MemoryForecast, IsNowWhenItIsFull) {
  Watched w;
  w.watch(0, 2, 1000, 0);
  ASSERT_TRUE(w.forecast.full_in());
  EXPECT_EQ(w.forecast.full_in()->count(), 0);
}

}  // namespace
}  // namespace crawler
