#include "crawler/host_survey.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "frontier/keys.h"

namespace crawler {
namespace {

using namespace std::chrono_literals;
using limiter::LeverKind;
using limiter::TimePoint;

constexpr TimePoint kNow{1000s};

class HostSurveyTest : public ::testing::Test {
 protected:
  HostSurveyTest() {
    for (int partition = 0; partition < frontier::kPartitions; ++partition) scheduler_.own(partition, {kNow, false});
  }

  static SchedulerOptions options() {
    SchedulerOptions o;
    o.limits_of = [](const std::string& host) {
      limiter::HostLimits limits;
      limits.delay = host.ends_with("slow") ? 9s : 1s;
      return limits;
    };
    return o;
  }
  void add(const std::string& host, int urls = 0) {
    const int partition = frontier::partition_of(host);
    scheduler_.has_urls(host, partition, kNow);
    std::vector<frontier::Record> records;
    for (int i = 0; i < urls; ++i) records.push_back({.url = "http://" + host + "/" + std::to_string(i)});
    scheduler_.taken(host, "", std::move(records), false, kNow, limiter::WallMs(0));
  }
  std::vector<std::string> ask(HostQuery query, std::uint64_t* matched = nullptr) {
    HostSurvey survey(query);
    while (!survey.step(scheduler_, table_, kNow)) ++slices_;
    auto rows = survey.rows(scheduler_, table_, kNow);
    std::sort(rows.begin(), rows.end(), [](const HostRow& a, const HostRow& b) { return a.rank < b.rank; });
    std::vector<std::string> hosts;
    for (const HostRow& row : rows) hosts.push_back(row.view.host);
    if (matched != nullptr) *matched = survey.matched();
    return hosts;
  }

  Scheduler scheduler_{options()};
  LeverTable table_;
  int slices_ = 0;
};

using Hosts = std::vector<std::string>;

TEST_F(HostSurveyTest, TheFirstSoManyByTheOrderAskedFor) {
  add("c", 1);
  add("a", 3);
  add("b.slow", 2);
  EXPECT_EQ(ask({.sort = HostSort::host}), (Hosts{"a", "b.slow", "c"}));
  EXPECT_EQ(ask({.sort = HostSort::ready}), (Hosts{"a", "b.slow", "c"}));
  EXPECT_EQ(ask({.sort = HostSort::delay, .limit = 1}), Hosts{"b.slow"});
  std::uint64_t matched = 0;
  EXPECT_EQ(ask({.sort = HostSort::host, .limit = 2}, &matched), (Hosts{"a", "b.slow"}));
  EXPECT_EQ(matched, 3u);
  EXPECT_EQ(ask({.limit = 0}, &matched), Hosts{});
  EXPECT_EQ(matched, 3u);
}

TEST_F(HostSurveyTest, OnlyHostsOfTheStateAskedFor) {
  add("empty");
  add("ready", 1);
  EXPECT_EQ(ask({.state = "empty"}), Hosts{"empty"});
  EXPECT_EQ(ask({.state = "ready"}), Hosts{"ready"});
  EXPECT_EQ(ask({.state = "backing_off"}), Hosts{});
}

TEST_F(HostSurveyTest, HostsWithOrdersAreListedAlsoWhereTheyAreNotInMemory) {
  limiter::HostLevers paused;
  paused.set({LeverKind::pause, {.id = "x"}});
  table_.set("away", 1, paused);
  table_.set("here", 1, paused);
  add("here", 1);
  scheduler_.set_levers("here", table_.find("here"), kNow);
  EXPECT_EQ(ask({.state = "paused", .sort = HostSort::host}), (Hosts{"away", "here"}));
}

TEST_F(HostSurveyTest, ManyHostsAreLookedThroughInSlicesEachOnce) {
  for (int i = 0; i < 10'000; ++i) add("h" + std::to_string(i), i % 3);
  std::uint64_t matched = 0;
  EXPECT_EQ(ask({.sort = HostSort::ready, .limit = 1000}, &matched).size(), 1000u);
  EXPECT_EQ(matched, 10'000u);
  EXPECT_GE(slices_, 4);
}

TEST_F(HostSurveyTest, WhatComesMeanwhileDoesNotDisturbIt) {
  for (int i = 0; i < 3000; ++i) add("h" + std::to_string(i));
  HostSurvey survey({.sort = HostSort::host, .limit = 1000});
  EXPECT_FALSE(survey.step(scheduler_, table_, kNow));
  for (int i = 3000; i < 30'000; ++i) add("h" + std::to_string(i));  // the table grows: its buckets are others
  while (!survey.step(scheduler_, table_, kNow)) {
  }
  EXPECT_EQ(survey.matched(), 30'000u);
  auto rows = survey.rows(scheduler_, table_, kNow);
  EXPECT_EQ(rows.size(), 1000u);
  for (int partition = 0; partition < frontier::kPartitions; ++partition) scheduler_.disown(partition);
  EXPECT_TRUE(survey.rows(scheduler_, table_, kNow).empty()) << "who is gone is left out";
}

}  // namespace
}  // namespace crawler
