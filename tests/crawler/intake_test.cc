#include "crawler/intake.h"

#include "tests/frontier/frontier_fixture.h"

namespace crawler {
namespace {

using ::testing::HasSubstr;

class IntakeTest : public frontier::testing::FrontierTest {
 protected:
  void SetUp() override {
    FrontierTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    seeds_ = frontier_->keys().seeds();
    intake_ = std::make_unique<Intake>(shared_, *frontier_);
  }
  std::string offer(const std::string& entry) {
    return wait<std::string>([&](auto done) { intake_->offer({entry}, done); });
  }
  void poll() {
    intake_->poll();
    settle_down();
  }
  void settle_down() {
    ASSERT_TRUE(client_->run_until([&] { return client_->connection().unanswered() == 0; }));
  }

  Config config_;
  Shared shared_{config_, false};
  std::string seeds_;
  std::unique_ptr<Intake> intake_;
};

TEST_F(IntakeTest, AnInboxThatIsNoListIsTroubleOfWhoeverTakesItInAndOfNobodyElse) {
  client_->ask({"SADD", seeds_, "http://a.example/"});
  EXPECT_THAT(offer("http://b.example/"), HasSubstr("is a set and no list"));
  EXPECT_EQ(intake_->trouble(), "") << "it would not hear when that is over";
  intake_->activate(true);
  poll();
  EXPECT_THAT(intake_->trouble(), HasSubstr("is a set and no list"));
  intake_->activate(false);
  EXPECT_EQ(intake_->trouble(), "");
}

TEST_F(IntakeTest, AnAnswerThatComesAfterThePartitionHasGoneIsNotNoted) {
  client_->ask({"SADD", seeds_, "http://a.example/"});
  intake_->activate(true);
  intake_->poll();
  intake_->activate(false);
  settle_down();
  EXPECT_EQ(intake_->trouble(), "");
}

TEST_F(IntakeTest, TheTroubleIsOverWhenTheInboxIsAListAgain) {
  client_->ask({"SADD", seeds_, "http://a.example/"});
  intake_->activate(true);
  poll();
  EXPECT_NE(intake_->trouble(), "");
  client_->ask({"DEL", seeds_});
  poll();
  EXPECT_EQ(intake_->trouble(), "");
  EXPECT_EQ(offer("http://b.example/"), "");
}

}  // namespace
}  // namespace crawler
