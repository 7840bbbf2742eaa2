#include "frontier/recent_filter.h"

#include <gtest/gtest.h>

namespace frontier {
namespace {

TEST(RecentFilter, KnowsWhatItWasTold) {
  RecentFilter filter(16);
  EXPECT_FALSE(filter.knows(35));
  filter.remember(35);
  EXPECT_TRUE(filter.knows(35));
}

TEST(RecentFilter, ForgetsOneAlone) {
  RecentFilter filter(16);
  filter.remember(35);
  filter.remember(37);
  filter.forget(35);
  filter.forget(36);
  EXPECT_FALSE(filter.knows(35));
  EXPECT_TRUE(filter.knows(37));
}

TEST(RecentFilter, NeverClaimsWhatItWasNotTold) {
  RecentFilter filter(16);
  filter.remember(35);
  for (std::uint64_t id = 1; id < 5000; ++id) EXPECT_EQ(filter.knows(id), id == 35) << id;
  EXPECT_FALSE(filter.knows(~std::uint64_t{35}));
}

TEST(RecentFilter, ANewcomerDisplacesWhatWasUnusedForLongestInItsSetOnly) {
  constexpr std::uint64_t kSets = 16 / RecentFilter::kWays;
  RecentFilter filter(16);
  filter.remember(1);  // of the other set
  for (std::uint64_t i = 1; i <= RecentFilter::kWays; ++i) filter.remember(i * kSets);
  EXPECT_TRUE(filter.knows(kSets)) << "used again";
  filter.remember(100 * kSets);
  EXPECT_FALSE(filter.knows(2 * kSets));
  EXPECT_TRUE(filter.knows(kSets));
  EXPECT_TRUE(filter.knows(100 * kSets));
  EXPECT_TRUE(filter.knows(1));
}

TEST(RecentFilter, WhatFillsThreeQuartersOfItIsNearlyAllKept) {
  constexpr std::uint64_t kEntries = 1u << 12;
  RecentFilter filter(kEntries);
  const auto id = [](std::uint64_t n) { return (n + 1) * 0x9E3779B97F4A7C15u; };
  for (std::uint64_t n = 0; n < kEntries * 3 / 4; ++n) filter.remember(id(n));
  std::uint64_t known = 0;
  for (std::uint64_t n = 0; n < kEntries * 3 / 4; ++n) known += filter.knows(id(n)) ? 1 : 0;
  EXPECT_GE(known, kEntries * 3 / 4 * 9 / 10);
}

TEST(RecentFilter, ForgetsAllWhenCleared) {
  RecentFilter filter(16);
  for (std::uint64_t id = 100; id < 116; ++id) filter.remember(id);
  filter.clear();
  for (std::uint64_t id = 100; id < 116; ++id) EXPECT_FALSE(filter.knows(id));
}

}  // namespace
}  // namespace frontier
