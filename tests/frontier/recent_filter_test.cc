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

TEST(RecentFilter, NeverClaimsWhatItWasNotTold) {
  RecentFilter filter(16);
  filter.remember(35);
  for (std::uint64_t id = 1; id < 5000; ++id) EXPECT_EQ(filter.knows(id), id == 35) << id;
  EXPECT_FALSE(filter.knows(~std::uint64_t{35}));
}

TEST(RecentFilter, ANewcomerDisplacesTheOlderInItsPlaceOnly) {
  RecentFilter filter(16);
  filter.remember(3);
  filter.remember(4);
  filter.remember(3 + 16);
  EXPECT_FALSE(filter.knows(3));
  EXPECT_TRUE(filter.knows(19));
  EXPECT_TRUE(filter.knows(4));
}

TEST(RecentFilter, ForgetsAllWhenCleared) {
  RecentFilter filter(16);
  for (std::uint64_t id = 100; id < 116; ++id) filter.remember(id);
  filter.clear();
  for (std::uint64_t id = 100; id < 116; ++id) EXPECT_FALSE(filter.knows(id));
}

}  // namespace
}  // namespace frontier
