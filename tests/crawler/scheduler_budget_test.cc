// What a host may use, in the scheduler: exactly so many pages of a host end by their request, whatever
// happens between; and what bytes and time end.
#include "tests/crawler/scheduler_fixture.h"

namespace crawler {
namespace {

class HostBudgetTest : public SchedulerTest {
 protected:
  HostBudgetTest() { limit(2); }

  void limit(std::int64_t pages) { limit(Budget::Limits{.pages = pages}); }
  void limit(Budget::Limits limits_of_host) {
    SchedulerOptions o = options();
    o.budget = Budget("host", limits_of_host);
    o.limits_of = [](const std::string&) {
      limiter::HostLimits limits;
      limits.factor = 0;
      limits.burst = limits.concurrency = 5;
      return limits;
    };
    scheduler_ = Scheduler(o);
    scheduler_.own(kPartition, {kStart, false});
  }
  static std::vector<std::string> urls(int from, int to) {
    std::vector<std::string> out;
    for (int i = from; i <= to; ++i) out.push_back("http://a.example/" + std::to_string(i));
    return out;
  }
  // As the page pipeline does it.
  void page(TimePoint at, bool settles = true) {
    answer("a.example", at);
    scheduler_.page_ended("a.example", at);
    if (settles) scheduler_.page_settles("a.example");
  }
  std::string kept() {
    Host& host = *scheduler_.find("a.example");
    host.spent.keep(kStart, kWall);
    return host.encode(kStart, kWall, "line");
  }
  void receive(std::uint64_t bytes, TimePoint at, Outcome outcome = Outcome::fetched) {
    HostReport end = report(at, outcome);
    end.received = {bytes};
    scheduler_.finished("a.example", end, at, 0.5);
  }
  void again(const std::string& state, const std::vector<std::string>& has, TimePoint now, limiter::WallMs wall_now) {
    scheduler_.has_urls("a.example", kPartition, now);
    scheduler_.refills();
    std::vector<frontier::Record> records;
    for (const std::string& url : has) records.push_back({.url = url, .seed = url});
    scheduler_.taken("a.example", state, std::move(records), false, now, wall_now);
  }
};

TEST_F(HostBudgetTest, TheRestEndsWithoutARequestAndWithoutADelay) {
  give_known("a.example", urls(1, 5));
  for (int i = 1; i <= 2; ++i) {
    expect(Kind::fetch_page, kStart + i * 10s);
    page(kStart + i * 10s);
  }
  EXPECT_TRUE(scheduler_.used_up("a.example"));
  for (int i = 3; i <= 5; ++i) {
    const Decision end = expect(Kind::end, kStart + 20s);
    EXPECT_EQ(end.ready->record.url, urls(i, i).front());
    EXPECT_EQ(end.reason, "budget_host");
    EXPECT_EQ(end.rule, "budget.host_pages = 2");
  }
  scheduler_.has_urls("a.example", kPartition, kStart + 20s);
  EXPECT_EQ(scheduler_.refills().front().count, 100) << "many at a time, since none takes time";
}

TEST_F(HostBudgetTest, NoMoreAreBegunThanMayEnd) {
  give_known("a.example", urls(1, 4));
  expect(Kind::fetch_page, kStart);
  expect(Kind::fetch_page, kStart);
  EXPECT_FALSE(scheduler_.next(kStart + 1h)) << "two are in flight, and both may count";
  EXPECT_FALSE(scheduler_.used_up("a.example"));
  answer("a.example", kStart, Outcome::put_back);  // nothing came of it: its place is free
  expect(Kind::fetch_page, kStart + 1h);
  page(kStart + 1h);
  page(kStart + 1h);
  EXPECT_EQ(expect(Kind::end, kStart + 1h).reason, "budget_host");
}

TEST_F(HostBudgetTest, ARobotsTxtIsNoPage) {
  limit(1);
  give("a.example", urls(1, 1));
  const Decision load = expect(Kind::load_robots, kStart);
  scheduler_.robots_loaded("a.example", load.origin, std::nullopt, kStart, kWall);
  answer_robots(expect(Kind::fetch_robots, kStart), "", kStart);
  expect(Kind::fetch_page, kStart + 1s);
}

TEST_F(HostBudgetTest, AnErrandToAHostThatIsUsedUpIsStillRun) {
  give_known("a.example", urls(1, 2));
  for (int i = 0; i < 2; ++i) {
    expect(Kind::fetch_page, kStart);
    page(kStart);
  }
  scheduler_.errand("a.example", kPartition, {"http://b.example", "0 http://a.example/r"},
                    *web::parse_url("http://a.example/r"), kStart);
  EXPECT_EQ(expect(Kind::fetch_robots, kStart + 1h).url.href(), "http://a.example/r");
}

TEST_F(HostBudgetTest, TheCountIsKeptWithTheHostAndCountsWhatIsSettledAlone) {
  give_known("a.example", urls(1, 2));
  expect(Kind::fetch_page, kStart);
  page(kStart);
  expect(Kind::fetch_page, kStart);
  page(kStart, false);
  const std::string unsettled = kept();
  scheduler_.page_settles("a.example");
  const std::string settled = kept();

  limit(2);
  scheduler_.has_urls("a.example", kPartition, kStart);
  scheduler_.refills();
  scheduler_.taken("a.example", unsettled, {{.url = urls(2, 2).front()}}, false, kStart, kWall);
  EXPECT_FALSE(scheduler_.used_up("a.example")) << "the second is asked for again, and counts then";

  limit(2);
  scheduler_.has_urls("a.example", kPartition, kStart);
  scheduler_.refills();
  scheduler_.taken("a.example", settled, {{.url = urls(3, 3).front()}}, false, kStart, kWall);
  EXPECT_EQ(expect(Kind::end, kStart + 1h).reason, "budget_host");
  EXPECT_TRUE(kept().substr(kept().rfind('\n')).starts_with("\n2 "));
}

TEST_F(HostBudgetTest, StatesAreNumberedAndGoOnWhereTheLastLifeEnded) {
  give_known("a.example", urls(1, 1));
  const auto changed = [this] { return scheduler_.find("a.example")->changed_state(kStart, kWall, "line"); };
  const std::string first = changed();
  EXPECT_EQ(first, kept() + "\n#1");
  EXPECT_EQ(changed(), "") << "it is kept already";
  scheduler_.page_settles("a.example");
  const std::string second = changed();
  EXPECT_EQ(second, kept() + "\n#2");

  limit(2);
  scheduler_.has_urls("a.example", kPartition, kStart);
  scheduler_.refills();
  scheduler_.taken("a.example", second, {}, false, kStart, kWall);
  EXPECT_EQ(scheduler_.find("a.example")->spent.as_of(kStart).pages, 1);
  scheduler_.page_settles("a.example");
  EXPECT_EQ(changed(), kept() + "\n#3");
}

TEST_F(HostBudgetTest, ARedisThatWasSetBackSaysHowManyPagesCount) {
  give_known("a.example", urls(1, 3));
  for (int i = 1; i <= 2; ++i) {
    expect(Kind::fetch_page, kStart + i * 10s);
    page(kStart + i * 10s, i == 1);  // the second is not settled yet
  }
  Host* host = scheduler_.find("a.example");
  host->changed_state(kStart, kWall, "line");
  host->recall("");
  EXPECT_EQ(host->spent.as_of(kStart).pages, 1) << "what is to be settled still counts";
  EXPECT_EQ(host->changed_state(kStart, kWall, "line"), kept() + "\n#2") << "what only we know is written anew";
  scheduler_.changed(*host, kStart + 20s);
  EXPECT_FALSE(scheduler_.used_up("a.example"));
  host->recall(kept() + "\n#9");
  EXPECT_EQ(host->changed_state(kStart, kWall, "line"), "");
  scheduler_.page_settles("a.example");
  EXPECT_EQ(host->changed_state(kStart, kWall, "line"), kept() + "\n#10");
}

TEST_F(HostBudgetTest, AHostIsNotForgottenWhileAPageOfItIsUnsettled) {
  limit(100);
  give_known("a.example", urls(1, 1));
  expect(Kind::fetch_page, kStart);
  page(kStart, false);
  scheduler_.sweep(kStart + 1h);
  ASSERT_NE(scheduler_.find("a.example"), nullptr);
  scheduler_.page_settles("a.example");
  scheduler_.sweep(kStart + 1h);
  EXPECT_EQ(scheduler_.find("a.example"), nullptr);
}

TEST_F(HostBudgetTest, BytesOfWhateverWasAskedForEndTheRest) {
  limit({.bytes = web::Bytes{1000}});
  give("a.example", urls(1, 4));
  const Decision load = expect(Kind::load_robots, kStart);
  scheduler_.robots_loaded("a.example", load.origin, std::nullopt, kStart, kWall);
  const Decision ask = expect(Kind::fetch_robots, kStart);
  receive(600, kStart);
  Host& host = *scheduler_.find("a.example");
  host.robots.at(ask.origin).state.fetched("", kStart, {});
  scheduler_.robots_changed(host, ask.origin, kStart);
  expect(Kind::fetch_page, kStart + 1s);
  expect(Kind::fetch_page, kStart + 1s);
  receive(300, kStart + 1s, Outcome::http_5xx);
  EXPECT_FALSE(scheduler_.used_up("a.example"));
  receive(200, kStart + 2s);  // it was in flight, and may end
  EXPECT_EQ(scheduler_.used_up("a.example"), Budget::Kind::bytes);
  const Decision end = expect(Kind::end, kStart + 2s);
  EXPECT_EQ(end.reason, "budget_host");
  EXPECT_EQ(end.rule, "budget.host_bytes = 1000");

  const std::string state = kept();
  limit({.bytes = web::Bytes{1000}});
  again(state, urls(4, 4), kStart + 3s, kWall);
  EXPECT_EQ(expect(Kind::end, kStart + 3s).rule, "budget.host_bytes = 1000") << "over a restart too";
}

TEST_F(HostBudgetTest, ItsTimeRunsFromItsFirstRequestAndEndsWhatWaits) {
  limit({.time = 30min});
  give_known("a.example", urls(1, 3), kStart);
  expect(Kind::fetch_page, kStart + 5h);  // it was not asked before
  receive(1, kStart + 5h);
  Host& host = *scheduler_.find("a.example");
  host.limiter.push_back(1h, kStart + 5h, 0.5);
  scheduler_.changed(host, kStart + 5h);
  EXPECT_EQ(scheduler_.next_due(), kStart + 5h + 30min) << "what waits longer ends then";
  EXPECT_FALSE(scheduler_.next(kStart + 5h + 30min - 1ns));
  EXPECT_FALSE(scheduler_.used_up("a.example"));
  EXPECT_EQ(expect(Kind::end, kStart + 5h + 30min).rule, "budget.host_time = 30m");
  EXPECT_EQ(scheduler_.used_up("a.example"), Budget::Kind::time) << "and what is found of it is refused at once";
}

TEST_F(HostBudgetTest, ItsTimeRunsOnOverARestart) {
  limit({.time = 1h});
  give_known("a.example", urls(1, 1), kStart);
  expect(Kind::fetch_page, kStart);
  receive(1, kStart);
  const std::string state = kept();
  limit({.time = 1h});
  again(state, urls(2, 3), kStart + 1s, kWall + 59min);  // of another boot
  expect(Kind::load_robots, kStart + 31s);
  know_robots("a.example", "http://a.example", "", kStart + 31s);
  EXPECT_EQ(expect(Kind::end, kStart + 61s).reason, "budget_host");
}

TEST_F(SchedulerTest, AnErrandDoesNotHurryWhereTheTimeOfItsHostIsUsedUp) {
  SchedulerOptions o = options();
  o.budget = Budget("host", {.time = 10ms});
  scheduler_ = Scheduler(o);
  scheduler_.own(kPartition, {kStart, false});
  give_known("a.example", {"http://a.example/1"}, kStart);
  expect(Kind::fetch_page, kStart);
  answer("a.example", kStart);
  scheduler_.errand("a.example", kPartition, {"http://b.example", "0 http://a.example/r"},
                    *web::parse_url("http://a.example/r"), kStart);
  EXPECT_FALSE(scheduler_.next(kStart + 1s - 1ns)) << "the gap holds";
  expect(Kind::fetch_robots, kStart + 1s);
}

TEST_F(SchedulerTest, WhatHasBecomeATrapEndsWhenItsTurnComes) {
  SchedulerOptions o = options();
  o.trap = [](const Ready& ready) { return ready.url.path == "/2" ? std::string("traps.queries = 1 of /2") : ""; };
  scheduler_ = Scheduler(o);
  scheduler_.own(kPartition, {kStart, false});
  give_known("a.example", {"http://a.example/2", "http://a.example/3"});
  const Decision end = expect(Kind::end, kStart);
  EXPECT_EQ(end.reason, "trap");
  EXPECT_EQ(end.rule, "traps.queries = 1 of /2");
  EXPECT_EQ(expect(Kind::fetch_page, kStart).url.href(), "http://a.example/3");
}

}  // namespace
}  // namespace crawler
