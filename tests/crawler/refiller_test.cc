#include "crawler/refiller.h"

#include <set>

#include "crawler/boot_clock.h"
#include "tests/frontier/frontier_fixture.h"

namespace crawler {
namespace {

using frontier::testing::found;
using frontier::testing::kHost;
using frontier::testing::page;
using frontier::testing::pages;

// A worker's refilling of one host on a real Redis, a turn at a time.
class RefillerTest : public frontier::testing::FrontierTest {
 protected:
  void SetUp() override {
    FrontierTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    SchedulerOptions options;
    options.limits_of = [](const std::string&) { return limiter::HostLimits{}; };
    scheduler_ = std::make_unique<Scheduler>(options);
    scheduler_->own(kPartition, {boot_now(), false});
    settler_ =
        std::make_unique<Settler>(*frontier_, *scheduler_, Settler::Events{[] {}, [](int, limiter::TimePoint) {}});
    refiller_ = std::make_unique<Refiller>(
        Refiller::Parts{*scheduler_, *frontier_, *settler_, [] {}, [this] { return stopping_; }});
    scheduler_->has_urls(kHost, kPartition, boot_now());
  }

  // Refills until nothing is under way any more, and gives back what the host has at hand then.
  std::vector<std::string> refill() {
    refiller_->refill();
    EXPECT_TRUE(client_->run_until([this] { return refiller_->under_way(kPartition) == 0; }));
    std::vector<std::string> urls;
    if (const Host* host = scheduler_->find(kHost)) {
      for (const auto& ready : host->ready) urls.push_back(ready.record.url);
    }
    return urls;
  }
  void settle_all(const std::vector<std::string>& urls) {
    std::vector<frontier::Settlement> ends;
    for (const std::string& url : urls) ends.push_back({.verb = frontier::Verb::done, .id = url, .name = "fetched"});
    ASSERT_EQ(settle(ends), frontier::SettleAnswer::ok);
    scheduler_->find(kHost)->ready.clear();
    scheduler_->has_urls(kHost, kPartition, boot_now());  // it runs low
  }

  bool stopping_ = false;
  std::unique_ptr<Scheduler> scheduler_;
  std::unique_ptr<Settler> settler_;
  std::unique_ptr<Refiller> refiller_;
};

TEST_F(RefillerTest, WhatIsQueuedFarFromItsTurnIsPackedAndComesBackWhole) {
  add(pages(0, 500));
  std::set<std::string> fetched;
  std::int64_t most_packed = 0;
  for (int turn = 0; turn < 500 && fetched.size() < 500; ++turn) {
    const auto urls = refill();
    most_packed = std::max(most_packed, packed());
    expect_books();
    for (const std::string& url : urls) EXPECT_TRUE(fetched.insert(url).second) << url << " came twice";
    if (!urls.empty()) settle_all(urls);
  }
  EXPECT_EQ(fetched.size(), 500u);
  EXPECT_GT(most_packed, 400);
  EXPECT_EQ(count("done"), 500);
}

TEST_F(RefillerTest, AHeadThatGrowsIsPackedAndNothingIsTakenMeanwhile) {
  add(pages(0, 8));
  const auto at_hand = refill();
  EXPECT_FALSE(at_hand.empty());
  add(pages(8, 100));
  refiller_->grown(kPartition, kHost);
  EXPECT_EQ(refiller_->under_way(kPartition), 1u);
  refiller_->refill();
  EXPECT_EQ(refiller_->under_way(kPartition), 1u) << "one thing at a time";
  EXPECT_EQ(refill(), at_hand);
  EXPECT_GT(packed(), 80);
  expect_books();
}

TEST_F(RefillerTest, WhatIsTakenWhileItStopsGoesBack) {
  add(pages(0, 100));
  stopping_ = true;
  EXPECT_TRUE(refill().empty());
  ASSERT_TRUE(client_->run_until([this] { return settler_->held() == 0; }));
  EXPECT_EQ(count("queued"), 100);
  EXPECT_EQ(count("in_flight"), 0);
  expect_books();
}

TEST_F(RefillerTest, ABlockThatCannotBeReadStopsNothingElse) {
  add(pages(0, 200));
  std::vector<std::string> urls = refill();
  const std::string list = frontier_->keys().cold(kPartition, kHost, "n0");
  const std::string block = client_->ask({"LINDEX", list, "0"}).text;
  const std::string broken = block.substr(0, 2) + "not a frame";
  client_->ask({"LSET", list, "0", broken});
  const auto lost = static_cast<unsigned char>(block[1]);
  std::size_t taken = 0;
  for (int turn = 0; turn < 200 && taken < 200u - lost; ++turn) {
    taken += urls.size();
    if (!urls.empty()) settle_all(urls);
    urls = refill();
  }
  EXPECT_EQ(taken, 200u - lost);
  EXPECT_EQ(count("queued"), lost);
  EXPECT_EQ(count("discovered"), count("queued") + count("done"));
}

}  // namespace
}  // namespace crawler
