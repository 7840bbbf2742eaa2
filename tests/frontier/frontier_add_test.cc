#include <set>

#include "tests/frontier/frontier_fixture.h"

namespace frontier {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class FrontierAdd : public FrontierTest {};

TEST_F(FrontierAdd, FilesEachUrlOnceAndIsIdempotent) {
  EXPECT_EQ(add(pages(0, 5)).fresh, 5);
  const auto other = make("");  // needs no lease, and has heard of nothing
  const AddCount again = add(*other, pages(0, 5));
  EXPECT_EQ(again.fresh, 0);
  EXPECT_EQ(again.known, 5);
  EXPECT_EQ(again.filtered, 0);
  EXPECT_EQ(count("discovered"), 5);
  EXPECT_EQ(count("queued"), 5);
  expect_books();
}

TEST_F(FrontierAdd, TheSameUrlTwiceInOneCallIsFiledOnce) {
  const AddCount both = add({found(page(1)), found(page(1))});
  EXPECT_EQ(both.fresh, 1);
  EXPECT_EQ(both.known, 1);
  expect_books();
}

TEST_F(FrontierAdd, AnswersWhenEveryPartitionHasConfirmed) {
  std::vector<Discovery> web;
  std::set<int> partitions;
  for (int i = 0; i < 50; ++i) {
    Discovery d = found("http://h" + std::to_string(i) + ".example/");
    d.host = "h" + std::to_string(i) + ".example";
    partitions.insert(partition_of(d.host));
    web.push_back(std::move(d));
  }
  std::set<int> told;
  frontier_->on_news([&](int partition) { told.insert(partition); });
  EXPECT_EQ(add(web).fresh, 50);
  EXPECT_EQ(told, partitions);
  EXPECT_EQ(add({}).fresh, 0);
}

TEST_F(FrontierAdd, ARepeatIsAnsweredLocallyUntilItIsForgotten) {
  add(pages(0, 3));
  EXPECT_EQ(add(pages(0, 3)).filtered, 3);
  client_->ask({"FLUSHALL"});  // restored from before them
  frontier_->forget_recent();
  EXPECT_EQ(add(pages(0, 3)).fresh, 3);
  expect_books();
}

TEST_F(FrontierAdd, ARefusedUrlIsCountedOnceUnderItsFirstReason) {
  EXPECT_EQ(add({found(page(1), "depth"), found(page(1), "depth")}).fresh, 1);
  EXPECT_EQ(add({found(page(1), "nofollow")}).known, 1);
  EXPECT_EQ(add(*make(""), {found(page(1), "robots_disallowed")}).known, 1);
  EXPECT_EQ(count("discovered"), 1);
  EXPECT_EQ(count("r:depth"), 1);
  EXPECT_EQ(count("r:nofollow"), 0);
  EXPECT_THAT(news(), IsEmpty());
  expect_books();
}

TEST_F(FrontierAdd, ABetterDiscoveryOverrulesAnUpgradableRefusalOnce) {
  add({found(page(1), "depth"), found(page(2), "robots_disallowed")});
  const AddCount better = add(pages(1, 3));
  EXPECT_EQ(better.upgraded, 1);
  EXPECT_EQ(better.known, 1);
  EXPECT_EQ(count("discovered"), 2);
  EXPECT_EQ(count("queued"), 1);
  EXPECT_EQ(count("r:depth"), 0);
  EXPECT_EQ(count("r:robots_disallowed"), 1);
  EXPECT_EQ(count("upgraded"), 1);
  expect_books();
  const AddCount again = add(*make(""), pages(1, 3));
  EXPECT_EQ(again.known, 2);
  expect_books();
  EXPECT_THAT(urls(take(9).records), ElementsAre(page(1)));
}

TEST_F(FrontierAdd, WhatWasQueuedAndThenRefusedIsQueuedForAnotherJobThoughTheFilterKnowsIt) {
  Discovery of_one = found(page(1)), of_other = found(page(1));
  of_one.record.job = "one";
  of_other.record.job = "other";
  EXPECT_EQ(add({of_one}).fresh, 1);
  take(1);
  settle(*make(kFence), {{.verb = Verb::refused, .id = page(1), .name = "depth", .job = "one"}});
  EXPECT_EQ(add({of_one}).filtered, 1);
  EXPECT_EQ(add({of_other}).upgraded, 1);
  expect_books();
  take(1);
  settle({{.verb = Verb::refused, .id = page(1), .name = "depth", .job = "other"}});
  EXPECT_EQ(add({of_other}).upgraded, 1) << "what we refused ourselves is forgotten at once";
  expect_books();
}

TEST_F(FrontierAdd, WhatSomebodyAsksForIsNotAnsweredFromMemory) {
  add({found(page(1))});
  take(1);
  const auto owner = make(kFence);
  settle(*owner, {{.verb = Verb::refused, .id = page(1), .name = "depth"}});
  EXPECT_EQ(add({found(page(1))}).filtered, 1);
  Discovery seed = found(page(1));
  seed.asked = true;
  EXPECT_EQ(add({seed}).upgraded, 1);
  expect_books();
}

TEST_F(FrontierAdd, WhatIsQueuedIsNotRefusedLater) {
  add({found(page(1))});
  EXPECT_EQ(add({found(page(1), "depth")}).known, 1);
  EXPECT_EQ(add(*make(""), {found(page(1), "depth")}).known, 1);
  EXPECT_EQ(count("refused"), 0);
  expect_books();
}

TEST_F(FrontierAdd, ForceQueuesWhatIsKnownAgain) {
  add({found(page(1)), found(page(2), "robots_disallowed")});
  EXPECT_THAT(urls(take(9).records), ElementsAre(page(1)));
  settle({{Verb::done, page(1), "fetched"}});
  EXPECT_EQ(add({found(page(1), {}, true)}).fresh, 1);
  EXPECT_EQ(add({found(page(2), {}, true)}).upgraded, 1);
  expect_books();
  EXPECT_THAT(urls(take(9).records), ElementsAre(page(1), page(2)));
  expect_books();
}

TEST_F(FrontierAdd, AStaleBucketCountAnswersRetryAndIsSentAgain) {
  const auto stale = make("");
  while (count("buckets") < 4) {
    const int from = static_cast<int>(count("discovered"));
    add(pages(from, from + 100));
  }
  const int n = static_cast<int>(count("discovered"));
  const Script script = RedisFrontier::scripts()[0];
  std::vector<std::string> keys;
  for (const char* name : {"counts", "news", "active", "seen:0", "seen:1", "out:0", "out:1"}) keys.push_back(key(name));
  const Answer answer = client_->ask(script, keys, {"1", "", ""});
  ASSERT_EQ(answer.items.size(), 2u);
  EXPECT_EQ(answer.items[0].text, "RETRY");
  EXPECT_EQ(answer.items[1].integer, count("buckets"));

  const AddCount both = add(*stale, pages(n - 50, n + 50));
  EXPECT_EQ(both.known, 50);
  EXPECT_EQ(both.fresh, 50);
  EXPECT_EQ(count("discovered"), n + 50);
  expect_books();
}

TEST_F(FrontierAdd, TwentyThousandIdsStayInIntsetsAndEachIsKnown) {
  constexpr int kMany = 20'000;
  struct Case {
    std::string prefix;
    std::string_view refused;
    int from;
  };
  for (const Case& c : {Case{"seen:", {}, 0}, Case{"out:", "robots_disallowed", kMany}}) {
    for (int i = c.from; i < c.from + kMany; i += 500) ASSERT_EQ(add(pages(i, i + 500, c.refused)).fresh, 500);
    std::int64_t held = 0;
    for (std::int64_t bucket = 0; bucket < count("buckets"); ++bucket) {
      const std::string name = key(c.prefix + std::to_string(bucket));
      const std::int64_t members = client_->ask({"SCARD", name}).integer;
      ASSERT_LE(members, 512) << name;
      if (members > 0) {
        ASSERT_EQ(client_->ask({"OBJECT", "ENCODING", name}).text, "intset") << name;
      }
      held += members;
    }
    EXPECT_EQ(held, kMany);
    const AddCount again = add(*make(""), pages(c.from, c.from + kMany, c.refused));
    EXPECT_EQ(again.known, kMany);
    EXPECT_EQ(again.fresh, 0);
  }
  EXPECT_GT(count("buckets"), 2 * kMany / 200);
  EXPECT_EQ(add(*make(""), pages(kMany, 2 * kMany)).known, kMany) << "a final refusal stands, wherever it moved";
  expect_books();
}

TEST_F(FrontierAdd, NewsComesWhenAQueueBecomesNonEmptyAndOnlyThen) {
  add(pages(0, 3));
  EXPECT_THAT(news(), ElementsAre(kHost));
  EXPECT_THAT(news(), IsEmpty());
  add(pages(3, 6));
  EXPECT_THAT(news(), IsEmpty());
  take(9);
  add(pages(6, 7));
  EXPECT_THAT(news(), ElementsAre(kHost));
}

}  // namespace
}  // namespace frontier
