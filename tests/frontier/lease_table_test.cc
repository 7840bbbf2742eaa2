#include "frontier/lease_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>

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

// Looks each second from `from` on, for as long as nothing is there to take; when something was, or nothing.
std::optional<LeaseTable::Time> first_take(LeaseTable& table, const std::map<std::string, std::string>& beats,
                                           const std::vector<std::string>& owners, LeaseTable::Time from,
                                           LeaseTable::Time to) {
  for (LeaseTable::Time now = from; now <= to; now += 1s) {
    if (!table.look(beats, owners, now).acquire.empty()) return now;
  }
  return std::nullopt;
}

TEST(LeaseTable, ACounterThatStoodStillForTheTtlOnOurClockIsADeadDaemon) {
  LeaseTable table({"a", "1"}, kTtl);
  EXPECT_FALSE(first_take(table, {{"a", "1"}, {"b", "7"}}, all("b x"), 100s, 104s));
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
  EXPECT_FALSE(first_take(table, {{"b", "7"}}, all("b x"), 0s, 3s));
  EXPECT_FALSE(first_take(table, {{"b", "8"}}, all("b x"), 4s, 7s));
  EXPECT_EQ(first_take(table, {{"b", "1"}}, all("b x"), 8s, 20s), 13s) << "Redis was restored from an older dump";
}

TEST(LeaseTable, AnOwnerThatNeverBeatIsWatchedFromItsFirstSight) {
  LeaseTable table({"a", "1"}, kTtl);
  EXPECT_TRUE(table.look({{"a", "1"}}, all("ghost x"), 50s).acquire.empty());
  EXPECT_EQ(table.live_daemons(), 2);
  EXPECT_EQ(first_take(table, {{"a", "2"}}, all("ghost x"), 51s, 60s), 55s);
}

TEST(LeaseTable, ADaemonThatComesBackCountsAgain) {
  LeaseTable table({"a", "1"}, kTtl);
  EXPECT_TRUE(first_take(table, {{"b", "7"}}, all("b x"), 0s, 6s));
  EXPECT_EQ(table.live_daemons(), 1);
  table.look({{"b", "8"}}, all("b x"), 6s);
  EXPECT_EQ(table.live_daemons(), 2);
}

TEST(LeaseTable, WhileNobodyCouldLookNobodyDies) {
  LeaseTable table({"a", "1"}, kTtl);
  EXPECT_FALSE(first_take(table, {{"b", "7"}}, all("b x"), 0s, 3s));
  EXPECT_EQ(first_take(table, {{"b", "7"}}, all("b x"), 100s, 120s), 105s) << "Redis was away: the TTL begins anew";
}

TEST(LeaseTable, SlowLooksKeepNobodyAlive) {
  LeaseTable table({"a", "1"}, kTtl);
  std::optional<LeaseTable::Time> taken;
  for (LeaseTable::Time now = 0s; now <= 2 * kTtl && !taken; now += kTtl * 2 / 3) {
    if (!table.look({{"b", "7"}}, all("b x"), now).acquire.empty()) taken = now;
  }
  EXPECT_TRUE(taken) << "within twice the TTL";
}

TEST(LeaseTable, WhoHasLeftCountsNoMoreButWhatItStillOwnsIsNotTakenAtOnce) {
  LeaseTable table({"a", "1"}, kTtl);
  std::vector<std::string> owners = all("a 1");
  std::fill(owners.begin(), owners.begin() + 128, "b x");
  table.look({{"a", "1"}, {"b", "7"}}, owners, 0s);
  EXPECT_EQ(table.live_daemons(), 2);
  EXPECT_TRUE(table.look({{"a", "1"}, {"b", "-7"}}, owners, 1s).acquire.empty());
  EXPECT_EQ(table.live_daemons(), 1);
  std::fill(owners.begin(), owners.begin() + 100, "");
  EXPECT_EQ(table.look({{"a", "1"}, {"b", "-7"}}, owners, 2s).acquire.size(), 100u);
  table.look({{"a", "1"}, {"b", "8"}}, owners, 3s);
  EXPECT_EQ(table.live_daemons(), 2) << "it was started again";
}

TEST(LeaseTable, SurvivorsWhoLookAtTheSameMomentTakeDifferentPartitions) {
  std::vector<std::string> owners(kPartitions);
  for (int p = 0; p < kPartitions; ++p) owners[p] = std::string(1, "abcd"[p % 4]) + " 1";
  const std::map<std::string, std::string> beats = {{"a", "1"}, {"b", "1"}, {"c", "1"}, {"d", "1"}};
  std::vector<LeaseTable> survivors;
  for (const char* name : {"a", "c", "d"}) survivors.emplace_back(Owner{name, "1"}, kTtl);
  std::set<int> taken;
  std::size_t takes = 0;
  for (std::size_t i = 0; i < survivors.size(); ++i) {
    for (int second = 0; second < 5; ++second) {
      auto growing = beats;
      for (const char* name : {"a", "c", "d"}) growing[name] = std::to_string(second);
      EXPECT_TRUE(survivors[i].look(growing, owners, std::chrono::seconds(second)).acquire.empty());
    }
    const auto decision =
        survivors[i].look({{"a", "5"}, {"b", "1"}, {"c", "5"}, {"d", "5"}}, owners, std::chrono::seconds(5));
    EXPECT_EQ(survivors[i].live_daemons(), 3);
    for (const auto& claim : decision.acquire) taken.insert(claim.partition);
    takes += decision.acquire.size();
  }
  EXPECT_EQ(taken.size(), 64u) << "one round is enough";
  EXPECT_EQ(takes, 64u);
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

TEST(LeaseTable, SharesAreEvenAndLeaveNoPartitionFreeHoweverManyDaemons) {
  for (const int daemons : {2, 3, 10, 17, 100, 300}) {
    std::map<std::string, std::string> beats;
    for (int i = 0; i < daemons; ++i) beats[std::to_string(1000 + i)] = "1";
    std::vector<std::string> owners = all("1000 1");  // who comes first has all, until the others come
    for (int round = 0; round < 2; ++round) {
      for (const auto& [name, beat] : beats) {
        const Owner self{name, "1"};
        LeaseTable table(self, kTtl);
        owners = after(owners, table.look(beats, owners, 0s), self);
      }
    }
    EXPECT_EQ(std::count(owners.begin(), owners.end(), ""), 0) << daemons;
    for (const auto& [name, beat] : beats) {
      const auto share = std::count(owners.begin(), owners.end(), name + " 1");
      EXPECT_TRUE(share == kPartitions / daemons || share == kPartitions / daemons + 1) << daemons << ": " << share;
    }
  }
}

}  // namespace
}  // namespace frontier
