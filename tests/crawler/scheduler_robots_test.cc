// Scheduler: how much of robots.txt stays in memory, and that what was dropped still holds.
#include <map>

#include "tests/crawler/scheduler_fixture.h"

namespace crawler {
namespace {

constexpr int kOrigins = 100;
const std::string kHost = "fast.example";

std::string origin(int i, const std::string& host = kHost) {
  return "http://" + host + ":" + std::to_string(1000 + i);
}

class SchedulerRobotsTest : public SchedulerTest {
 protected:
  using Store = std::map<std::string, std::string>;  // what robots_get would say, by origin

  static Store rules_of_each() {
    Store store;
    for (int i = 0; i < kOrigins; ++i) {
      store[origin(i)] = "1 k " + std::to_string(kWall.count()) + " 0\nUser-agent: *\nDisallow: /no" +
                         std::to_string(i) + "/\n" + (i == 3 ? "Crawl-delay: 7\n" : "");
    }
    return store;
  }
  // What becomes of everything at hand: the URLs that were fetched, those refused by robots.txt, and loads from the
  // store.
  struct Day {
    std::vector<std::string> fetched, refused;
    int loads = 0, most = 0;  // loads; most origins of the host in memory
  };
  Day live(const Store& store, TimePoint now) {
    Day day;
    for (int steps = 0; scheduler_.next_due() && steps < 5000; ++steps) {
      now = std::max(now, *scheduler_.next_due());
      const auto decision = scheduler_.next(now);
      if (!decision) continue;
      if (decision->kind == Kind::load_robots) {
        ++day.loads;
        const auto kept = store.find(decision->origin);
        scheduler_.robots_loaded(decision->host, decision->origin,
                                 kept == store.end() ? std::nullopt : std::optional(kept->second), now, kWall);
        day.most = std::max(day.most, static_cast<int>(scheduler_.find(decision->host)->robots.size()));
      } else if (decision->kind == Kind::fetch_page) {
        day.fetched.push_back(decision->url.href());
        answer(decision->host, now);
      } else if (decision->kind == Kind::end) {
        EXPECT_EQ(decision->reason, "robots_disallowed");
        day.refused.push_back(decision->ready->record.url);
      } else {
        ADD_FAILURE() << "asks " << decision->url.href();
        return day;
      }
    }
    end_ = now;
    return day;
  }
  TimePoint end_{};
};

TEST_F(SchedulerRobotsTest, OfManyOriginsOfAHostAFewStayInMemoryAndEachIsJudgedByItsOwnRules) {
  const Store store = rules_of_each();
  for (int round = 0; round < 2; ++round) {  // in the second one they were dropped, and are loaded again
    std::vector<std::string> urls;
    for (int i = 0; i < kOrigins; ++i) {
      urls.push_back(origin(i) + "/no" + std::to_string(i) + "/x");
      urls.push_back(origin(i) + "/no" + std::to_string(i + 1) + "/x");
    }
    give(kHost, urls, std::max(kStart, end_));
    const Day day = live(store, std::max(kStart, end_));
    EXPECT_LE(day.most, static_cast<int>(Scheduler::kMostOrigins));
    EXPECT_EQ(day.fetched.size(), 100u);
    EXPECT_EQ(day.refused.size(), 100u);
    for (int i = 0; i < kOrigins; ++i) {
      const auto own = std::find(day.refused.begin(), day.refused.end(), urls[static_cast<std::size_t>(2 * i)]);
      EXPECT_NE(own, day.refused.end()) << i;
    }
    EXPECT_EQ(day.loads, kOrigins) << "each once a round";
  }
}

TEST_F(SchedulerRobotsTest, TheCrawlDelayOfADroppedOriginStaysInForce) {
  const Store store = rules_of_each();
  std::vector<std::string> urls;
  for (int i = 0; i < kOrigins; ++i) urls.push_back(origin(i) + "/");
  give(kHost, urls);
  live(store, kStart);
  const Host& host = *scheduler_.find(kHost);
  EXPECT_FALSE(host.robots.contains(origin(3)));
  EXPECT_EQ(host.crawl_delay(), 7);
  EXPECT_EQ(host.limiter.delay(), limiter::Duration(7s));
}

TEST_F(SchedulerRobotsTest, WhatIsInFlightIsNotDropped) {
  give(kHost, {origin(0) + "/"});
  expect(Kind::load_robots, kStart);
  scheduler_.robots_loaded(kHost, origin(0), std::nullopt, kStart, kWall);
  expect(Kind::fetch_robots, kStart);
  Host& host = *scheduler_.find(kHost);
  for (int i = 1; i < kOrigins; ++i) {
    host.robots[origin(i)].state.fetched("", kStart, {});
    scheduler_.robots_changed(host, origin(i), kStart);
  }
  EXPECT_EQ(host.robots.size(), Scheduler::kMostOrigins);
  EXPECT_TRUE(host.robots.contains(origin(0)));
}

// Else each would be loaded anew for the URL at hand, and say anew that it has to wait: as fast as the store answers.
TEST_F(SchedulerRobotsTest, UnreachableOriginsThatURLsWaitForAreNotLoadedAgainAndAgain) {
  Store store;
  std::vector<std::string> urls;
  const std::string failed =
      "2 u 0 2 " + std::to_string(kWall.count() + 600'000) + " " + std::to_string(kWall.count() - 1000) + " -\n";
  for (int i = 0; i < 40; ++i) {
    urls.push_back(origin(i) + "/");
    store[origin(i)] = failed;
  }
  give(kHost, urls);
  for (int loads = 0; loads < 40; ++loads) {
    const Decision decision = expect(Kind::load_robots, kStart);
    scheduler_.robots_loaded(kHost, decision.origin, store.at(decision.origin), kStart, kWall);
  }
  EXPECT_FALSE(scheduler_.next(kStart));
  EXPECT_GE(*scheduler_.next_due(), kStart + 500s);
}

TEST_F(SchedulerRobotsTest, OriginsWhoseURLsWaitForTheRetryBudgetAreNotLoaded) {
  SchedulerOptions few = options();
  few.retry_share = 0;
  few.retry_floor = 0;
  scheduler_ = Scheduler(few);
  scheduler_.own(kPartition, {kStart, false});
  const auto give_retries = [&](const std::string& host, int origins) {
    scheduler_.has_urls(host, kPartition, kStart);
    scheduler_.refills();
    std::vector<frontier::Record> records;
    for (int i = 0; i < origins; ++i) records.push_back({.url = origin(i, host) + "/", .attempts = 1});
    scheduler_.taken(host, "", std::move(records), false, kStart, kWall);
  };
  give_retries("other.example", 1);
  expect(Kind::load_robots, kStart);
  know_robots("other.example", origin(0, "other.example"), "");
  expect(Kind::fetch_page, kStart);  // the only one that the budget allows
  give_retries(kHost, 40);
  EXPECT_FALSE(scheduler_.next(kStart + 1s));
}

TEST_F(SchedulerRobotsTest, TheRulesOfAllHostsTogetherAreBounded) {
  SchedulerOptions small = options();
  small.robots_memory = 8 << 20;
  scheduler_ = Scheduler(small);
  scheduler_.own(kPartition, {kStart, false});
  std::string rules = "User-agent: *\n";
  while (rules.size() < 500'000) rules += "Disallow: /" + std::to_string(rules.size()) + "\n";
  std::size_t most = 0;
  for (int i = 0; i < 20; ++i) {
    const std::string host = "fast" + std::to_string(i) + ".example";
    give(host, {"http://" + host + "/yes"});
    expect(Kind::load_robots, kStart);
    know_robots(host, "http://" + host, rules);
    expect(Kind::fetch_page, kStart);
    std::size_t bytes = 0;
    scheduler_.visit([&](const Host& one) {
      for (const auto& [of, robots] : one.robots) bytes += robots.state.bytes();
    });
    most = std::max(most, bytes);
    EXPECT_GT(scheduler_.find(host)->robots.begin()->second.state.bytes(), rules.size()) << "the latest stays";
  }
  EXPECT_GT(most, std::size_t{4} << 20);
  EXPECT_LE(most, std::size_t{8} << 20);
}

TEST_F(SchedulerRobotsTest, WhatIsForgottenIsLoadedAnewAndItsDelayHoldsUntilThen) {
  const Store store = rules_of_each();
  give(kHost, {origin(3) + "/a", origin(3) + "/b"}, kStart);
  const Day day = live(store, kStart);
  EXPECT_EQ(day.loads, 1);
  scheduler_.forget_robots();
  EXPECT_EQ(scheduler_.find(kHost)->limiter.delay(), 7s);
  give(kHost, {origin(3) + "/c"}, end_);
  EXPECT_EQ(live(store, end_).loads, 1);
}

}  // namespace
}  // namespace crawler
