#include "crawler/budget.h"

#include <gtest/gtest.h>

#include "crawler/host_spending.h"

namespace crawler {
namespace {

using namespace std::chrono_literals;
using Kind = Budget::Kind;

constexpr limiter::TimePoint kStart{1000s};
constexpr limiter::WallMs kWall{1'800'000'000'000};

TEST(BudgetTest, WithoutALimitNothingIsEverUsedUp) {
  const Budget budget;
  EXPECT_FALSE(budget.limited());
  EXPECT_FALSE(budget.used_up({1'000'000, {1u << 30}, 1000h}));
  EXPECT_TRUE(budget.has_room({1'000'000, {1u << 30}, 1000h}, 100));
  EXPECT_FALSE(budget.time_left({1, {1}, 1s}));
}

TEST(BudgetTest, EachLimitEndsItByItsOwnRule) {
  const Budget budget("host", {.pages = 3, .bytes = web::mib(1), .time = 1h});
  EXPECT_FALSE(budget.used_up({2, {(1u << 20) - 1}, 1h - 1ns}));
  EXPECT_EQ(budget.used_up({3, {}, {}}), Kind::pages);
  EXPECT_EQ(budget.used_up({0, web::mib(1), {}}), Kind::bytes);
  EXPECT_EQ(budget.used_up({0, {}, 1h}), Kind::time);
  EXPECT_EQ(budget.rule(Kind::pages), "budget.host_pages = 3");
  EXPECT_EQ(budget.rule(Kind::bytes), "budget.host_bytes = 1048576");
  EXPECT_EQ(budget.rule(Kind::time), "budget.host_time = 1h");
}

TEST(BudgetTest, WhatIsBegunTakesAPlaceOfThePagesAlone) {
  const Budget budget("job", {.pages = 3, .bytes = web::mib(1)});
  EXPECT_TRUE(budget.has_room({1, {}, {}}, 1));
  EXPECT_FALSE(budget.has_room({1, {}, {}}, 2));
  EXPECT_FALSE(budget.used_up({1, {}, {}})) << "they may come to nothing";
  EXPECT_FALSE(budget.has_room({1, web::mib(1), {}}, 0));
}

TEST(BudgetTest, TheTimeOfWhatHasNotBegunDoesNotRun) {
  const Budget budget("host", {.time = 1h});
  EXPECT_FALSE(budget.used_up({}));
  EXPECT_FALSE(budget.time_left({}));
  EXPECT_EQ(budget.time_left({0, {}, 20min}), 40min);
  EXPECT_EQ(budget.time_left({0, {}, 2h}), 0ns);
}

TEST(HostSpendingTest, OverARestartTimeGoesByTheWallClock) {
  HostSpending before;
  before.asked(kStart, {100});
  before.keep(kStart + 10s, kWall);
  EXPECT_EQ(before.encode(), "0 100 " + std::to_string(kWall.count() - 10'000));
  before.keep(kStart + 20s, kWall + 3h);
  EXPECT_EQ(before.encode(), "0 100 " + std::to_string(kWall.count() - 10'000)) << "a stepped clock rewrites nothing";
  EXPECT_EQ(before.as_of(kStart + 20s).time, 20s) << "nor does it move what is in memory";

  HostSpending after;  // of another boot, half an hour later
  after.restore(before.encode(), limiter::TimePoint(5s), kWall + 30min);
  EXPECT_EQ(after.as_of(limiter::TimePoint(5s)).time, 30min + 10s);
  EXPECT_EQ(after.as_of(limiter::TimePoint(5s)).bytes.n, 100u);

  HostSpending set_back;
  set_back.restore(before.encode(), kStart, kWall - 5h);
  EXPECT_EQ(set_back.as_of(kStart).time, 0s) << "a clock that was set back: no time has gone";
}

TEST(HostSpendingTest, WhatWasSpentBeforeItsStateWasReadComesOnTop) {
  HostSpending spending;
  spending.asked(kStart, {7});  // another host's robots.txt lay here
  spending.restore("3 1000 " + std::to_string((kWall - 1h).count()), kStart + 1s, kWall);
  EXPECT_EQ(spending.as_of(kStart + 1s).pages, 3);
  EXPECT_EQ(spending.as_of(kStart + 1s).bytes.n, 1007u);
  EXPECT_EQ(spending.as_of(kStart + 1s).time, 1h);
}

TEST(HostSpendingTest, AStateThatKnowsPagesOnlyIsRead) {
  HostSpending spending;
  spending.restore("12", kStart, kWall);
  EXPECT_EQ(spending.as_of(kStart).pages, 12);
  EXPECT_EQ(spending.as_of(kStart).bytes.n, 0u);
  EXPECT_FALSE(spending.as_of(kStart).time);
  spending.restore("", kStart, kWall);
  spending.restore("x y z", kStart, kWall);
  EXPECT_EQ(spending.as_of(kStart).pages, 0);
}

TEST(HostSpendingTest, ARedisThatWasSetBackSaysHowManyBytesCount) {
  HostSpending spending;
  spending.asked(kStart, {100});
  spending.keep(kStart, kWall);
  spending.asked(kStart + 1s, {20});  // not written yet
  spending.recall("0 60 " + std::to_string(kWall.count()));
  EXPECT_EQ(spending.as_of(kStart).bytes.n, 80u);
  EXPECT_EQ(spending.as_of(kStart + 1s).time, 1s) << "when it was first asked we know ourselves";
}

}  // namespace
}  // namespace crawler
