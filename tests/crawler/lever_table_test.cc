#include "crawler/lever_table.h"

#include <gtest/gtest.h>

namespace crawler {
namespace {

using namespace std::chrono_literals;
using limiter::HostLevers;
using limiter::LeverKind;
using limiter::TimePoint;

constexpr TimePoint kNow{1000s};

HostLevers levers(LeverKind kind, TimePoint until = TimePoint::max()) {
  HostLevers out;
  out.set({kind, {.id = "id"}, until});
  return out;
}

TEST(LeverTableTest, HoldsWhatIsSetUntilItIsSetToNothing) {
  LeverTable table;
  EXPECT_FALSE(table.find("a"));
  table.set("a", 1, levers(LeverKind::pause));
  ASSERT_TRUE(table.find("a"));
  EXPECT_TRUE(table.find("a")->paused());
  const HostLeversPtr held = table.find("a");
  table.set("a", 1, {});
  EXPECT_FALSE(table.find("a"));
  EXPECT_TRUE(held->paused()) << "who holds it may go on reading";
}

TEST(LeverTableTest, LeversEndInTheOrderOfTheirTimeEachOnItsOwn) {
  LeverTable table;
  HostLevers two = levers(LeverKind::pause, kNow + 5s);
  two.set({LeverKind::slow, {.id = "slow", .delay = 9s}, kNow + 60s});
  table.set("a", 1, two);
  table.set("b", 2, levers(LeverKind::block, kNow + 3s));
  table.set("c", 2, levers(LeverKind::block));
  EXPECT_TRUE(table.take_ended(kNow + 3s - 1ns).empty());
  auto ended = table.take_ended(kNow + 5s);
  ASSERT_EQ(ended.size(), 2u);
  EXPECT_EQ(ended[0].host, "b");
  EXPECT_EQ(ended[1].host, "a");
  ASSERT_EQ(ended[1].levers.size(), 1u);
  EXPECT_EQ(ended[1].levers[0].kind, LeverKind::pause);
  EXPECT_FALSE(table.find("b"));
  EXPECT_EQ(table.find("a")->delay(), 9s);
  EXPECT_TRUE(table.take_ended(kNow + 6s).empty());
  EXPECT_EQ(table.take_ended(kNow + 60s).size(), 1u);
  EXPECT_TRUE(table.find("c"));
}

TEST(LeverTableTest, ANewOrderReplacesTheEndOfTheOld) {
  LeverTable table;
  table.set("a", 1, levers(LeverKind::pause, kNow + 5s));
  table.set("a", 1, levers(LeverKind::pause, kNow + 50s));
  EXPECT_TRUE(table.take_ended(kNow + 6s).empty());
  table.set("a", 1, levers(LeverKind::pause));
  EXPECT_TRUE(table.take_ended(kNow + 24h).empty());
}

TEST(LeverTableTest, CountsHostsByOrder) {
  LeverTable table;
  HostLevers both = levers(LeverKind::pause);
  both.set({LeverKind::block, {.id = "b"}});
  table.set("a", 1, both);
  table.set("b", 1, levers(LeverKind::slow, kNow));
  EXPECT_EQ(table.counts().paused, 1u);
  EXPECT_EQ(table.counts().blocked, 1u);
  EXPECT_EQ(table.counts().slowed, 1u);
  table.take_ended(kNow);
  table.set("a", 1, levers(LeverKind::block));
  EXPECT_EQ(table.counts().paused, 0u);
  EXPECT_EQ(table.counts().blocked, 1u);
  EXPECT_EQ(table.counts().slowed, 0u);
}

TEST(LeverTableTest, APartitionThatIsGivenUpIsForgotten) {
  LeverTable table;
  table.set("a", 1, levers(LeverKind::pause, kNow));
  table.set("b", 2, levers(LeverKind::pause));
  EXPECT_EQ(table.hosts_of(1), std::vector<std::string>{"a"});
  table.forget(1);
  EXPECT_FALSE(table.find("a"));
  EXPECT_TRUE(table.find("b"));
  EXPECT_TRUE(table.take_ended(kNow + 1s).empty());
  EXPECT_EQ(table.counts().paused, 1u);
}

}  // namespace
}  // namespace crawler
