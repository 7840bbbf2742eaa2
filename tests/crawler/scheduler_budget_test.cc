// budget.host_pages in the scheduler: exactly so many pages of a host end by their request, whatever happens between.
#include "tests/crawler/scheduler_fixture.h"

namespace crawler {
namespace {

class HostPagesTest : public SchedulerTest {
 protected:
  HostPagesTest() { limit(2); }

  void limit(std::int64_t pages) {
    SchedulerOptions o = options();
    o.host_pages = pages;
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
  std::string kept() { return scheduler_.find("a.example")->encode(kStart, kWall, "line"); }
};

TEST_F(HostPagesTest, TheRestEndsWithoutARequestAndWithoutADelay) {
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

TEST_F(HostPagesTest, NoMoreAreBegunThanMayEnd) {
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

TEST_F(HostPagesTest, ARobotsTxtIsNoPage) {
  limit(1);
  give("a.example", urls(1, 1));
  const Decision load = expect(Kind::load_robots, kStart);
  scheduler_.robots_loaded("a.example", load.origin, std::nullopt, kStart, kWall);
  answer_robots(expect(Kind::fetch_robots, kStart), "", kStart);
  expect(Kind::fetch_page, kStart + 1s);
}

TEST_F(HostPagesTest, AnErrandToAHostThatIsUsedUpIsStillRun) {
  give_known("a.example", urls(1, 2));
  for (int i = 0; i < 2; ++i) {
    expect(Kind::fetch_page, kStart);
    page(kStart);
  }
  scheduler_.errand("a.example", kPartition, {"http://b.example", "0 http://a.example/r"},
                    *web::parse_url("http://a.example/r"), kStart);
  EXPECT_EQ(expect(Kind::fetch_robots, kStart + 1h).url.href(), "http://a.example/r");
}

TEST_F(HostPagesTest, TheCountIsKeptWithTheHostAndCountsWhatIsSettledAlone) {
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
  EXPECT_EQ(kept().substr(kept().rfind('\n')), "\n2");
}

TEST_F(HostPagesTest, StatesAreNumberedAndGoOnWhereTheLastLifeEnded) {
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
  EXPECT_EQ(scheduler_.find("a.example")->pages, 1);
  scheduler_.page_settles("a.example");
  EXPECT_EQ(changed(), kept() + "\n#3");
}

TEST_F(HostPagesTest, ARedisThatWasSetBackSaysHowManyPagesCount) {
  give_known("a.example", urls(1, 3));
  for (int i = 1; i <= 2; ++i) {
    expect(Kind::fetch_page, kStart + i * 10s);
    page(kStart + i * 10s, i == 1);  // the second is not settled yet
  }
  Host* host = scheduler_.find("a.example");
  host->changed_state(kStart, kWall, "line");
  host->recall("");
  EXPECT_EQ(host->pages, 1) << "what is to be settled still counts";
  EXPECT_EQ(host->changed_state(kStart, kWall, "line"), kept() + "\n#2") << "what only we know is written anew";
  EXPECT_FALSE(scheduler_.used_up("a.example"));
  host->recall(kept() + "\n#9");
  EXPECT_EQ(host->changed_state(kStart, kWall, "line"), "");
  scheduler_.page_settles("a.example");
  EXPECT_EQ(host->changed_state(kStart, kWall, "line"), kept() + "\n#10");
}

TEST_F(HostPagesTest, AHostIsNotForgottenWhileAPageOfItIsUnsettled) {
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

class JobPagesTest : public SchedulerTest {
 protected:
  JobPagesTest() {
    SchedulerOptions o = options();
    o.jobs = &jobs_;
    scheduler_ = Scheduler(o);
    scheduler_.own(kPartition, {kStart, false});
    jobs_.looked({});
  }
  void give_of(const std::string& host, const std::string& job, int urls) {
    scheduler_.has_urls(host, kPartition, kStart);
    scheduler_.refills();
    std::vector<frontier::Record> records;
    for (int i = 0; i < urls; ++i) records.push_back({.url = "http://" + host + "/" + std::to_string(i), .job = job});
    scheduler_.taken(host, "", std::move(records), false, kStart, kWall);
    expect(Kind::load_robots, kStart);
    know_robots(host, "http://" + host, "");
  }

  JobBudget jobs_{2};
};

TEST_F(JobPagesTest, AJobThatHasNoPlaceLeftWaitsAndEndsWhenTheBooksSaySo) {
  give_of("a.example", "j", 4);
  for (int i = 0; i < 2; ++i) {
    expect(Kind::fetch_page, kStart + i * 10s);
    answer("a.example", kStart + i * 10s);
  }
  EXPECT_FALSE(scheduler_.next(kStart + 1h)) << "both may yet come to nothing";
  jobs_.give_back("j");
  jobs_.settled("j");
  expect(Kind::fetch_page, kStart + 2h);
  answer("a.example", kStart + 2h);
  jobs_.settled("j");
  jobs_.look_begins();
  jobs_.looked({{"j", 2}});
  const Decision end = expect(Kind::end, kStart + 3h);
  EXPECT_EQ(end.reason, "budget_job");
  EXPECT_EQ(end.rule, "budget.job_pages = 2");
}

TEST_F(JobPagesTest, OtherJobsOfTheHostGoOn) {
  give_of("a.example", "j", 3);
  EXPECT_TRUE(jobs_.begin("j") && jobs_.begin("j")) << "taken on other hosts";
  EXPECT_FALSE(scheduler_.next(kStart));
  EXPECT_GT(*scheduler_.next_due(), kStart) << "it is looked at again later, and not at once";
  scheduler_.has_urls("a.example", kPartition, kStart);
  scheduler_.taken("a.example", "", {{.url = "http://a.example/k", .job = "k"}}, false, kStart, kWall);
  EXPECT_EQ(expect(Kind::fetch_page, kStart).url.href(), "http://a.example/k");
}

TEST_F(JobPagesTest, UrlsWithoutAPlaceDoNotKeepOthersOfTheirHostFromBeingTaken) {
  give_of("a.example", "j", 3);
  EXPECT_TRUE(jobs_.begin("j") && jobs_.begin("j"));
  scheduler_.has_urls("a.example", kPartition, kStart);  // it has more, of another job
  const auto refills = scheduler_.refills();
  ASSERT_EQ(refills.size(), 1u);
  EXPECT_EQ(refills.front().count, 2);
  std::vector<frontier::Record> records;
  for (int i = 0; i < 200; ++i) records.push_back({.url = "http://a.example/j" + std::to_string(i), .job = "j"});
  scheduler_.taken("a.example", "", std::move(records), true, kStart, kWall);
  EXPECT_TRUE(scheduler_.refills().empty()) << "but not without end";
}

TEST_F(JobPagesTest, WhenTheLastPlaceGoesMoreIsTaken) {
  give_of("a.example", "j", 3);
  scheduler_.has_urls("a.example", kPartition, kStart);
  EXPECT_TRUE(scheduler_.refills().empty()) << "there is enough";
  EXPECT_TRUE(jobs_.begin("j") && jobs_.begin("j")) << "taken on other hosts";
  EXPECT_FALSE(scheduler_.next(kStart));
  EXPECT_EQ(scheduler_.refills().size(), 1u);
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
