#include "crawler/committer.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/crawler/test_loop.h"
#include "tests/storage/support.h"

namespace crawler {
namespace {

using namespace std::chrono_literals;
using storage_test::at_time;
using storage_test::lines_of;
using storage_test::names_in;
using storage_test::read_file;

class CommitterTest : public ::testing::Test {
 protected:
  void begin(web::Bytes flush_bytes, std::chrono::nanoseconds flush_interval) {
    committer_.emplace(loop_.get(), segment_, CommitterOptions{flush_bytes, flush_interval});
  }

  void TearDown() override {
    if (!committer_) return;
    bool closed = false;
    committer_->close([&] { closed = true; });
    EXPECT_TRUE(loop_.run_until([&] { return closed; }));
  }

  void append(const std::string& line) { segment_.append_page(line, at_time()); }

  // The lines of the feed as they lie on the disk now.
  std::vector<std::string> on_disk() const {
    std::vector<std::string> lines;
    for (const auto& name : names_in(folder_ / "feed", ".jsonl")) {
      for (auto& line : lines_of(read_file(folder_ / "feed" / name))) lines.push_back(std::move(line));
    }
    return lines;
  }

  // Turns the loop until what was asked for before is over, without waiting for any timer of the committer.
  void turn(int times = 20) {
    int turns = 0;
    EXPECT_TRUE(loop_.run_until([&] { return ++turns > times; }));
  }

  using Lines = std::vector<std::string>;
  storage_test::Folder folder_;
  testing::TestLoop loop_;
  storage::Segment segment_{storage_test::options_for(folder_.path())};
  std::optional<Committer> committer_;
};

TEST_F(CommitterTest, DoneIsCalledOnlyAfterTheWrite) {
  begin(web::mib(1), 1ms);
  std::optional<Lines> seen;
  append("one");
  committer_->when_durable([&] { seen = on_disk(); });
  EXPECT_FALSE(seen) << "called before it returned";
  ASSERT_TRUE(loop_.run_until([&] { return seen.has_value(); }));
  EXPECT_EQ(*seen, Lines{"one"});
  EXPECT_EQ(committer_->error(), "");
}

TEST_F(CommitterTest, AGroupGoesByItsBytesWithoutWaitingForItsAge) {
  begin(web::Bytes{100}, 1h);
  int durable = 0;
  append("small");
  committer_->when_durable([&] { ++durable; });
  turn();
  EXPECT_EQ(durable, 0);
  EXPECT_TRUE(on_disk().empty());
  append(std::string(100, 'x'));
  committer_->when_durable([&] { ++durable; });
  ASSERT_TRUE(loop_.run_until([&] { return durable == 2; }));
  EXPECT_EQ(on_disk().size(), 2u);
}

TEST_F(CommitterTest, AGroupGoesByItsAgeHoweverSmall) {
  begin(web::gib(1), 10ms);
  const std::uint64_t asked = uv_now(loop_.get());  // the time timers go by: the machine's load does not move it
  int durable = 0;
  for (int i = 0; i < 5; ++i) {
    append("line");
    committer_->when_durable([&] { ++durable; });
  }
  ASSERT_TRUE(loop_.run_until([&] { return durable > 0; }));
  EXPECT_GE(uv_now(loop_.get()) - asked, 10u);
  EXPECT_EQ(durable, 5) << "they reach the disk together";
}

TEST_F(CommitterTest, HurryCommitsWhatWaits) {
  begin(web::gib(1), 1h);
  int durable = 0;
  append("one");
  committer_->when_durable([&] { ++durable; });
  committer_->hurry();
  append("two");
  committer_->when_durable([&] { ++durable; });
  committer_->hurry();  // while the first is written
  ASSERT_TRUE(loop_.run_until([&] { return durable == 2; }));
  EXPECT_EQ(on_disk(), (Lines{"one", "two"}));
}

TEST_F(CommitterTest, WhatIsAppendedDuringAWriteWaitsForTheNext) {
  begin(web::Bytes{1}, 1h);
  std::optional<Lines> at_first, at_second;
  append("one");
  committer_->when_durable([&] { at_first = on_disk(); });
  append("two");
  committer_->when_durable([&] { at_second = on_disk(); });
  ASSERT_TRUE(loop_.run_until([&] { return at_second.has_value(); }));
  EXPECT_EQ(*at_first, Lines{"one"});
  EXPECT_EQ(*at_second, (Lines{"one", "two"}));
}

TEST_F(CommitterTest, NothingToWriteIsDurable) {
  begin(web::mib(1), 1ms);
  bool durable = false;
  committer_->when_durable([&] { durable = true; });
  EXPECT_TRUE(loop_.run_until([&] { return durable; }));
}

TEST_F(CommitterTest, AFailingDiskIsAskedAgainAndNothingWaitingIsCalledOrLost) {
  storage_test::write_file(folder_ / "feed", "a file where the folder should be");
  begin(web::Bytes{1}, 1ms);
  int durable = 0;
  append("one");
  committer_->when_durable([&] { ++durable; });
  ASSERT_TRUE(loop_.run_until([&] { return !committer_->error().empty(); }));
  append("two");
  committer_->when_durable([&] { ++durable; });
  committer_->hurry();
  turn();
  EXPECT_EQ(durable, 0);
  std::filesystem::remove(folder_ / "feed");
  ASSERT_TRUE(loop_.run_until([&] { return durable == 2; }));
  EXPECT_EQ(committer_->error(), "");
  EXPECT_EQ(on_disk(), (Lines{"one", "two"}));
}

TEST_F(CommitterTest, CloseWritesWhatIsLeftAndThenCallsBack) {
  begin(web::gib(1), 1h);
  bool durable = false, closed = false;
  append("one");
  committer_->when_durable([&] { durable = true; });
  committer_->close([&] { closed = durable; });
  ASSERT_TRUE(loop_.run_until([&] { return closed; }));
  EXPECT_EQ(on_disk(), Lines{"one"});
  EXPECT_TRUE(names_in(folder_ / "feed", ".open").empty());
  committer_.reset();
}

TEST_F(CommitterTest, CloseWritesWhatIsAppendedWhileItCloses) {
  begin(web::Bytes{1}, 1h);
  bool closed = false;
  append("one");
  committer_->when_durable([&] {
    append("two");
    committer_->when_durable([] {});
  });
  committer_->close([&] { closed = true; });
  ASSERT_TRUE(loop_.run_until([&] { return closed; }));
  EXPECT_EQ(on_disk(), (Lines{"one", "two"}));
  EXPECT_TRUE(names_in(folder_ / "feed", ".open").empty());
  committer_.reset();
}

TEST_F(CommitterTest, CloseGivesUpAtOnceOnAFailingDisk) {
  storage_test::write_file(folder_ / "feed", "a file where the folder should be");
  begin(web::mib(1), 1h);
  bool durable = false, closed = false;
  append("one");
  committer_->when_durable([&] { durable = true; });
  committer_->close([&] { closed = true; });
  ASSERT_TRUE(loop_.run_until([&] { return closed; }));
  EXPECT_FALSE(durable);
  EXPECT_NE(committer_->error(), "");
  committer_.reset();
}

}  // namespace
}  // namespace crawler
