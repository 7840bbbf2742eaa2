// RedisFrontier: what is kept of robots.txt, and questions that travel to another partition and come back answered.
#include <memory>
#include <string>
#include <vector>

#include "tests/frontier/frontier_fixture.h"

namespace frontier {
namespace {

using testing::FrontierTest;

constexpr int kThere = 77;
const std::string kOrigin = "http://example.org";

class ErrandsTest : public FrontierTest {
 protected:
  void SetUp() override {
    FrontierTest::SetUp();
    ASSERT_TRUE(wait<bool>([&](auto done) { frontier_->lease(kThere, "", testing::kFence, done); }));
  }
  std::string field(const std::string& name, int partition) {
    const std::string key = frontier_->keys().of(partition, name);
    return client_->ask({"HGET", key, kOrigin}).text;
  }
  // What was heard at once: the answer, "" for none yet.
  std::string ask(const std::string& question) {
    return wait<std::string>([&](auto done) {
      frontier_->ask(kPartition, {kOrigin, question}, kThere,
                     [done](std::optional<std::string> answer) { done(answer.value_or("")); });
    });
  }
  News news(int partition) {
    return wait<News>([&](auto done) { frontier_->poll_news(partition, done); });
  }
  StoredRobots stored() {
    return wait<StoredRobots>([&](auto done) { frontier_->robots_get(kPartition, kOrigin, done); });
  }
  void answer(const std::string& question, const std::string& text) {
    frontier_->answer(kPartition, {kOrigin, question}, kThere, text);
    settle_down();
  }
  void settle_down() {
    ASSERT_TRUE(client_->run_until([this] { return client_->connection().unanswered() == 0; }));
  }
};

TEST_F(ErrandsTest, AQuestionReachesTheOtherPartitionAndItsAnswerComesBack) {
  EXPECT_EQ(ask("1 http://b.example/"), "");
  EXPECT_EQ(news(kThere).errands, std::vector<std::string>{kOrigin});
  const auto question = wait<std::optional<std::string>>([&](auto done) { frontier_->errand(kThere, kOrigin, done); });
  EXPECT_EQ(question, "1 http://b.example/");
  EXPECT_EQ(stored().asked, "?1 http://b.example/");
  answer("1 http://b.example/", "two\nlines");
  EXPECT_EQ(news(kPartition).answers, std::vector<std::string>{kOrigin});
  EXPECT_EQ(wait<std::string>([&](auto done) { frontier_->asked(kPartition, kOrigin, done); }),
            "!1 http://b.example/\ntwo\nlines");
  EXPECT_EQ(field("errands", kThere), "") << "an errand that was run is gone";
}

TEST_F(ErrandsTest, WhoAsksAgainHearsTheAnswerThatHasCome) {
  ask("1 http://b.example/");
  EXPECT_EQ(ask("1 http://b.example/"), "") << "twice is as good as once";
  answer("1 http://b.example/", "rules");
  EXPECT_EQ(ask("1 http://b.example/"), "rules");
  EXPECT_EQ(ask("2 http://c.example/"), "") << "another question has no answer yet";
  EXPECT_EQ(field("asked", kPartition), "?2 http://c.example/");
}

TEST_F(ErrandsTest, AnAnswerToWhatIsNotAskedAnyMoreIsDropped) {
  ask("1 http://b.example/");
  ask("2 http://c.example/");
  news(kPartition);
  answer("1 http://b.example/", "rules");
  EXPECT_EQ(field("asked", kPartition), "?2 http://c.example/");
  EXPECT_EQ(field("errands", kThere), "2 http://c.example/") << "nor is the newer errand forgotten";
  EXPECT_TRUE(news(kPartition).answers.empty());
}

TEST_F(ErrandsTest, WhatCouldNotBeReadIsNotTakenForNothing) {
  const std::string robots = key("robots"), asked = key("asked");
  for (const std::string& broken : {robots, asked}) {
    client_->ask({"FLUSHALL"});
    client_->ask({"HSET", robots, kOrigin, "verdict"});
    client_->ask({"HSET", asked, kOrigin, "?question"});
    client_->ask({"RENAME", broken, broken + "-kept"});
    client_->ask({"SET", broken, "of a wrong type"});
    std::optional<StoredRobots> heard;
    frontier_->robots_get(kPartition, kOrigin, [&](StoredRobots robots_heard) { heard = std::move(robots_heard); });
    client_->ask({"PING"});
    EXPECT_FALSE(heard) << broken;
    client_->ask({"RENAME", broken + "-kept", broken});
    ASSERT_TRUE(client_->run_until([&] { return heard.has_value(); }));
    EXPECT_EQ(heard->verdict, "verdict");
    EXPECT_EQ(heard->asked, "?question");
  }
}

TEST_F(ErrandsTest, TheVerdictEndsTheQuestion) {
  ask("1 http://b.example/");
  bool put = false;
  frontier_->robots_put(kPartition, kOrigin, "verdict", [&] { put = true; });
  settle_down();
  EXPECT_TRUE(put);
  EXPECT_EQ(stored().verdict, "verdict");
  EXPECT_EQ(stored().asked, "");
  answer("1 http://b.example/", "late");
  EXPECT_EQ(stored().asked, "");
}

class RobotsRoomTest : public FrontierTest {
 protected:
  static constexpr std::size_t kRoom = 20'000;
  void SetUp() override {
    FrontierTest::SetUp();
    if (client_ == nullptr) return;
    small_ = std::make_unique<RedisFrontier>(client_->connection(),
                                             FrontierOptions{.fence = testing::kFence, .robots_bytes = kRoom});
  }
  static std::string origin(int i) { return "http://example.org:" + std::to_string(10000 + i); }
  void put(int i, const std::string& verdict) {
    wait<bool>([&](auto done) { small_->robots_put(kPartition, origin(i), verdict, [done] { done(true); }); });
  }
  bool kept(int i) {
    const std::string robots = key("robots"), of = origin(i);
    return client_->ask({"HEXISTS", robots, of}).integer == 1;
  }
  // What is kept is what is counted.
  void expect_bounded(std::size_t room) {
    const std::string robots = key("robots"), counts = key("counts");
    EXPECT_EQ(size("HLEN", "robots"), size("ZCARD", "robots-written"));
    std::size_t bytes = 0;
    for (int i = 0; i < 300; ++i) {
      const std::string of = origin(i);
      if (kept(i)) bytes += static_cast<std::size_t>(client_->ask({"HSTRLEN", robots, of}).integer) + of.size() + 200;
    }
    EXPECT_LE(bytes, room);
    EXPECT_EQ(client_->ask({"HGET", counts, "robots_bytes"}).text, std::to_string(bytes));
  }
  std::unique_ptr<RedisFrontier> small_;
};

TEST_F(RobotsRoomTest, TheOldestVerdictsMakeRoom) {
  for (int i = 0; i < 100; ++i) put(i, std::string(1000, 'a'));
  expect_bounded(kRoom);
  EXPECT_GE(size("HLEN", "robots"), 15);
  EXPECT_TRUE(kept(99));
  EXPECT_FALSE(kept(0));
}

TEST_F(RobotsRoomTest, ManySmallOnesAreBoundedToo) {
  for (int i = 0; i < 300; ++i) put(i, "x");
  expect_bounded(kRoom);
  EXPECT_LE(size("HLEN", "robots"), 100);
}

TEST_F(RobotsRoomTest, AVerdictSaidTwiceCountsOnceAndAShorterOneLess) {
  put(1, std::string(5000, 'a'));
  put(1, std::string(5000, 'a'));
  put(2, std::string(5000, 'a'));
  expect_bounded(kRoom);
  put(1, "short");
  EXPECT_TRUE(kept(1) && kept(2));
  expect_bounded(6000);
}

TEST_F(RobotsRoomTest, OneThatIsLargerThanTheRoomIsKeptAlone) {
  put(1, "small");
  put(2, std::string(50'000, 'a'));
  EXPECT_FALSE(kept(1));
  EXPECT_TRUE(kept(2));
  put(3, "small");
  EXPECT_FALSE(kept(2));
  expect_bounded(kRoom);
}

TEST_F(RobotsRoomTest, WhatNobodyCountedYetIsCounted) {
  const std::string robots = key("robots"), old(3000, 'a');
  for (int i = 0; i < 50; ++i) {
    const std::string of = origin(i);
    client_->ask({"HSET", robots, of, old});
  }
  put(60, "new");
  EXPECT_TRUE(kept(60));
  EXPECT_GE(size("HLEN", "robots"), 5);
  expect_bounded(kRoom);
}

TEST_F(RobotsRoomTest, WhatWasNotWrittenForAMonthGoes) {
  put(1, "old");
  put(2, "young");
  const std::string written = key("robots-written"), of = origin(1);
  client_->ask({"ZINCRBY", written, "-2600000000", of});
  put(3, "new");
  EXPECT_FALSE(kept(1));
  EXPECT_TRUE(kept(2) && kept(3));
  expect_bounded(kRoom);
}

TEST_F(ErrandsTest, ATakeOverFindsEveryErrand) {
  for (int i = 0; i < 50; ++i) {
    const std::string n = std::to_string(i);
    wait<bool>([&](auto done) {
      frontier_->ask(kPartition, {"http://" + n + ".example", "1 http://b.example/" + n}, kThere,
                     [done](const auto&) { done(true); });
    });
  }
  const auto all = wait<std::vector<Errand>>([&](auto done) { frontier_->errands(kThere, done); });
  EXPECT_EQ(all.size(), 50u);
}

TEST_F(ErrandsTest, WhoLostThePartitionNeitherAsksNorJudges) {
  const auto stranger = make("somebody else");
  bool asked = false;
  stranger->ask(kPartition, {kOrigin, "1 http://b.example/"}, kThere, [&](const auto&) { asked = true; });
  stranger->robots_put(kPartition, kOrigin, "verdict", [] {});
  settle_down();
  EXPECT_FALSE(asked);
  EXPECT_FALSE(stored().verdict);
  EXPECT_EQ(stored().asked, "");
  EXPECT_EQ(field("errands", kThere), "");
}

}  // namespace
}  // namespace frontier
