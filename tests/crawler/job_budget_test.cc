#include "crawler/job_budget.h"

#include <gtest/gtest.h>

namespace crawler {
namespace {

using namespace std::chrono_literals;

Budget pages(std::int64_t most) {
  return Budget("job", {.pages = most});
}

TEST(JobBudgetTest, NothingIsBegunBeforeItIsKnownWhatWasDone) {
  JobBudget budget(pages(2));
  EXPECT_FALSE(budget.begin("j"));
  EXPECT_TRUE(budget.begin("")) << "what has no job has no budget of one";
  budget.look_begins();
  budget.looked({{"j", {1}}});
  EXPECT_TRUE(budget.begin("j"));
  EXPECT_FALSE(budget.begin("j"));
  EXPECT_TRUE(budget.begin("k")) << "each job has its own";
}

TEST(JobBudgetTest, APlaceComesBackWhereAPageCameToNothing) {
  JobBudget budget(pages(1));
  budget.looked({});
  EXPECT_TRUE(budget.begin("j"));
  EXPECT_FALSE(budget.standing("j").room);
  budget.give_back("j");
  EXPECT_TRUE(budget.standing("j").room);
}

TEST(JobBudgetTest, ItIsUsedUpWhenTheBooksSaySoAndNoSooner) {
  JobBudget budget(pages(2));
  budget.looked({});
  EXPECT_TRUE(budget.begin("j") && budget.begin("j"));
  budget.settled("j");
  budget.settled("j");
  EXPECT_FALSE(budget.standing("j").room);
  EXPECT_FALSE(budget.used_up("j"));
  budget.look_begins();
  budget.looked({{"j", {2}}});
  EXPECT_TRUE(budget.used_up("j"));
  EXPECT_FALSE(budget.standing("j").room);
}

TEST(JobBudgetTest, WhatIsSettledDuringALookIsNotForgotten) {
  JobBudget budget(pages(3));
  budget.looked({});
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(budget.begin("j"));
  budget.settled("j");
  budget.look_begins();
  budget.settled("j");  // after its partition was read
  budget.looked({{"j", {1}}});
  budget.settled("j");
  EXPECT_FALSE(budget.standing("j").room);
  budget.look_begins();
  budget.looked({{"j", {3}}});
  EXPECT_TRUE(budget.used_up("j"));
}

TEST(JobBudgetTest, WhatOtherDaemonsHaveDoneCounts) {
  JobBudget budget(pages(10));
  budget.looked({{"j", {8}}});
  EXPECT_TRUE(budget.begin("j"));
  budget.look_begins();
  budget.looked({{"j", {9}}});
  EXPECT_FALSE(budget.begin("j")) << "one is open";
}

TEST(JobBudgetTest, WhatWasDoneIsForgottenWithTheBooksThatHadIt) {
  JobBudget budget(pages(2));
  budget.looked({{"j", {1}}});
  EXPECT_TRUE(budget.begin("j"));
  budget.looked({{"j", {0}}});
  EXPECT_FALSE(budget.standing("j").room) << "books that tell less are not those we know";
  budget.start_over();
  EXPECT_FALSE(budget.begin("k")) << "until they were looked into";
  budget.look_begins();
  budget.looked({});
  EXPECT_TRUE(budget.begin("j")) << "one is open still";
  EXPECT_FALSE(budget.begin("j"));
}

TEST(JobBudgetTest, BytesAndTimeAreThoseOfTheBooks) {
  JobBudget budget(Budget("job", {.bytes = web::Bytes{1000}, .time = 1h}));
  EXPECT_FALSE(budget.begin("j")) << "nothing is known yet";
  budget.looked({{"j", {50, {999}, 1h - 1ms}}, {"k", {0, {1000}, 1s}}, {"l", {0, {0}, 1h}}});
  EXPECT_TRUE(budget.begin("j"));
  EXPECT_FALSE(budget.used_up("j"));
  EXPECT_FALSE(budget.begin("k"));
  EXPECT_EQ(budget.rule(budget.used_up("k").value()), "budget.job_bytes = 1000");
  EXPECT_FALSE(budget.begin("l"));
  EXPECT_EQ(budget.rule(budget.used_up("l").value()), "budget.job_time = 1h");
  EXPECT_FALSE(budget.used_up(""));
}

TEST(JobBudgetTest, WithoutALimitEverythingHasRoom) {
  JobBudget budget({});
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(budget.begin("j"));
  EXPECT_FALSE(budget.used_up("j"));
}

}  // namespace
}  // namespace crawler
