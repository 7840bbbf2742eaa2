#include "crawler/page_budget.h"

#include <gtest/gtest.h>

namespace crawler {
namespace {

TEST(PageBudgetTest, NothingIsBegunBeforeItIsKnownWhatWasDone) {
  PageBudget budget(true);
  EXPECT_FALSE(budget.has_room());
  EXPECT_FALSE(budget.begin());
  EXPECT_FALSE(budget.used_up()) << "it is not known yet";
  budget.limit_to(2);
  EXPECT_TRUE(budget.known());
  EXPECT_TRUE(budget.begin() && budget.begin());
  EXPECT_FALSE(budget.begin());
  EXPECT_TRUE(budget.used_up());
}

TEST(PageBudgetTest, WhatCameToNothingGivesItsPlaceBack) {
  PageBudget budget(true);
  budget.limit_to(1);
  EXPECT_TRUE(budget.begin());
  budget.give_back();
  EXPECT_TRUE(budget.begin());
  EXPECT_FALSE(budget.has_room());
}

TEST(PageBudgetTest, WhatEarlierLivesHaveOverdrawnIsOwed) {
  PageBudget budget(true);
  budget.limit_to(-3);
  EXPECT_FALSE(budget.begin());
  EXPECT_TRUE(budget.used_up());
}

TEST(PageBudgetTest, WithoutALimitEverythingHasRoom) {
  PageBudget budget(false);
  EXPECT_TRUE(budget.known() && budget.begin() && budget.has_room());
  EXPECT_FALSE(budget.used_up());
}

}  // namespace
}  // namespace crawler
