#include "frontier/lease_table.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace frontier {
namespace {

using namespace std::chrono_literals;

constexpr auto kTtl = 5s;

std::vector<std::string> all(const std::string& owner) {
  return std::vector<std::string>(kPartitions, owner);
}

std::vector<std::string> after(std::vector<std::string> owners, const LeaseTable::Decision& decision,
                               const Owner& self) {
  for (const auto& claim : decision.acquire) owners[claim.partition] = self.text();
  for (const int partition : decision.release) owners[partition].clear();
  return owners;
}

TEST(Owner, ComesBackFromItsText) {
  const Owner owner{"daemon-1", "abc"};
  EXPECT_EQ(owner.text(), "daemon-1 abc");
  EXPECT_EQ(Owner::parse(owner.text()).daemon, "daemon-1");
  EXPECT_EQ(Owner::parse(owner.text()).nonce, "abc");
  EXPECT_EQ(Owner::parse("daemon-1").daemon, "daemon-1");
  EXPECT_TRUE(Owner::parse("").daemon.empty());
}

TEST(LeaseTable, TheOnlyDaemonTakesEveryFreePartition) {
  LeaseTable table({"a", "1"}, kTtl);
  const auto decision = table.look({{"a", "1"}}, all(""), 0s);
  ASSERT_EQ(decision.acquire.size(), static_cast<std::size_t>(kPartitions));
  for (const auto& claim : decision.acquire) {
    EXPECT_TRUE(claim.from.empty());
    EXPECT_FALSE(claim.takeover);
  }
  EXPECT_TRUE(decision.release.empty());
  EXPECT_EQ(table.live_daemons(), 1);
}

TEST(LeaseTable, WhatItHoldsItKeeps) {
  LeaseTable table({"a", "1"}, kTtl);
  const auto decision = table.look({{"a", "2"}}, all("a 1"), 0s);
  EXPECT_TRUE(decision.acquire.empty());
  EXPECT_TRUE(decision.release.empty());
}

TEST(LeaseTable, OurEarlierSelfIsTakenOverAtOnce) {
  LeaseTable table({"a", "new"}, kTtl);
  const auto decision = table.look({{"a", "9"}}, all("a old"), 0s);
  ASSERT_EQ(decision.acquire.size(), static_cast<std::size_t>(kPartitions));
  EXPECT_EQ(decision.acquire[0].from, "a old");
  EXPECT_TRUE(decision.acquire[0].takeover);
}

TEST(LeaseTable, ACounterThatStoodStillForTheTtlOnOurClockIsADeadDaemon) {
  LeaseTable table({"a", "1"}, kTtl);
  EXPECT_TRUE(table.look({{"a", "1"}, {"b", "7"}}, all("b x"), 100s).acquire.empty());
  EXPECT_EQ(table.live_daemons(), 2);
  EXPECT_TRUE(table.look({{"a", "2"}, {"b", "7"}}, all("b x"), 105s - 1ns).acquire.empty());
  const auto decision = table.look({{"a", "3"}, {"b", "7"}}, all("b x"), 105s);
  ASSERT_EQ(decision.acquire.size(), static_cast<std::size_t>(kPartitions));
  EXPECT_EQ(decision.acquire[0].from, "b x");
  EXPECT_TRUE(decision.acquire[0].takeover);
  EXPECT_EQ(table.live_daemons(), 1);
}

TEST(LeaseTable, EveryBeatStartsTheTtlAnewWhicheverWayTheCounterMoved) {
  LeaseTable table({"a", "1"}, kTtl);
  table.look({{"b", "7"}}, all("b x"), 0s);
  table.look({{"b", "8"}}, all("b x"), 4s);
  EXPECT_TRUE(table.look({{"b", "8"}}, all("b x"), 8s).acquire.empty());
  table.look({{"b", "1"}}, all("b x"), 8s);  // Redis was restored from an older dump
  EXPECT_TRUE(table.look({{"b", "1"}}, all("b x"), 12s).acquire.empty());
  EXPECT_FALSE(table.look({{"b", "1"}}, all("b x"), 13s).acquire.empty());
}

TEST(LeaseTable, AnOwnerThatNeverBeatIsWatchedFromItsFirstSight) {
  LeaseTable table({"a", "1"}, kTtl);
  EXPECT_TRUE(table.look({{"a", "1"}}, all("ghost x"), 50s).acquire.empty());
  EXPECT_EQ(table.live_daemons(), 2);
  EXPECT_FALSE(table.look({{"a", "2"}}, all("ghost x"), 55s).acquire.empty());
}

TEST(LeaseTable, ADaemonThatComesBackCountsAgain) {
  LeaseTable table({"a", "1"}, kTtl);
  table.look({{"b", "7"}}, all(""), 0s);
  table.look({{"b", "7"}}, all(""), 6s);
  EXPECT_EQ(table.live_daemons(), 1);
  table.look({{"b", "8"}}, all(""), 7s);
  EXPECT_EQ(table.live_daemons(), 2);
}

TEST(LeaseTable, ANewcomerIsGivenItsFairShareAndTakesNoMore) {
  const Owner a{"a", "1"}, b{"b", "1"};
  LeaseTable old(a, kTtl), fresh(b, kTtl);
  const std::map<std::string, std::string> beats = {{"a", "5"}, {"b", "1"}};
  std::vector<std::string> owners = all(a.text());
  const auto released = old.look(beats, owners, 0s);
  EXPECT_TRUE(released.acquire.empty());
  EXPECT_EQ(released.release.size(), 128u);
  owners = after(owners, released, a);
  EXPECT_TRUE(old.look(beats, owners, 1s).acquire.empty()) << "what was released is not taken back";
  owners = after(owners, fresh.look(beats, owners, 1s), b);
  EXPECT_EQ(std::count(owners.begin(), owners.end(), a.text()), 128);
  EXPECT_EQ(std::count(owners.begin(), owners.end(), b.text()), 128);
}

TEST(LeaseTable, SharesThatDoNotDivideEvenlyLeaveNoPartitionFree) {
  const std::map<std::string, std::string> beats = {{"a", "1"}, {"b", "1"}, {"c", "1"}};
  std::vector<std::string> owners = all("");
  for (const char* name : {"a", "b", "c"}) {
    const Owner self{name, "1"};
    LeaseTable table(self, kTtl);
    const auto decision = table.look(beats, owners, 0s);
    EXPECT_LE(decision.acquire.size(), 86u);
    owners = after(owners, decision, self);
  }
  EXPECT_EQ(std::count(owners.begin(), owners.end(), ""), 0);
}

}  // namespace
}  // namespace frontier
