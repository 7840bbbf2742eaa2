// The comparison of a partition's counters with its structures, on a real Redis: what was broken by hand is seen, and
// what is busy or large is counted in one moment or not at all.
#include "frontier/partition_tally.h"

#include "tests/frontier/frontier_fixture.h"

namespace frontier::testing {
namespace {

class PartitionTallyTest : public FrontierTest {
 protected:
  std::optional<Tally> compare(std::size_t hosts_of_a_call = kTallyHosts) {
    PartitionTally tally(client_->connection(), frontier_->keys(), hosts_of_a_call);
    return wait<std::optional<Tally>>([&](auto done) { tally.compare(kPartition, done); });
  }
  std::int64_t difference(std::size_t hosts_of_a_call = kTallyHosts) {
    const auto tally = compare(hosts_of_a_call);
    EXPECT_TRUE(tally);
    return tally ? tally->difference() : -1;
  }
  void ask(std::vector<std::string_view> command) { EXPECT_FALSE(client_->ask(std::move(command)).error); }

  // Hosts of this partition other than kHost, with one URL each.
  void add_hosts(int n) {
    std::vector<Discovery> discoveries;
    for (int i = 0; static_cast<int>(discoveries.size()) < n; ++i) {
      const std::string host = "h" + std::to_string(i) + ".example.org";
      if (partition_of(host) != kPartition) continue;
      discoveries.push_back({.host = host});
      discoveries.back().record.url = discoveries.back().record.seed = "http://" + host + "/";
    }
    EXPECT_EQ(add(std::move(discoveries)).fresh, n);
  }
  // URLs in heads, blocks, flight and wait.
  void add_everywhere() {
    add(pages(0, 400));
    bool packed = false;
    frontier_->cold().pack(kPartition, kHost, [&](Repacked answer) { packed = answer == Repacked::done; });
    ASSERT_TRUE(client_->run_until([&] { return packed; }));
    const auto taken = take(4).records;
    ASSERT_EQ(taken.size(), 4u);
    settle({{.verb = Verb::wait, .id = taken[0].url, .wait = std::chrono::minutes(1), .record = taken[0]},
            {.verb = Verb::done, .id = taken[1].url, .name = "fetched"}});
  }
};

TEST_F(PartitionTallyTest, AnEmptyPartitionAgrees) {
  EXPECT_EQ(difference(), 0);
}

TEST_F(PartitionTallyTest, HeadsBlocksFlightAndWaitAreCounted) {
  add_everywhere();
  const auto tally = compare();
  ASSERT_TRUE(tally);
  EXPECT_EQ(tally->queued.held, 396);
  EXPECT_EQ(tally->in_flight.held, 2);
  EXPECT_EQ(tally->waiting.held, 1);
  EXPECT_EQ(tally->difference(), 0);
}

TEST_F(PartitionTallyTest, EachStructureThatIsBrokenIsSeen) {
  add_everywhere();
  const std::string queue = frontier_->keys().queue(kPartition, kHost, Priority::normal), cold = key("cold");
  const std::string flight_key = key("flight"), wait_key = key("wait"), counts = key("counts"), active = key("active");
  ask({"LPUSH", queue, "http://example.org/stray\t0"});
  EXPECT_EQ(difference(), 1);
  ask({"LPOP", queue});
  EXPECT_EQ(difference(), 0);
  ask({"HSET", flight_key, "http://example.org/stray", ""});
  EXPECT_EQ(difference(), 1);
  ask({"DEL", flight_key});
  EXPECT_EQ(difference(), 2);
  ask({"DEL", wait_key});
  EXPECT_EQ(difference(), 3);
  ask({"HINCRBY", counts, "waiting", "-1"});
  ask({"HINCRBY", counts, "in_flight", "-2"});
  EXPECT_EQ(difference(), 0);
  ask({"SREM", active, kHost});  // nobody would ever take what it has
  EXPECT_EQ(difference(), 396);
  ask({"SADD", active, kHost});
  ask({"DEL", cold});
  EXPECT_GT(difference(), 300);
}

TEST_F(PartitionTallyTest, WhereHostsAreManyTheyAreCountedInSlices) {
  add_everywhere();
  add_hosts(25);
  const auto tally = compare(10);
  ASSERT_TRUE(tally);
  EXPECT_EQ(tally->queued.held, 396 + 25);
  EXPECT_EQ(tally->difference(), 0);
  const std::string counts = key("counts");
  ask({"HINCRBY", counts, "queued", "5"});
  EXPECT_EQ(difference(10), 5);
}

TEST_F(PartitionTallyTest, WhatChangesBetweenTwoSlicesIsNotJudged) {
  add_hosts(25);
  PartitionTally tally(client_->connection(), frontier_->keys(), 10);
  std::optional<std::optional<Tally>> answer;
  tally.compare(kPartition, [&](std::optional<Tally> seen) { answer = seen; });
  // Behind each command that is on its way, so that no two slices see the same counters.
  const std::string counts = key("counts");
  std::function<void()> disturb = [&] {
    if (answer) return;
    client_->connection().command({"HINCRBY", counts, "done", "1"}, [&](const Reply&) { disturb(); });
  };
  disturb();
  ASSERT_TRUE(client_->run_until([&] { return answer.has_value(); }));
  EXPECT_FALSE(*answer);
  EXPECT_EQ(difference(10), 0);
}

TEST_F(PartitionTallyTest, HostsThatComeBetweenTwoCallsAreCountedToo) {
  add_hosts(3);
  PartitionTally tally(client_->connection(), frontier_->keys());
  std::optional<std::optional<Tally>> answer;
  tally.compare(kPartition, [&](std::optional<Tally> seen) { answer = seen; });
  bool added = false;  // sent right behind the first call, which names no host
  frontier_->add({found(page(1))}, [&](const AddCount&) { added = true; });
  ASSERT_TRUE(client_->run_until([&] { return answer.has_value() && added; }));
  ASSERT_TRUE(*answer);
  EXPECT_EQ((*answer)->queued.held, 4);
  EXPECT_EQ((*answer)->difference(), 0);
}

}  // namespace
}  // namespace frontier::testing
