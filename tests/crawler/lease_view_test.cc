#include <gtest/gtest.h>

#include <chrono>

#include "crawler/shared.h"

namespace crawler {
namespace {

using namespace std::chrono_literals;

constexpr limiter::TimePoint kStart{1h};

class LeaseViewTest : public ::testing::Test {
 protected:
  LeaseView view_{30s};
};

TEST_F(LeaseViewTest, NothingIsHeldBeforeTheFirstLook) {
  view_.set(7, true);
  EXPECT_FALSE(view_.holds(7, kStart));
}

TEST_F(LeaseViewTest, WhatIsOursIsHeldForTwoThirdsOfTheLeaseAfterTheHeartbeat) {
  view_.set(7, true);
  view_.looked(kStart);
  EXPECT_TRUE(view_.holds(7, kStart));
  EXPECT_FALSE(view_.holds(8, kStart));
  EXPECT_TRUE(view_.holds(7, kStart + 20s));
  EXPECT_FALSE(view_.holds(7, kStart + 20s + 1ns));
}

TEST_F(LeaseViewTest, WhatWasLostIsNotHeldHoweverFreshTheLook) {
  view_.set(7, true);
  view_.looked(kStart);
  view_.set(7, false);
  view_.looked(kStart + 25s);
  EXPECT_TRUE(view_.fresh(kStart + 25s));
  EXPECT_FALSE(view_.holds(7, kStart + 25s));
}

TEST_F(LeaseViewTest, ALookIsAsOldAsItsHeartbeatNotItsAnswer) {
  view_.set(7, true);
  view_.looked(kStart);  // heard only much later
  EXPECT_FALSE(view_.holds(7, kStart + 21s));
}

}  // namespace
}  // namespace crawler
