// What a job may use, in the scheduler: its URLs wait for a place, and end when the books say that it is used up.
#include "tests/crawler/scheduler_fixture.h"

namespace crawler {
namespace {

class SchedulerJobsTest : public SchedulerTest {
 protected:
  SchedulerJobsTest() {
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

  JobBudget jobs_{Budget("job", {.pages = 2})};
};

TEST_F(SchedulerJobsTest, AJobThatHasNoPlaceLeftWaitsAndEndsWhenTheBooksSaySo) {
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
  jobs_.looked({{"j", {2}}});
  const Decision end = expect(Kind::end, kStart + 3h);
  EXPECT_EQ(end.reason, "budget_job");
  EXPECT_EQ(end.rule, "budget.job_pages = 2");
}

TEST_F(SchedulerJobsTest, BytesOrTimeThatAreUsedUpEndWhatWaits) {
  JobBudget jobs(Budget("job", {.bytes = web::Bytes{1000}, .time = 1h}));
  SchedulerOptions o = options();
  o.jobs = &jobs;
  scheduler_ = Scheduler(o);
  scheduler_.own(kPartition, {kStart, false});
  jobs.looked({{"j", {1, {999}, 1s}}, {"k", {1, {1}, 1s}}});
  give_of("a.example", "j", 3);
  expect(Kind::fetch_page, kStart);
  answer("a.example", kStart);
  give_of("b.example", "k", 2);
  expect(Kind::fetch_page, kStart);
  jobs.looked({{"j", {2, {1001}, 2s}}, {"k", {2, {2}, 1h}}});
  EXPECT_EQ(expect(Kind::end, kStart + 1s).rule, "budget.job_bytes = 1000");
  EXPECT_EQ(expect(Kind::end, kStart + 1s).reason, "budget_job");
  EXPECT_FALSE(scheduler_.next(kStart + 1s)) << "what is in flight may end";
  answer("b.example", kStart + 1s);
  EXPECT_EQ(expect(Kind::end, kStart + 2s).rule, "budget.job_time = 1h");
}

TEST_F(SchedulerJobsTest, OtherJobsOfTheHostGoOn) {
  give_of("a.example", "j", 3);
  EXPECT_TRUE(jobs_.begin("j") && jobs_.begin("j")) << "taken on other hosts";
  EXPECT_FALSE(scheduler_.next(kStart));
  EXPECT_GT(*scheduler_.next_due(), kStart) << "it is looked at again later, and not at once";
  scheduler_.has_urls("a.example", kPartition, kStart);
  scheduler_.taken("a.example", "", {{.url = "http://a.example/k", .job = "k"}}, false, kStart, kWall);
  EXPECT_EQ(expect(Kind::fetch_page, kStart).url.href(), "http://a.example/k");
}

TEST_F(SchedulerJobsTest, UrlsWithoutAPlaceDoNotKeepOthersOfTheirHostFromBeingTaken) {
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

TEST_F(SchedulerJobsTest, WhatAllHostsHoldPastSuchUrlsIsBounded) {
  constexpr std::size_t kHosts = 3000, kMarks = 2 * kHosts, kPast = 2000;
  std::vector<std::string> hosts;
  for (std::size_t i = 0; i < kHosts; ++i) hosts.push_back("h" + std::to_string(i) + ".example");
  const auto held = [&] {
    std::size_t urls = 0;
    scheduler_.visit([&urls](const Host& host) { urls += host.ready.size(); });
    return urls;
  };
  const auto take_all = [&] {  // the frontier has without end of the job
    for (const std::string& host : hosts) scheduler_.has_urls(host, kPartition, kStart);
    for (auto refills = scheduler_.refills(); !refills.empty(); refills = scheduler_.refills()) {
      for (const auto& [host, partition, count] : refills) {
        std::vector<frontier::Record> records;
        for (int i = 0; i < count; ++i) records.push_back({.url = "http://" + host + "/", .job = "j"});
        scheduler_.taken(host, "", std::move(records), true, kStart, kWall);
      }
      ASSERT_LE(held(), kMarks + kPast);
    }
  };
  EXPECT_TRUE(jobs_.begin("j") && jobs_.begin("j"));
  take_all();
  EXPECT_EQ(held(), kMarks + kPast) << "and used";
  for (int i = 0; i < 3; ++i) {
    jobs_.give_back("j");  // there is a place, for a moment
    take_all();
    EXPECT_TRUE(jobs_.begin("j"));
    std::rotate(hosts.begin(), hosts.begin() + 1000, hosts.end());
    take_all();
  }
  give_of("other.example", "k", 1);
  expect(Kind::fetch_page, kStart);
  scheduler_.leave(kPartition);
  scheduler_.disown(kPartition);
  scheduler_.own(kPartition, {kStart, false});
  take_all();
  EXPECT_EQ(held(), kMarks + kPast) << "what has gone is not counted";
}

TEST_F(SchedulerJobsTest, WhenTheLastPlaceGoesMoreIsTaken) {
  give_of("a.example", "j", 3);
  scheduler_.has_urls("a.example", kPartition, kStart);
  EXPECT_TRUE(scheduler_.refills().empty()) << "there is enough";
  EXPECT_TRUE(jobs_.begin("j") && jobs_.begin("j")) << "taken on other hosts";
  EXPECT_FALSE(scheduler_.next(kStart));
  EXPECT_EQ(scheduler_.refills().size(), 1u);
}

}  // namespace
}  // namespace crawler
