#include "crawler/off_loop.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <optional>
#include <thread>
#include <vector>

#include "tests/crawler/test_loop.h"

namespace crawler {
namespace {

class OffLoopTest : public ::testing::Test {
 protected:
  void TearDown() override {
    off_loop_.reset();
    bool closed = false;
    mailbox_.close([&] { closed = true; });
    EXPECT_TRUE(loop_.run_until([&] { return closed; }));
  }

  testing::TestLoop loop_;
  Mailbox mailbox_{loop_.get()};
  std::optional<OffLoop> off_loop_{mailbox_};
};

TEST_F(OffLoopTest, WorkIsDoneElsewhereAndItsEndIsToldOnTheLoop) {
  std::thread::id worked, told;
  off_loop_->run([&] { worked = std::this_thread::get_id(); }, [&] { told = std::this_thread::get_id(); });
  EXPECT_TRUE(loop_.run_until([&] { return told != std::thread::id(); }));
  EXPECT_EQ(told, std::this_thread::get_id());
  EXPECT_NE(worked, told);
}

TEST_F(OffLoopTest, ResultsComeInTheOrderOfTheWork) {
  std::vector<int> done;
  for (int i = 0; i < 100; ++i) off_loop_->run([] {}, [&done, i] { done.push_back(i); });
  EXPECT_TRUE(loop_.run_until([&] { return done.size() == 100; }));
  EXPECT_TRUE(std::is_sorted(done.begin(), done.end()));
}

TEST_F(OffLoopTest, TheEndWaitsForWhatIsUnderWay) {
  std::promise<void> begun, may_end;
  bool worked = false;
  off_loop_->run(
      [&] {
        begun.set_value();
        may_end.get_future().wait();
        worked = true;
      },
      [] {});
  begun.get_future().wait();
  std::thread ender([this] { off_loop_.reset(); });
  may_end.set_value();
  ender.join();
  EXPECT_TRUE(worked);
}

}  // namespace
}  // namespace crawler
