// The scheduler's part in robots.txt that lie on another host: asking for one, and being asked for one.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "crawler/scheduler.h"

namespace crawler {
namespace {

using namespace std::chrono_literals;
using limiter::TimePoint;
using Kind = Decision::Kind;

constexpr TimePoint kStart{1000s};
constexpr limiter::WallMs kWall{1'800'000'000'000};
constexpr int kPartition = 7;
const web::Url kRobots = *web::parse_url("http://b.example/of/a");

class SchedulerErrandsTest : public ::testing::Test {
 protected:
  SchedulerErrandsTest() { scheduler_.own(kPartition, {kStart, false}); }

  static SchedulerOptions options() {
    SchedulerOptions o;
    o.limits_of = [](const std::string&) {
      limiter::HostLimits limits;
      limits.factor = 0;
      return limits;
    };
    return o;
  }

  void give(const std::string& host, const std::vector<std::string>& urls, const std::string& state = "") {
    scheduler_.has_urls(host, kPartition, kStart);
    scheduler_.refills();
    std::vector<frontier::Record> records;
    for (const std::string& url : urls) records.push_back({.url = url, .seed = url});
    scheduler_.taken(host, state, std::move(records), false, kStart, kWall);
  }

  void send(const std::string& origin, const web::Url& url = kRobots, TimePoint now = kStart) {
    scheduler_.errand("b.example", kPartition, {origin, "1 " + url.href()}, url, now);
  }

  // The state of b.example is read, and there are no URLs of it.
  void load(const std::string& state = "") {
    const auto refills = scheduler_.refills();
    ASSERT_EQ(refills.size(), 1u);
    EXPECT_EQ(refills[0].host, "b.example");
    scheduler_.taken("b.example", state, {}, false, kStart, kWall);
  }

  void answer(const std::string& host, TimePoint at) {
    scheduler_.finished(host, {.outcome = Outcome::fetched, .reached_out = true, .exchange = {at, at, at, true}}, at,
                        0.5);
  }

  std::vector<std::string> ended(const Decision& decision) {
    std::vector<std::string> origins;
    for (const auto& asker : scheduler_.end_errand(decision.host, decision.errand)) origins.push_back(asker.origin);
    return origins;
  }

  Scheduler scheduler_{options()};
};

TEST_F(SchedulerErrandsTest, AHostWithoutUrlsIsAskedOnceItsStateIsRead) {
  send("http://a.example");
  EXPECT_FALSE(scheduler_.next(kStart + 1h));
  load("1 1 0 0 0 0");  // it was asked before: one full delay
  EXPECT_EQ(scheduler_.next_due(), kStart + 1s);
  const auto decision = scheduler_.next(kStart + 1s);
  ASSERT_TRUE(decision);
  EXPECT_EQ(decision->kind, Kind::fetch_robots);
  EXPECT_EQ(decision->url.href(), kRobots.href());
  EXPECT_NE(decision->errand, 0u);
  EXPECT_TRUE(scheduler_.find("b.example")->limiter.in_flight());
}

TEST_F(SchedulerErrandsTest, OneRequestAnswersEverybodyWhoAsksForTheSame) {
  send("http://a.example");
  load();
  send("http://c.example");
  const auto decision = scheduler_.next(kStart);
  ASSERT_TRUE(decision);
  send("http://a.example");  // asked again
  send("http://d.example");  // while it is under way
  EXPECT_EQ(ended(*decision), (std::vector<std::string>{"http://a.example", "http://c.example", "http://d.example"}));
  EXPECT_EQ(ended(*decision), std::vector<std::string>{});
}

TEST_F(SchedulerErrandsTest, WhatWasNotSentIsStillToBeAsked) {
  send("http://a.example");
  load();
  const auto decision = scheduler_.next(kStart);
  scheduler_.finished("b.example", {.outcome = Outcome::put_back}, kStart, 0.5);
  scheduler_.put_errand_back("b.example", decision->errand, kStart);
  const auto again = scheduler_.next(kStart);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->errand, decision->errand);
}

TEST_F(SchedulerErrandsTest, ItsPagesGetEveryOtherTurn) {
  give("b.example", {"http://b.example/1", "http://b.example/2"});
  ASSERT_EQ(scheduler_.next(kStart)->kind, Kind::load_robots);
  scheduler_.robots_loaded("b.example", "http://b.example", "1 n " + std::to_string(kWall.count()) + " 0\n", kStart,
                           kWall);
  for (int i = 0; i < 4; ++i) {
    const std::string n = std::to_string(i);
    send("http://" + n + ".example", *web::parse_url("http://b.example/of/" + n));
  }
  std::vector<Kind> kinds;
  for (int turn = 0; turn < 6; ++turn) {
    const TimePoint now = kStart + turn * 1s;
    const auto decision = scheduler_.next(now);
    ASSERT_TRUE(decision) << turn;
    kinds.push_back(decision->kind);
    if (decision->errand != 0) scheduler_.end_errand("b.example", decision->errand);
    answer("b.example", now);
  }
  EXPECT_EQ(kinds, (std::vector<Kind>{Kind::fetch_robots, Kind::fetch_page, Kind::fetch_robots, Kind::fetch_page,
                                      Kind::fetch_robots, Kind::fetch_robots}));
  EXPECT_FALSE(scheduler_.next(kStart + 1h));
}

TEST_F(SchedulerErrandsTest, ErrandsOfAHostAreBounded) {
  send("http://a.example");
  load();
  for (int i = 0; i < 1000; ++i) send("http://a.example", *web::parse_url("http://b.example/" + std::to_string(i)));
  for (int i = 0; i < 1000; ++i) send("http://" + std::to_string(i) + ".example");
  const Host& host = *scheduler_.find("b.example");
  EXPECT_LE(host.errands.size(), 256u);
  for (const auto& errand : host.errands) EXPECT_LE(errand.askers.size(), 16u);
}

TEST_F(SchedulerErrandsTest, AHostWithAnErrandIsNotForgottenAndSurvivesAPause) {
  send("http://a.example");
  load();
  scheduler_.sweep(kStart + 1h);
  EXPECT_EQ(scheduler_.host_count(), 1u);
  EXPECT_TRUE(scheduler_.give_back_taken(kStart).empty());
  EXPECT_TRUE(scheduler_.next(kStart));
}

TEST_F(SchedulerErrandsTest, NothingIsBegunForAPartitionThatLeaves) {
  send("http://a.example");
  load();
  scheduler_.leave(kPartition);
  EXPECT_FALSE(scheduler_.next(kStart));
  send("http://c.example");
  EXPECT_FALSE(scheduler_.next(kStart));
}

TEST_F(SchedulerErrandsTest, AnotherHostIsAskedByItsOwnerAndAgainEveryMinute) {
  give("a.example", {"http://a.example/1"});
  ASSERT_EQ(scheduler_.next(kStart)->kind, Kind::load_robots);
  scheduler_.robots_loaded("a.example", "http://a.example", std::nullopt, kStart, kWall);
  ASSERT_EQ(scheduler_.next(kStart)->kind, Kind::fetch_robots);
  answer("a.example", kStart);
  Host& host = *scheduler_.find("a.example");
  OriginRobots& robots = host.robots.at("http://a.example");
  robots.target = kRobots;
  robots.hops = 1;
  robots.elsewhere = true;
  robots.state.put_back();
  scheduler_.changed(host, kStart);
  TimePoint now = kStart + 1s;
  for (int ask = 1; ask <= 3; ++ask, now += 60s) {
    const auto decision = scheduler_.next(now);
    ASSERT_TRUE(decision);
    EXPECT_EQ(decision->kind, Kind::ask_elsewhere);
    EXPECT_EQ(decision->url.href(), kRobots.href());
    EXPECT_FALSE(host.limiter.in_flight());
    EXPECT_EQ(robots.state.asks(), ask);
    EXPECT_EQ(scheduler_.next_due(), now + 60s);
    EXPECT_FALSE(scheduler_.next(now));
  }
}

}  // namespace
}  // namespace crawler
