#include "tests/frontier/frontier_fixture.h"

namespace frontier {
namespace {

using namespace testing;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

class FrontierHosts : public FrontierTest {
 protected:
  LeverAnswer order(const std::string& verb, const std::string& id, const std::string& terms = "0 0 why") {
    return order(*frontier_, {kHost, verb, id, terms});
  }
  LeverAnswer order(RedisFrontier& frontier, const LeverOrder& what) {
    return wait<LeverAnswer>([&](auto done) { frontier.lever(what, done); });
  }
  std::vector<LeverText> levers(const std::string& host = kHost) {
    return wait<std::vector<LeverText>>([&](auto done) {
      frontier_->levers(kPartition, host, [done](auto texts, Millis) { done(std::move(texts)); });
    });
  }
  std::vector<std::string> kinds() {
    std::vector<std::string> all;
    for (const LeverText& lever : levers()) all.push_back(lever.kind);
    return all;
  }
  HostFacts facts(bool domain = false, int origins = 8, int bytes = 1000) {
    return wait<HostFacts>([&](auto done) { frontier_->host_facts(kHost, domain, origins, bytes, done); });
  }
};

TEST_F(FrontierHosts, AnOrderIsKeptWithItsTimeAndToldToTheOwner) {
  const LeverAnswer answer = order("slow", "id1", "600000 5000 a shop");
  EXPECT_FALSE(answer.full);
  EXPECT_FALSE(answer.known);
  const std::string text = "1 id1 " + std::to_string(answer.now.count()) + " 600000 5000 a shop";
  EXPECT_THAT(answer.levers, ElementsAre(Pair("slow", text)));
  const auto kept = levers();
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept[0].host, kHost);
  EXPECT_EQ(kept[0].text, text);
  const News told = all_news(*frontier_);
  EXPECT_THAT(told.levers, ElementsAre(kHost));
  EXPECT_THAT(told.hosts, IsEmpty());
}

TEST_F(FrontierHosts, SaidTwiceAnOrderIsDoneOnce) {
  const LeverAnswer first = order("pause", "id1");
  EXPECT_EQ(order("pause", "id1", "9 9 other").levers, first.levers) << "a lost reply is asked for again";
  EXPECT_NE(order("pause", "id2").levers, first.levers) << "another order of the same kind replaces it";
}

TEST_F(FrontierHosts, ResumeUndoesAllThreeOfThisHostOnly) {
  std::string other;  // of the same partition
  for (int i = 0; other.empty(); ++i) {
    if (partition_of("h" + std::to_string(i)) == kPartition) other = "h" + std::to_string(i);
  }
  order("pause", "1");
  order("slow", "2");
  order("block", "3");
  order(*frontier_, {other, "pause", "4", "0 0 "});
  EXPECT_THAT(kinds(), ElementsAre("pause", "slow", "block"));
  EXPECT_EQ(levers("").size(), 4u) << "of the whole partition";
  EXPECT_THAT(order("resume", "5").levers, IsEmpty());
  EXPECT_THAT(kinds(), IsEmpty());
  EXPECT_EQ(levers(other).size(), 1u);
}

TEST_F(FrontierHosts, WhatHasEndedIsLiftedByItsIdOnly) {
  order("pause", "1");
  order("slow", "2");
  order("lift", "12");
  order("lift", "");
  EXPECT_THAT(kinds(), ElementsAre("pause", "slow"));
  order("lift", "1");
  EXPECT_THAT(kinds(), ElementsAre("slow"));
  order("pause", "3");
  order("lift", "1");
  EXPECT_THAT(kinds(), ElementsAre("pause", "slow")) << "a newer order stays";
}

TEST_F(FrontierHosts, TheStatesOfManyAreReadAtOnce) {
  settle({}, "state");
  EXPECT_THAT(wait<std::vector<std::string>>([&](auto done) {
                frontier_->host_states(kPartition, {"unknown", kHost, "b"}, done);
              }),
              ::testing::ElementsAre("", "state", ""));
}

TEST_F(FrontierHosts, AKnownHostIsOneThatWasAskedOrHasUrls) {
  add(pages(0, 1));
  EXPECT_TRUE(order("pause", "1").known);
  take(1);
  settle({{Verb::done, page(0), "fetched"}}, "state");
  EXPECT_TRUE(order("pause", "2").known);
}

TEST_F(FrontierHosts, APartitionHoldsSoManyOrdersAndNoMore) {
  std::vector<std::string> fields;
  for (std::size_t i = 0; i < RedisFrontier::kMaxLevers; ++i) fields.push_back("pause h" + std::to_string(i));
  const std::string key_of_levers = key("levers");
  std::vector<std::string_view> fill = {"HSET", key_of_levers};
  for (const std::string& field : fields) fill.insert(fill.end(), {field, "1 x 1 0 0 "});
  client_->ask(fill);
  EXPECT_TRUE(order("pause", "1").full);
  EXPECT_THAT(kinds(), IsEmpty());
  EXPECT_FALSE(order(*frontier_, {"h0", "pause", "2", "0 0 "}).full) << "one that is held already is renewed";
  EXPECT_FALSE(order("resume", "3").full);
}

TEST_F(FrontierHosts, OnlyTheOwnerTakesTheNews) {
  add(pages(0, 1));
  order("pause", "1");
  const auto stranger = make("daemon 2");
  const News nothing = all_news(*stranger);
  EXPECT_THAT(nothing.hosts, IsEmpty());
  EXPECT_THAT(nothing.levers, IsEmpty());
  const News all = all_news(*frontier_);
  EXPECT_THAT(all.hosts, ElementsAre(kHost));
  EXPECT_THAT(all.levers, ElementsAre(kHost));
}

TEST_F(FrontierHosts, FactsAreWhatIsKept) {
  const HostFacts nothing = facts();
  EXPECT_FALSE(nothing.asked);
  EXPECT_EQ(nothing.queued, 0);
  EXPECT_EQ(nothing.owner, kFence);
  EXPECT_THAT(nothing.robots, IsEmpty());
  add(pages(0, 3));
  take(1);
  settle({{Verb::done, page(0), "fetched"}}, "the state");
  const std::string robots = key("robots");
  for (const char* origin : {"http://example.org", "https://example.org:8443", "http://www.example.org",
                             "http://notexample.org", "http://example.org.evil.net"}) {
    client_->ask({"HSET", robots, origin, "0123456789"});
  }
  const HostFacts known = facts(false, 8, 4);
  EXPECT_TRUE(known.asked);
  EXPECT_EQ(known.state, "the state");
  EXPECT_EQ(known.queued, 2);
  EXPECT_THAT(known.robots,
              UnorderedElementsAre(Pair("http://example.org", "0123"), Pair("https://example.org:8443", "0123")));
  EXPECT_EQ(facts(true).robots.size(), 3u) << "a domain's subdomains are its own";
  EXPECT_EQ(facts(true, 1).robots.size(), 1u);
}

TEST_F(FrontierHosts, WhatWasQueuedAndRefusedMayBeQueuedAgain) {
  add(pages(0, 3));
  take(3);
  settle({{Verb::refused, page(0), "depth"}, {Verb::refused, page(1), "robots_disallowed"}}, "state");
  settle({{Verb::refused, page(0), "depth"}}, "state");
  expect_books();
  EXPECT_EQ(count("r:depth"), 1);
  const auto other = make(kFence);  // with a filter of its own
  EXPECT_EQ(add(*other, pages(0, 3)).upgraded, 1) << "what depth refused; what robots.txt refused is final";
  expect_books();
  EXPECT_EQ(count("discovered"), 3);
  EXPECT_EQ(count("r:depth"), 0);
  EXPECT_THAT(urls(take(9).records), ElementsAre(page(0)));
}

TEST_F(FrontierHosts, ARefusalFindsItsBucketAlsoAfterASplit) {
  add(pages(0, 1));
  take(1);
  const auto other = make(kFence);
  add(*other, pages(1, 400));  // splits buckets that the first knows nothing of
  ASSERT_GT(count("buckets"), 1);
  EXPECT_EQ(settle({{Verb::refused, page(0), "depth"}}), SettleAnswer::ok);
  expect_books();
  EXPECT_EQ(add(*other, pages(0, 1)).upgraded, 1);
}

}  // namespace
}  // namespace frontier
