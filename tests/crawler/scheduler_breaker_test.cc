#include <set>

#include "tests/crawler/scheduler_fixture.h"

namespace crawler {
namespace {

// Lets the pages of a known host fail until it is left alone.
class BreakerTest : public SchedulerTest {
 protected:
  TimePoint fail_until_open(const std::string& host) {
    TimePoint now = kStart;
    while (scheduler_.find(host)->breaker.state(now) == limiter::CircuitBreaker::State::closed) {
      now = std::max(now, *scheduler_.next_due());
      expect(Kind::fetch_page, now);
      answer(host, now, Outcome::http_5xx);
    }
    return now;
  }
  static std::vector<std::string> many(const std::string& host, int count) {
    std::vector<std::string> urls;
    for (int i = 0; i < count; ++i) urls.push_back("http://" + host + "/" + std::to_string(i));
    return urls;
  }
};

TEST_F(BreakerTest, AnOpenBreakerAsksNothingUntilItsTimeThenOneProbe) {
  give_known("a.example", many("a.example", 20));
  const TimePoint opened = fail_until_open("a.example");
  const Host& host = *scheduler_.find("a.example");
  EXPECT_EQ(state_of(host, opened), HostState::blocked);
  EXPECT_EQ(scheduler_.next_due(), host.breaker.next());
  EXPECT_FALSE(scheduler_.next(host.breaker.next() - 1ns));
  const TimePoint probe = host.breaker.next();
  expect(Kind::fetch_page, probe);
  EXPECT_FALSE(scheduler_.next(probe + 1h)) << "one probe at a time";
  answer("a.example", probe, Outcome::timeout);
  EXPECT_GT(host.breaker.next() - probe, (probe - opened) * 3 / 2) << "the interval grows";
  const TimePoint again = host.breaker.next();
  expect(Kind::fetch_page, again);
  answer("a.example", again);
  EXPECT_LT(*scheduler_.next_due() - again, 10s) << "one good probe recovers it";
}

TEST_F(BreakerTest, AUrlThatFailsAgainAndAgainSaysNothingNewOfItsHost) {
  give_known("a.example", many("a.example", 20));
  HostReport again = report(kStart, Outcome::http_5xx);
  again.retry = true;
  for (int i = 0; i < 30; ++i) {
    scheduler_.find("a.example")->limiter.start();
    scheduler_.finished("a.example", again, kStart + i * 1s, 0.5);
  }
  EXPECT_EQ(scheduler_.find("a.example")->breaker.state(kStart + 30s), limiter::CircuitBreaker::State::closed);
  again.outcome = Outcome::connect;
  for (int i = 0; i < 5; ++i) {
    scheduler_.find("a.example")->limiter.start();
    scheduler_.finished("a.example", again, kStart + i * 1s, 0.5);
  }
  EXPECT_EQ(scheduler_.find("a.example")->breaker.state(kStart + 5s), limiter::CircuitBreaker::State::open);
}

TEST_F(BreakerTest, OtherHostsAreNotTouched) {
  give_known("a.example", many("a.example", 20));
  const TimePoint opened = fail_until_open("a.example");
  give_known("b.example", {"http://b.example/"}, opened);
  EXPECT_EQ(expect(Kind::fetch_page, opened).host, "b.example");
}

TEST_F(BreakerTest, ACrawlGivesAHostUpAfterItsProbes) {
  SchedulerOptions finite = options();
  finite.probes_before_giving_up = 3;
  scheduler_ = Scheduler(std::move(finite));
  scheduler_.own(kPartition, {kStart, false});
  give_known("a.example", many("a.example", 20));
  fail_until_open("a.example");
  for (int probe = 0; probe < 3; ++probe) {
    const TimePoint now = *scheduler_.next_due();
    expect(Kind::fetch_page, now);
    answer("a.example", now, Outcome::connect);
  }
  const TimePoint now = scheduler_.find("a.example")->due;
  const std::size_t left = scheduler_.find("a.example")->ready.size();
  EXPECT_GT(left, 5U);
  for (std::size_t i = 0; i < left; ++i) EXPECT_EQ(expect(Kind::end, now).reason, "retries_exhausted");
  EXPECT_FALSE(scheduler_.next(now));
}

TEST_F(BreakerTest, WhatFailedInAnOutageOfOursIsForgiven) {
  give_known("a.example", many("a.example", 20));
  const TimePoint opened = fail_until_open("a.example");
  scheduler_.forgive(kStart + 1ns, opened);
  EXPECT_EQ(scheduler_.find("a.example")->breaker.state(opened), limiter::CircuitBreaker::State::open)
      << "it began to fail before";
  scheduler_.forgive(kStart, opened);
  EXPECT_EQ(scheduler_.find("a.example")->breaker.state(opened), limiter::CircuitBreaker::State::closed);
  EXPECT_LT(*scheduler_.next_due() - opened, 10s);
}

TEST_F(BreakerTest, AFailureOfOursLeavesNoTrace) {
  give_known("a.example", many("a.example", 20));
  for (int i = 0; i < 10; ++i) {
    const TimePoint now = std::max(kStart, *scheduler_.next_due());
    expect(Kind::fetch_page, now);
    HostReport ours = report(now, Outcome::connect);
    ours.our_own = true;
    scheduler_.finished("a.example", ours, now, 0.5);
  }
  EXPECT_EQ(scheduler_.find("a.example")->breaker.state(kStart + 1h), limiter::CircuitBreaker::State::closed);
  EXPECT_EQ(scheduler_.find("a.example")->limiter.delay(), limiter::Duration(1s));
}

TEST_F(SchedulerTest, TenThousandUrlsOfOneHostDelayNobody) {
  std::vector<std::string> big;
  for (int i = 0; i < 10'000; ++i) big.push_back("http://big.example/" + std::to_string(i));
  give("big.example", big);
  std::set<std::string> small;
  for (int i = 0; i < 50; ++i) {
    const std::string host = "h" + std::to_string(i) + ".example";
    small.insert(host);
    give(host, {"http://" + host + "/"});
  }
  int of_big = 0;
  for (TimePoint now = kStart; now <= kStart + 5s && !small.empty(); now += 100ms) {
    while (auto decision = scheduler_.next(now)) {
      if (decision->kind == Kind::load_robots) {
        know_robots(decision->host, decision->origin, "", now);
        continue;
      }
      ASSERT_EQ(decision->kind, Kind::fetch_page);
      small.erase(decision->host);
      of_big += decision->host == "big.example";
      answer(decision->host, now);
    }
  }
  EXPECT_TRUE(small.empty());
  EXPECT_LE(of_big, 6);
}

TEST_F(SchedulerTest, SeveralAtOnceOnlyWhereTheHostAllowsIt) {
  SchedulerOptions wide = options();
  wide.limits_of = [](const std::string&) {
    limiter::HostLimits limits;
    limits.burst = 4;
    limits.concurrency = 2;
    return limits;
  };
  scheduler_ = Scheduler(std::move(wide));
  scheduler_.own(kPartition, {kStart, false});
  give_known("a.example", {"http://a.example/1", "http://a.example/2", "http://a.example/3"});
  expect(Kind::fetch_page, kStart);
  expect(Kind::fetch_page, kStart);
  EXPECT_FALSE(scheduler_.next(kStart));
  answer("a.example", kStart);
  expect(Kind::fetch_page, kStart);
}

TEST_F(SchedulerTest, RetriesWaitWhileTheyAreTooManyAndFirstRequestsGoOn) {
  scheduler_.has_urls("fast.example", kPartition, kStart);
  scheduler_.refills();
  std::vector<frontier::Record> records;
  for (int i = 0; i < 40; ++i) {
    const std::string url = "http://fast.example/" + std::to_string(i);
    records.push_back({.url = url, .attempts = i < 20 ? 1 : 0, .seed = url});
  }
  scheduler_.taken("fast.example", "", std::move(records), false, kStart, kWall);
  expect(Kind::load_robots, kStart);
  know_robots("fast.example", "http://fast.example", "");
  int retries = 0, first = 0;
  for (TimePoint now = kStart; now < kStart + 900ms; now += 10ms) {
    while (auto decision = scheduler_.next(now)) {
      HostReport good = report(now);
      good.retry = decision->retry;
      (good.retry ? retries : first) += 1;
      scheduler_.finished("fast.example", good, now, 0.5);
    }
  }
  EXPECT_EQ(first, 20);
  EXPECT_LE(retries, 10);
  EXPECT_GE(*scheduler_.next_due(), kStart + 900ms);
}

// Many origins whose robots.txt fails, on made-up time.
class RobotsRetryTest : public SchedulerTest {
 protected:
  void fail_robots(const Decision& decision, TimePoint now) {
    HostReport report = this->report(now, Outcome::http_5xx);
    report.retry = decision.retry;
    scheduler_.finished(decision.host, report, now, 0.5);
    Host& host = *scheduler_.find(decision.host);
    host.robots.at(decision.origin).state.unreachable(now, 0.5);
    scheduler_.changed(host, now);
  }
  // `count` hosts with a URL each, whose robots.txt failed before.
  void give_failed(int count) {
    std::vector<Decision> loads;
    for (int i = 0; i < count; ++i) {
      const std::string host = "h" + std::to_string(i) + ".example";
      give(host, {"http://" + host + "/"});
      loads.push_back(expect(Kind::load_robots, kStart));
    }
    for (const Decision& load : loads) {
      scheduler_.robots_loaded(load.host, load.origin, "1 u 0 1\n", kStart, kWall);
    }
  }
};

TEST_F(RobotsRetryTest, RetriesOfRobotsKeepTheShareAndAreMadeInTheEnd) {
  constexpr int kHosts = 300;
  for (int i = 0; i < kHosts; ++i) {
    const std::string host = "h" + std::to_string(i) + ".example";
    give(host, {"http://" + host + "/"});
  }
  int first = 0, retries = 0, turns = 0, late = 0;
  for (TimePoint now = kStart; now < kStart + 30min; now += 100ms) {
    while (auto decision = scheduler_.next(now)) {
      ASSERT_LT(++turns, 1'000'000) << "it spins";
      if (decision->kind == Kind::load_robots) {
        scheduler_.robots_loaded(decision->host, decision->origin, std::nullopt, now, kWall);
        continue;
      }
      ASSERT_EQ(decision->kind, Kind::fetch_robots);
      const bool again = scheduler_.find(decision->host)->robots.at(decision->origin).state.attempts() > 0;
      EXPECT_EQ(decision->retry, again);
      if (now >= kStart + 60s)
        ++late;
      else
        (again ? retries : first) += 1;
      fail_robots(*decision, now);
    }
  }
  EXPECT_EQ(first, kHosts);
  EXPECT_LE(retries, 15 + kHosts / 5);
  EXPECT_GE(late, 28 * 10) << "ten a minute go on";
}

TEST_F(RobotsRetryTest, ManyAtOnceHaveEachPaid) {
  std::vector<Decision> under_way;
  give_failed(50);
  while (auto decision = scheduler_.next(kStart)) under_way.push_back(std::move(*decision));
  ASSERT_EQ(under_way.size(), 5u) << "half of what comes by itself in a minute";
  EXPECT_EQ(scheduler_.next_due(), kStart + 1s) << "the others wait";
  EXPECT_TRUE(scheduler_.not_started(under_way[0], kStart + 1h, kStart));
  std::size_t more = 0;
  for (TimePoint now = kStart; now <= kStart + 1s; now += 100ms) {
    while (scheduler_.next(now)) ++more;
  }
  EXPECT_EQ(more, 1u) << "what was not sent is paid back";
}

TEST_F(RobotsRetryTest, AGoodCopyDecidesWhileItsRetryIsNotAllowed) {
  give_failed(5);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(expect(Kind::fetch_robots, kStart).retry);
  give("a.example", {"http://a.example/1", "http://a.example/no"});
  expect(Kind::load_robots, kStart);
  const std::string wall = std::to_string(kWall.count() - 48 * 3'600'000);
  scheduler_.robots_loaded("a.example", "http://a.example",
                           "2 k " + wall + " 1 " + wall + " " + wall + " -\nUser-agent: *\nDisallow: /no\n", kStart,
                           kWall);
  EXPECT_EQ(expect(Kind::fetch_page, kStart).url.href(), "http://a.example/1");
  answer("a.example", kStart);
  EXPECT_EQ(expect(Kind::end, kStart + 1s).reason, "robots_disallowed");
}

}  // namespace
}  // namespace crawler
