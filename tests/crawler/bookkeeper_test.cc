#include "crawler/bookkeeper.h"

#include "tests/frontier/frontier_fixture.h"

namespace crawler {
namespace {

using frontier::testing::pages;

class BookkeeperTest : public frontier::testing::FrontierTest {
 protected:
  void SetUp() override {
    FrontierTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    const std::string meta = frontier_->keys().meta();
    client_->ask({"HSET", meta, "epoch", "one"});
    trust_.know("one");
    books_ = std::make_unique<Bookkeeper>(*frontier_, trust_);
  }
  void look() {
    bool looked = false;
    books_->read_last([&looked] { looked = true; });
    ASSERT_TRUE(client_->run_until([&looked] { return looked; }));
  }

  RedisTrust trust_{std::chrono::seconds(1)};
  std::unique_ptr<Bookkeeper> books_;
};

TEST_F(BookkeeperTest, ALookThatIsOvertakenHandsOnWhatWasToBeDoneAfterIt) {
  add(pages(0, 3));
  std::string done;
  books_->read([&done] { done += "first "; });
  books_->read_last([&done] { done += "last"; });
  ASSERT_TRUE(client_->run_until([&done] { return done.ends_with("last"); }));
  EXPECT_EQ(done, "first last");
  EXPECT_EQ(books_->books().discovered, 3);
}

TEST_F(BookkeeperTest, StartingOverHandsItOnToo) {
  std::string done;
  books_->read([&done] { done += "first "; });
  books_->start_over();
  look();
  EXPECT_EQ(done, "first ");
}

TEST_F(BookkeeperTest, ALookAtARedisThatWeDoNotKnowCountsForNothing) {
  const std::string meta = frontier_->keys().meta();
  client_->ask({"HSET", meta, "epoch", "two"});
  std::string done;
  books_->read([&done] { done += "first "; });
  ASSERT_TRUE(client_->run_until([this] { return !books_->reading(); }));
  EXPECT_EQ(done, "");
  trust_.know("two");
  look();
  EXPECT_EQ(done, "first ") << "only put off";
}

TEST_F(BookkeeperTest, FinishedIsWhatTwoLooksFoundEmpty) {
  look();
  EXPECT_FALSE(books_->finished());
  look();
  EXPECT_TRUE(books_->finished());
  add(pages(0, 1));
  books_->start_over();
  for (int i = 0; i < 3; ++i) look();
  EXPECT_FALSE(books_->finished()) << "a URL is queued";
}

}  // namespace
}  // namespace crawler
