// Where a URL is: in each of the places in which a record can be, and where it cannot be said.
#include "frontier/url_lookup.h"

#include "tests/frontier/frontier_fixture.h"

namespace frontier {
namespace {

using testing::found;
using testing::FrontierTest;
using testing::kFence;
using testing::kHost;
using testing::page;
using testing::pages;
using Place = UrlFacts::Place;

class UrlLookupTest : public FrontierTest {
 protected:
  UrlFacts look(const std::string& url) {
    if (!lookup_) {
      lookup_ = std::make_unique<UrlLookup>(
          client_->connection(),
          FrontierOptions{.hash_key = 42,
                          .reasons = {"robots_disallowed", "depth", "nofollow", "http_4xx", "timeout"}});
    }
    return wait<UrlFacts>([&](auto done) { lookup_->find(url, kHost, "http://example.org", done); });
  }
  Record taken() {
    auto records = take(1).records;
    EXPECT_EQ(records.size(), 1u);
    return records.empty() ? Record{} : records[0];
  }
  std::unique_ptr<UrlLookup> lookup_;
};

TEST_F(UrlLookupTest, AUrlNeverSeenIsNowhere) {
  const UrlFacts facts = look(page(1));
  EXPECT_FALSE(facts.seen);
  EXPECT_EQ(facts.end, "");
  EXPECT_EQ(facts.place, Place::nowhere);
  EXPECT_TRUE(facts.complete);
  EXPECT_FALSE(facts.ended());
}

TEST_F(UrlLookupTest, WhatFailsIsToldAndNotWaitedFor) {
  const std::string flight = key("flight");
  client_->ask({"SET", flight, "of a wrong type"});
  EXPECT_THAT(look(page(1)).error, ::testing::HasSubstr("WRONGTYPE"));
  client_->ask({"DEL", flight});
  EXPECT_EQ(look(page(1)).error, "");
}

TEST_F(UrlLookupTest, ItGoesOnWithANamespaceThatWasMadeAnew) {
  add(pages(0, 3));
  EXPECT_TRUE(look(page(1)).seen);
  frontier_->rekey(43);
  add(pages(10, 13));
  EXPECT_FALSE(look(page(11)).seen);
  lookup_->rekey(43);
  EXPECT_TRUE(look(page(11)).seen);
}

TEST_F(UrlLookupTest, AUrlIsFoundInEachPlaceWithItsRecord) {
  Discovery d = found(page(1));
  d.record.via = page(7);
  d.record.depth = 3;
  d.record.job = "j";
  add({d});
  UrlFacts facts = look(page(1));
  EXPECT_EQ(facts.place, Place::queue);
  EXPECT_EQ(facts.queued, 1);
  ASSERT_TRUE(facts.record);
  EXPECT_EQ(facts.record->via, page(7));
  EXPECT_EQ(facts.record->depth, 3);
  EXPECT_EQ(facts.record->job, "j");

  Record record = taken();
  facts = look(page(1));
  EXPECT_EQ(facts.place, Place::flight);
  ASSERT_TRUE(facts.record);
  EXPECT_EQ(facts.record->via, page(7));

  record.attempts = 2;
  settle({{.verb = Verb::wait, .id = page(1), .wait = std::chrono::hours(1), .record = record}});
  facts = look(page(1));
  EXPECT_EQ(facts.place, Place::wait);
  EXPECT_GT(facts.due_in, std::chrono::minutes(50));
  EXPECT_LE(facts.due_in, std::chrono::hours(1));
  ASSERT_TRUE(facts.record);
  EXPECT_EQ(facts.record->attempts, 2);
  EXPECT_EQ(facts.waiting, 1);
}

TEST_F(UrlLookupTest, WhatEndedIsNamedAndWhatWasFetchedIsNowhere) {
  add(pages(0, 3));
  for (const auto& [verb, name] : std::vector<std::pair<Verb, std::string_view>>{
           {Verb::done, "fetched"}, {Verb::done, "http_4xx"}, {Verb::refused, "robots_disallowed"}}) {
    settle({{verb, taken().url, name}});
  }
  add({found(page(3), "depth")});
  const std::vector<std::string_view> ends = {"", "http_4xx", "robots_disallowed", "depth"};
  for (int i = 0; i < 4; ++i) {
    const UrlFacts facts = look(page(i));
    EXPECT_EQ(facts.end, ends[static_cast<std::size_t>(i)]);
    EXPECT_EQ(facts.place, Place::nowhere);
    EXPECT_TRUE(facts.ended()) << i;
    EXPECT_EQ(facts.seen, i < 3);
  }
}

TEST_F(UrlLookupTest, APackedUrlIsFoundInItsBlock) {
  add(pages(0, 400));
  Repacked packed = Repacked::lost;
  packed = wait<Repacked>([&](auto done) { frontier_->cold().pack(kPartition, kHost, done); });
  ASSERT_EQ(packed, Repacked::done);
  for (const int i : {0, 100, 399}) {
    const UrlFacts facts = look(page(i));
    EXPECT_EQ(facts.place, Place::queue) << i;
    ASSERT_TRUE(facts.record) << i;
    EXPECT_EQ(facts.record->url, page(i));
    EXPECT_EQ(facts.queued, 400);
  }
  EXPECT_EQ(look(page(400)).place, Place::nowhere);
}

TEST_F(UrlLookupTest, WhereMoreAreQueuedThanItLooksAtItSaysSo) {
  const int many = static_cast<int>(UrlLookup::kRecords) + 100;
  for (int i = 0; i < many; i += 100) add(pages(i, i + 100));
  EXPECT_EQ(look(page(5)).place, Place::queue);
  const UrlFacts facts = look(page(many - 1));
  EXPECT_EQ(facts.place, Place::nowhere);
  EXPECT_FALSE(facts.complete);
  EXPECT_FALSE(facts.ended());
  EXPECT_EQ(facts.queued, many);
}

TEST_F(UrlLookupTest, TheOriginsRobotsComeAlong) {
  EXPECT_FALSE(look(page(0)).robots_txt);
  wait<bool>(
      [&](auto done) { frontier_->robots_put(kPartition, "http://example.org", "a verdict", [done] { done(true); }); });
  EXPECT_EQ(look(page(0)).robots_txt, "a verdict");
}

}  // namespace
}  // namespace frontier
