// A Redis without memory left: what ends may end, what is new waits, and nothing is half done.
#include "tests/frontier/frontier_fixture.h"

namespace frontier {
namespace {

using namespace testing;
using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class FrontierFull : public FrontierTest {
 protected:
  void fill() { ASSERT_EQ(client_->ask({"CONFIG", "SET", "maxmemory", "1"}).text, "OK"); }
  void make_room() { ASSERT_EQ(client_->ask({"CONFIG", "SET", "maxmemory", "0"}).text, "OK"); }
};

TEST_F(FrontierFull, NewLinksWaitAndAreFiledOnceThereIsRoom) {
  add(pages(0, 20));
  fill();
  std::optional<AddCount> answer;
  frontier_->add(pages(15, 40), [&](const AddCount& count) { answer = count; });
  ASSERT_TRUE(client_->run_until([&] { return client_->connection().error().starts_with("OOM"); }));
  EXPECT_THAT(client_->connection().error(), HasSubstr("{p")) << "it names a key";
  EXPECT_FALSE(answer);
  EXPECT_EQ(count("queued"), 20) << "not half of them";
  make_room();
  ASSERT_TRUE(client_->run_until([&] { return answer.has_value(); }));
  EXPECT_EQ(answer->fresh, 20);
  EXPECT_EQ(count("queued"), 40);
  EXPECT_EQ(client_->connection().error(), "");
  expect_books();
}

TEST_F(FrontierFull, LinksThatAreKnownNeedNoRoom) {
  add(pages(0, 20));
  fill();
  auto other = make(kFence);  // which knows none of them itself
  EXPECT_EQ(add(*other, pages(0, 20)).known, 20);
}

TEST_F(FrontierFull, WhatWasTakenMayEndInEveryWay) {
  add(pages(0, 20));
  const auto taken = take(5).records;
  ASSERT_THAT(taken, SizeIs(5));
  fill();
  EXPECT_EQ(settle({{.verb = Verb::done, .id = taken[0].url, .name = "fetched"},
                    {.verb = Verb::refused, .id = taken[1].url, .name = "robots_disallowed"},
                    {.verb = Verb::refused, .id = taken[2].url, .name = "depth"},
                    {.verb = Verb::wait, .id = taken[3].url, .wait = 0ms, .record = taken[3]},
                    {.verb = Verb::back, .id = taken[4].url, .record = taken[4]}},
                   "state of the host"),
            SettleAnswer::ok);
  wake();
  EXPECT_THAT(take(3).records, SizeIs(3));
  expect_books();
  EXPECT_EQ(client_->connection().error(), "");
}

TEST_F(FrontierFull, LeasesHeartbeatsAndTheStatusGoOn) {
  fill();
  std::uint64_t beats = 0;
  for (std::uint64_t wanted = 1; wanted <= 2; ++wanted) {
    frontier_->beat({}, [&](const Beaten& beat) { beats = beat.now; });
    ASSERT_TRUE(client_->run_until([&] { return beats == wanted; }));
  }
  bool left = false;
  frontier_->leave([&] { left = true; });
  ASSERT_TRUE(client_->run_until([&] { return left; }));
  EXPECT_TRUE(lease(kFence, "another 1"));
  EXPECT_TRUE(lease("another 1", kFence));
  bool told = false;
  frontier_->tell_status({"why_idle", "it is full"}, [&] { told = true; });
  ASSERT_TRUE(client_->run_until([&] { return told; }));
}

}  // namespace
}  // namespace frontier
