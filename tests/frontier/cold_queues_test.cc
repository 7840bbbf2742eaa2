// The packed part of a host's queue, on a real Redis.
#include "frontier/cold_queues.h"

#include <set>

#include "tests/frontier/frontier_fixture.h"

namespace frontier {
namespace {

class ColdQueuesTest : public testing::FrontierTest {
 protected:
  Repacked pack() {
    return wait<Repacked>([&](auto done) { frontier_->cold().pack(kPartition, testing::kHost, done); });
  }
  Repacked unpack(const std::string& c, std::size_t at_most = kUnpacked) {
    return wait<Repacked>([&](auto done) { frontier_->cold().unpack(kPartition, testing::kHost, c, at_most, done); });
  }
  std::string index() {
    const std::string cold = key("cold");
    return client_->ask({"HGET", cold, testing::kHost}).text;
  }
  void add_pages(int from, int to, int depth = 0, Priority priority = Priority::normal) {
    std::vector<Discovery> all = testing::pages(from, to);
    for (Discovery& d : all) {
      d.record.depth = depth;
      d.record.priority = priority;
    }
    add(std::move(all));
  }
  // As an owner does: takes, packs what is long, unpacks what comes next; until nothing is left.
  std::vector<Record> take_all(int at_once = 8) {
    std::vector<Record> all;
    for (int turns = 0; turns < 1000; ++turns) {
      Taken taken = take(at_once);
      for (Record& record : taken.records) all.push_back(std::move(record));
      if (taken.left == 0) return all;
      const bool packs = taken.longest_head > static_cast<std::int64_t>(kLongestHead);
      EXPECT_EQ(!taken.unpack.empty() ? unpack(taken.unpack) : packs ? pack() : Repacked::done, Repacked::done);
      expect_books();
    }
    ADD_FAILURE() << "never empty";
    return all;
  }
};

TEST_F(ColdQueuesTest, AShortQueueIsLeftAlone) {
  add_pages(0, static_cast<int>(kLongestHead));
  EXPECT_EQ(pack(), Repacked::done);
  EXPECT_EQ(size("LLEN", "q:" + testing::kHost), static_cast<std::int64_t>(kLongestHead));
  EXPECT_EQ(index(), "");
  expect_books();
}

TEST_F(ColdQueuesTest, ALongOneKeepsItsHeadAndEveryUrl) {
  add_pages(0, 200, 2);
  EXPECT_EQ(pack(), Repacked::done);
  EXPECT_EQ(size("LLEN", "q:" + testing::kHost), static_cast<std::int64_t>(kShortHead));
  EXPECT_EQ(index(), "n2:196");
  EXPECT_EQ(count("queued"), 200);
  expect_books();
  const std::vector<Record> all = take_all();
  EXPECT_EQ(all.size(), 200u);
  const std::vector<std::string> names = testing::urls(all);
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 200u) << "each once";
  EXPECT_EQ(count("in_flight"), 200);
  expect_books();
}

TEST_F(ColdQueuesTest, AVeryLongOneIsPackedPieceByPiece) {
  add_pages(0, 3000, 1);
  EXPECT_EQ(pack(), Repacked::done);
  EXPECT_LE(size("LLEN", "q:" + testing::kHost), static_cast<std::int64_t>(kLongestHead));
  expect_books();
  EXPECT_EQ(take_all(32).size(), 3000u);
}

TEST_F(ColdQueuesTest, AHostIsCrawledBreadthFirst) {
  add_pages(0, 50, 3);
  EXPECT_EQ(pack(), Repacked::done);
  add_pages(50, 150, 1);
  EXPECT_EQ(pack(), Repacked::done);
  add_pages(150, 180, 2);
  add_pages(180, 190, 0);
  EXPECT_EQ(pack(), Repacked::done);
  int depth = 0;
  for (const Record& record : take_all()) {
    EXPECT_GE(record.depth, depth) << record.url;
    depth = record.depth;
  }
  EXPECT_EQ(depth, 3);
}

TEST_F(ColdQueuesTest, PackedOnesKeepTheirSharesByPriority) {
  add_pages(0, 100, 1, Priority::high);
  add_pages(100, 200, 1);
  add_pages(200, 300, 1, Priority::low);
  EXPECT_EQ(pack(), Repacked::done);
  EXPECT_EQ(index(), "h1:96 n1:96 l1:96");
  const std::vector<Record> all = take_all();
  ASSERT_EQ(all.size(), 300u);
  int high = 0, low = 0;
  for (int i = 0; i < 80; ++i) {
    high += all[static_cast<std::size_t>(i)].priority == Priority::high;
    low += all[static_cast<std::size_t>(i)].priority == Priority::low;
  }
  EXPECT_EQ(high, 50);
  EXPECT_EQ(low, 10);
}

TEST_F(ColdQueuesTest, NothingDeeperThanABlockIsTakenBeforeIt) {
  add_pages(0, 40, 1);
  EXPECT_EQ(pack(), Repacked::done);
  take(static_cast<int>(kShortHead));
  add_pages(40, 45, 2);
  const Taken taken = take(8);
  EXPECT_TRUE(taken.records.empty());
  EXPECT_EQ(taken.unpack, "n1");
  EXPECT_EQ(taken.left, 41);
}

TEST_F(ColdQueuesTest, WhatComesBackGoesBeforeWhatIsPacked) {
  add_pages(0, 40, 1);
  std::vector<Record> first = take(2).records;
  EXPECT_EQ(pack(), Repacked::done);
  settle({{Verb::back, first[0].url, {}, {}, first[0]}, {Verb::back, first[1].url, {}, {}, first[1]}});
  EXPECT_EQ(testing::urls(take(2).records), testing::urls(first));
  expect_books();
}

TEST_F(ColdQueuesTest, AStrangerChangesNothing) {
  add_pages(0, 100);
  const auto stranger = make("another 2");
  EXPECT_EQ(wait<Repacked>([&](auto done) { stranger->cold().pack(kPartition, testing::kHost, done); }),
            Repacked::fenced);
  EXPECT_EQ(size("LLEN", "q:" + testing::kHost), 100);
}

// Between the look and the change somebody puts a URL in front: then nothing is done.
TEST_F(ColdQueuesTest, WhatWasChangedMeanwhileIsLeftForTheNextTime) {
  add_pages(0, 100);
  std::optional<Repacked> answer;
  const std::vector<Record> first = take(1).records;
  frontier_->cold().pack(kPartition, testing::kHost, [&](Repacked r) { answer = r; });
  settle({{Verb::back, first[0].url, {}, {}, first[0]}});
  EXPECT_TRUE(client_->run_until([&] { return answer.has_value(); }));
  EXPECT_EQ(answer, Repacked::changed);
  expect_books();
  EXPECT_EQ(pack(), Repacked::done);
  expect_books();
}

TEST_F(ColdQueuesTest, WhatIsAddedMeanwhileStaysBehind) {
  add_pages(0, 100);
  std::optional<Repacked> answer;
  frontier_->cold().pack(kPartition, testing::kHost, [&](Repacked r) { answer = r; });
  add_pages(100, 105);
  EXPECT_TRUE(client_->run_until([&] { return answer.has_value(); }));
  EXPECT_EQ(answer, Repacked::done);
  EXPECT_EQ(size("LLEN", "q:" + testing::kHost), static_cast<std::int64_t>(kShortHead) + 5);
  expect_books();
}

TEST_F(ColdQueuesTest, ABlockThatCannotBeReadIsSetAsideAndTheRestGoesOn) {
  add_pages(0, 100, 1);
  pack();
  const std::string list = frontier_->keys().cold(kPartition, testing::kHost, "n1");
  client_->ask({"LSET", list, "0", "damaged"});
  EXPECT_EQ(unpack("n1"), Repacked::damaged);
  const std::string aside = frontier_->keys().cold(kPartition, testing::kHost, "n1!");
  EXPECT_EQ(client_->ask({"LRANGE", aside, "0", "-1"}).texts(), std::vector<std::string>{"damaged"});
  EXPECT_EQ(index(), "n1:32 n1!:64");
  EXPECT_EQ(take_all().size(), 36u);
  EXPECT_EQ(index(), "n1!:64");
  EXPECT_EQ(count("queued"), 64) << "what lies aside is not forgotten";
  const std::string active = key("active");
  EXPECT_EQ(client_->ask({"SISMEMBER", active, testing::kHost}).integer, 1);
  EXPECT_EQ(unpack("n7"), Repacked::changed) << "there is none";
}

TEST_F(ColdQueuesTest, ALastBlockThatCannotBeReadIsSetAsideWhenMoreIsPacked) {
  add_pages(0, 100, 1);
  pack();
  const std::string list = frontier_->keys().cold(kPartition, testing::kHost, "n1");
  const std::string block = client_->ask({"LINDEX", list, "-1"}).text, broken = block.substr(0, 2) + "?";
  client_->ask({"LSET", list, "-1", broken});
  add_pages(100, 150, 1);
  EXPECT_EQ(pack(), Repacked::damaged);
  EXPECT_EQ(index(), "n1:64 n1!:32");
  EXPECT_EQ(pack(), Repacked::done);
  EXPECT_EQ(take_all().size(), 118u);
  EXPECT_EQ(count("queued"), 32);
}

TEST_F(ColdQueuesTest, AListThatIsGoneIsNotAskedForAgain) {
  add_pages(0, 100, 1);
  pack();
  const std::string list = frontier_->keys().cold(kPartition, testing::kHost, "n1");
  client_->ask({"DEL", list});
  EXPECT_EQ(unpack("n1"), Repacked::damaged);
  EXPECT_EQ(index(), "n1!:96");
  EXPECT_EQ(take_all().size(), 4u);
}

TEST_F(ColdQueuesTest, AListThatIsGoneDoesNotKeepAHeadOfItsDepthFromBeingPacked) {
  add_pages(0, 100, 1);
  pack();
  const std::string list = frontier_->keys().cold(kPartition, testing::kHost, "n1");
  client_->ask({"DEL", list});
  add_pages(100, 200, 1);
  EXPECT_EQ(pack(), Repacked::damaged);
  EXPECT_EQ(index(), "n1!:96");
  EXPECT_EQ(pack(), Repacked::done);
  EXPECT_EQ(index(), "n1:100 n1!:96");
  EXPECT_EQ(size("LLEN", "q:" + testing::kHost), static_cast<std::int64_t>(kShortHead));
}

TEST_F(ColdQueuesTest, TheOwnerHearsOfAQueueThatHasGrown) {
  add_pages(0, 1);
  EXPECT_EQ(news(), std::vector<std::string>{testing::kHost});
  add_pages(1, 12);
  EXPECT_TRUE(news().empty());
  add_pages(12, 20);
  EXPECT_EQ(news(), std::vector<std::string>{testing::kHost});
}

}  // namespace
}  // namespace frontier
