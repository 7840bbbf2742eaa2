// What an operator's orders do to a host in memory.
#include <map>
#include <string>
#include <vector>

#include "tests/crawler/scheduler_fixture.h"

namespace crawler {
namespace {

using limiter::HostLevers;
using limiter::LeverKind;

const std::string kHost = "a.example";

class SchedulerLeversTest : public SchedulerTest {
 protected:
  SchedulerLeversTest() {
    SchedulerOptions with_levers = options();
    with_levers.levers_of = [this](const std::string& host) -> HostLeversPtr {
      const auto entry = table_.find(host);
      return entry == table_.end() ? nullptr : entry->second;
    };
    scheduler_ = Scheduler(std::move(with_levers));
    scheduler_.own(kPartition, {kStart, false});
  }

  static HostLeversPtr lever(LeverKind kind, limiter::Duration delay = 0s, const std::string& why = "") {
    HostLevers levers;
    levers.set({kind, {.id = "id", .delay = delay, .why = why}});
    return std::make_shared<const HostLevers>(levers);
  }

  std::vector<std::string> set(HostLeversPtr levers, TimePoint now = kStart) {
    std::vector<std::string> urls;
    for (const auto& record : scheduler_.set_levers(kHost, std::move(levers), now)) urls.push_back(record.url);
    return urls;
  }

  // The frontier gives `n` URLs, and the store answers that all may be fetched.
  void give(int n) {
    scheduler_.has_urls(kHost, kPartition, kStart);
    scheduler_.refills();
    taken(n);
    if (const auto load = scheduler_.next(kStart)) {
      EXPECT_EQ(load->kind, Kind::load_robots);
      know_robots(kHost, load->origin, "");
    }
  }
  void taken(int n) {
    std::vector<frontier::Record> records;
    for (int i = 0; i < n; ++i) records.push_back({.url = "http://a.example/" + std::to_string(next_url_++)});
    scheduler_.taken(kHost, "", std::move(records), false, kStart, kWall);
  }
  // An origin elsewhere waits for the robots.txt of this host.
  void send_errand() {
    const web::Url url = *web::parse_url("http://a.example/robots.txt");
    scheduler_.errand(kHost, kPartition, {"http://b.example", "1 " + url.href()}, url, kStart);
  }

  std::map<std::string, HostLeversPtr> table_;
  int next_url_ = 0;
};

TEST_F(SchedulerLeversTest, APausedHostIsNotAskedAndItsUrlsGoBack) {
  give(3);
  EXPECT_EQ(set(lever(LeverKind::pause)).size(), 3u);
  EXPECT_FALSE(scheduler_.next(kStart + 24h));
  EXPECT_FALSE(scheduler_.next_due());
  EXPECT_TRUE(scheduler_.refills().empty()) << "nor is anything taken";
  scheduler_.has_urls(kHost, kPartition, kStart);
  EXPECT_TRUE(scheduler_.refills().empty());
  EXPECT_FALSE(scheduler_.starts(kPartition, kHost)) << "a take under way goes back";
  EXPECT_EQ(state_of(*scheduler_.find(kHost), kStart), HostState::paused);
}

TEST_F(SchedulerLeversTest, ATakeThatWaitsToBeSentIsNotSentForAPausedHost) {
  give(1);
  scheduler_.has_urls(kHost, kPartition, kStart);
  set(lever(LeverKind::pause));
  EXPECT_TRUE(scheduler_.refills().empty());
  set(nullptr);
  EXPECT_EQ(scheduler_.refills().size(), 1u) << "and is once it is resumed";
}

TEST_F(SchedulerLeversTest, ResumedItGoesOnWithItsDelay) {
  give(2);
  EXPECT_EQ(scheduler_.next(kStart)->kind, Kind::fetch_page);
  EXPECT_EQ(set(lever(LeverKind::pause)).size(), 1u);
  answer(kHost, kStart);
  EXPECT_FALSE(scheduler_.next(kStart + 1h));
  set(nullptr, kStart + 10ms);
  ASSERT_EQ(scheduler_.refills().size(), 1u);
  taken(1);
  EXPECT_EQ(scheduler_.next_due(), kStart + 1s);
  EXPECT_TRUE(scheduler_.starts(kPartition, kHost));
}

TEST_F(SchedulerLeversTest, WhatIsDecidedAndNotSentMayNotLeaveAPausedHost) {
  give(1);
  scheduler_.next(kStart);
  EXPECT_TRUE(scheduler_.may_send(kHost, kStart));
  set(lever(LeverKind::pause));
  EXPECT_FALSE(scheduler_.may_send(kHost, kStart + 1h));
  set(lever(LeverKind::block));
  EXPECT_FALSE(scheduler_.may_send(kHost, kStart + 1h));
}

TEST_F(SchedulerLeversTest, ABlockedHostsUrlsEndAtOnceWithTheReason) {
  give(3);
  EXPECT_EQ(scheduler_.next(kStart)->kind, Kind::fetch_page);
  EXPECT_TRUE(set(lever(LeverKind::block, 0s, "spam")).empty());
  EXPECT_EQ(scheduler_.next_due(), kStart) << "also while one is in flight";
  for (int i = 0; i < 2; ++i) {
    const auto end = scheduler_.next(kStart);
    ASSERT_TRUE(end);
    EXPECT_EQ(end->kind, Kind::end);
    EXPECT_EQ(end->reason, "blocked_host");
    EXPECT_EQ(end->rule, "operator: spam");
    EXPECT_TRUE(end->ready);
  }
  EXPECT_FALSE(scheduler_.next(kStart + 1h));
  EXPECT_EQ(state_of(*scheduler_.find(kHost), kStart), HostState::blocked);
}

TEST_F(SchedulerLeversTest, ABlockedHostsQueueIsTakenInLargePieces) {
  set(lever(LeverKind::block));
  table_[kHost] = lever(LeverKind::block);
  scheduler_.has_urls(kHost, kPartition, kStart);
  const auto refills = scheduler_.refills();
  ASSERT_EQ(refills.size(), 1u);
  EXPECT_EQ(refills[0].count, 100);
}

TEST_F(SchedulerLeversTest, ASlowedHostWaitsForTheOperatorsDelay) {
  give(3);
  scheduler_.next(kStart);
  answer(kHost, kStart);
  EXPECT_TRUE(set(lever(LeverKind::slow, 5s)).empty());
  EXPECT_EQ(scheduler_.next_due(), kStart + 5s) << "the wait that runs too";
  EXPECT_EQ(scheduler_.find(kHost)->limiter.delay_from(), limiter::DelayFrom::operator_set);
  set(nullptr);
  EXPECT_EQ(scheduler_.next_due(), kStart + 1s);
}

TEST_F(SchedulerLeversTest, AHostThatComesIntoMemoryHasItsLeversFromTheStart) {
  table_[kHost] = lever(LeverKind::pause);
  scheduler_.has_urls(kHost, kPartition, kStart);
  EXPECT_TRUE(scheduler_.refills().empty());
  EXPECT_TRUE(scheduler_.find(kHost)->paused());
  EXPECT_TRUE(scheduler_.set_levers("unknown.example", lever(LeverKind::pause), kStart).empty());
  EXPECT_EQ(scheduler_.find("unknown.example"), nullptr);
}

TEST_F(SchedulerLeversTest, AStoppedHostIsNotAskedForOthersEither) {
  give(0);
  for (const LeverKind kind : {LeverKind::pause, LeverKind::block}) {
    set(lever(kind));
    send_errand();
    EXPECT_FALSE(scheduler_.next_due()) << limiter::lever_name(kind);
  }
  set(nullptr);
  EXPECT_EQ(expect(Kind::fetch_robots, kStart).host, kHost) << "and is, once it is resumed";
}

TEST_F(SchedulerLeversTest, ABlockedHostWithAnErrandSurvivesAPauseOfEverything) {
  give(2);
  send_errand();
  set(lever(LeverKind::block));
  EXPECT_EQ(scheduler_.next_due(), kStart);
  EXPECT_EQ(urls_of(scheduler_.give_back_taken(kStart)).size(), 2u);
  EXPECT_FALSE(scheduler_.next_due()) << "nothing is left to end";
  EXPECT_FALSE(scheduler_.next(kStart + 1h));
  scheduler_.refill_all();
  ASSERT_EQ(scheduler_.refills().size(), 1u);
  taken(1);
  EXPECT_EQ(expect(Kind::end, kStart + 1h).reason, "blocked_host") << "and what comes back ends";
  set(nullptr, kStart + 1h);
  EXPECT_EQ(expect(Kind::fetch_robots, kStart + 1h).host, kHost);
}

TEST_F(SchedulerLeversTest, NothingOfALeavingPartitionIsPlacedAgain) {
  give(1);
  scheduler_.leave(kPartition);
  set(lever(LeverKind::block));
  EXPECT_FALSE(scheduler_.next_due());
  EXPECT_FALSE(scheduler_.starts(kPartition, kHost));
}

}  // namespace
}  // namespace crawler
