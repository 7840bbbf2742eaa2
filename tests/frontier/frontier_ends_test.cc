// What is kept of how a URL ended: a code in `out`, which counts nothing and goes when the URL is queued again.
#include "frontier/script_keys.h"
#include "tests/frontier/frontier_fixture.h"

namespace frontier {
namespace {

using testing::Answer;
using ::testing::ElementsAre;
using testing::found;
using testing::FrontierTest;
using ::testing::IsEmpty;
using testing::page;
using testing::pages;
using testing::urls;

class FrontierEnds : public FrontierTest {
 protected:
  // The codes under which a URL is in `out`, by their places in the fixture's list of reasons.
  std::vector<int> codes(const std::string& url) {
    const std::uint64_t id = url_id(url, 42);
    const auto buckets = static_cast<std::uint32_t>(std::max<std::int64_t>(1, count("buckets")));
    const std::string bucket = key("out:" + std::to_string(bucket_of(id, buckets)));
    std::vector<int> all;
    for (int code = 0; code < 10; ++code) {
      const std::string member = std::to_string(id & kOutIdMask) + "0" + std::to_string(code);
      if (client_->ask({"SISMEMBER", bucket, member}).integer == 1) all.push_back(code);
    }
    return all;
  }
  bool seen(const std::string& url) {
    const std::uint64_t id = url_id(url, 42);
    const auto buckets = static_cast<std::uint32_t>(std::max<std::int64_t>(1, count("buckets")));
    const std::string bucket = key("seen:" + std::to_string(bucket_of(id, buckets)));
    return client_->ask({"SISMEMBER", bucket, std::to_string(id)}).integer == 1;
  }
  void end(int i, Verb verb, std::string_view name) {
    take(1);
    settle({{verb, page(i), name}});
  }
};

TEST_F(FrontierEnds, WhatIsDoneWithoutARequestIsCountedApartToo) {
  add(pages(0, 2));
  end(0, Verb::done, "http_4xx");
  take(1);
  for (int i = 0; i < 2; ++i) settle({{.id = page(1), .name = "http_4xx", .asked = false}});
  EXPECT_EQ(count("unasked"), 1);
  EXPECT_EQ(count("done"), 2);
  EXPECT_EQ(count("f:http_4xx"), 2);
  EXPECT_THAT(codes(page(1)), ElementsAre(3));
  expect_books();
}

TEST_F(FrontierEnds, ABadFateAndARefusalLeaveTheirCodeAndAGoodFateNone) {
  add(pages(0, 4));
  end(0, Verb::done, "fetched");
  end(1, Verb::done, "http_4xx");
  end(2, Verb::refused, "robots_disallowed");
  end(3, Verb::refused, "depth");
  EXPECT_THAT(codes(page(0)), IsEmpty());
  EXPECT_THAT(codes(page(1)), ElementsAre(3));
  EXPECT_THAT(codes(page(2)), ElementsAre(0));
  EXPECT_THAT(codes(page(3)), ElementsAre(1));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(seen(page(i))) << i;
  EXPECT_FALSE(seen(page(3))) << "what may be overruled is in `out` alone";
  EXPECT_EQ(count("f:http_4xx"), 1);
  EXPECT_EQ(count("r:robots_disallowed"), 1);
  EXPECT_EQ(count("refused"), 2);
  expect_books();
}

TEST_F(FrontierEnds, WhatEndedBadlyIsKnownHoweverItIsFoundAgain) {
  add(pages(0, 2));
  end(0, Verb::done, "timeout");
  end(1, Verb::refused, "robots_disallowed");
  const auto other = make("");
  EXPECT_EQ(add(*other, pages(0, 2)).known, 2);
  EXPECT_EQ(add(*make(""), pages(0, 2, "depth")).known, 2);
  EXPECT_EQ(count("refused"), 1);
  EXPECT_EQ(count("discovered"), 2);
  EXPECT_EQ(count("upgraded"), 0);
  EXPECT_THAT(take(9).records, IsEmpty());
  expect_books();
}

TEST_F(FrontierEnds, ForceTakesTheCodeAwayAndLeavesTheCountsOfRefusals) {
  add(pages(0, 2));
  end(0, Verb::done, "http_4xx");
  end(1, Verb::refused, "robots_disallowed");
  EXPECT_EQ(add({found(page(0), {}, true), found(page(1), {}, true)}).fresh, 2);
  EXPECT_THAT(codes(page(0)), IsEmpty());
  EXPECT_THAT(codes(page(1)), IsEmpty());
  EXPECT_EQ(count("refused"), 1);
  EXPECT_EQ(count("r:robots_disallowed"), 1);
  EXPECT_EQ(count("upgraded"), 0);
  EXPECT_EQ(count("discovered"), 4);
  expect_books();
  end(0, Verb::done, "fetched");
  end(1, Verb::done, "timeout");
  EXPECT_THAT(codes(page(0)), IsEmpty());
  EXPECT_THAT(codes(page(1)), ElementsAre(4));
  expect_books();
}

TEST_F(FrontierEnds, ALaterEndReplacesTheOneBefore) {
  add({found(page(0))});
  take(1);
  add({found(page(0), {}, true)});  // while it is fetched
  settle({{Verb::done, page(0), "http_4xx"}});
  end(0, Verb::done, "timeout");
  EXPECT_THAT(codes(page(0)), ElementsAre(4));
  expect_books();
}

TEST_F(FrontierEnds, ASettlementSaidTwiceLeavesOneCodeAndCountsOnce) {
  add({found(page(0))});
  take(1);
  const std::vector<Settlement> once = {{Verb::done, page(0), "http_4xx"}};
  EXPECT_EQ(settle(once), SettleAnswer::ok);
  EXPECT_EQ(settle(once), SettleAnswer::ok);
  EXPECT_THAT(codes(page(0)), ElementsAre(3));
  EXPECT_EQ(count("done"), 1);
  expect_books();
}

TEST_F(FrontierEnds, AStaleBucketCountChangesNothingAndIsSaidAgain) {
  add({found(page(0))});
  take(1);
  const auto stale = make(testing::kFence);
  while (count("buckets") < 3) {
    const int from = static_cast<int>(count("discovered"));
    add(pages(from, from + 100));
  }
  const Script script = RedisFrontier::scripts()[2];
  std::vector<std::string> keys;
  for (const char* name : {"owner", "counts", "flight", "active", "hosts", "wait", "news", "jobs", "out:0"}) {
    keys.push_back(key(name));
  }
  const std::string note = "http_4xx 9 " + std::to_string(url_id(page(0), 42) & kOutIdMask) + " 03";
  const std::string state = "a state";
  const Answer answer =
      client_->ask(script, keys, {testing::kFence, testing::kHost, state, "1 5", page(0), "done", note});
  ASSERT_EQ(answer.items.size(), 2u);
  EXPECT_EQ(answer.items[0].text, "RETRY");
  EXPECT_EQ(size("HLEN", "hosts"), 0);
  EXPECT_EQ(size("HLEN", "flight"), 1);
  EXPECT_EQ(count("done"), 0);

  EXPECT_EQ(settle(*stale, {{Verb::done, page(0), "http_4xx"}}, state), SettleAnswer::ok);
  EXPECT_EQ(size("HLEN", "hosts"), 1);
  EXPECT_THAT(codes(page(0)), ElementsAre(3));
  expect_books();
}

TEST_F(FrontierEnds, CodesMoveWithTheirBuckets) {
  constexpr int kEnded = 300;
  for (int i = 0; i < kEnded; i += 100) {
    add(pages(i, i + 100));
    std::vector<Settlement> ends;
    for (const Record& record : take(100).records) ends.push_back({Verb::done, record.url, "http_4xx"});
    ASSERT_EQ(ends.size(), 100u);
    settle(ends);
  }
  for (int i = kEnded; i < 2000; i += 100) add(pages(i, i + 100));
  ASSERT_GT(count("buckets"), 8);
  for (int i = 0; i < kEnded; ++i) ASSERT_THAT(codes(page(i)), ElementsAre(3)) << i;
  expect_books();
}

}  // namespace
}  // namespace frontier
