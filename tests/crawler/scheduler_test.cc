#include "tests/crawler/scheduler_fixture.h"

namespace crawler {
namespace {

TEST_F(SchedulerTest, RobotsComeFirstForAnOriginThroughTheSameGate) {
  give("a.example", {"http://a.example/x"});
  const Decision load = expect(Kind::load_robots, kStart);
  EXPECT_EQ(load.origin, "http://a.example");
  EXPECT_FALSE(scheduler_.next(kStart));
  scheduler_.robots_loaded("a.example", load.origin, std::nullopt, kStart, kWall);
  const Decision fetch = expect(Kind::fetch_robots, kStart);
  EXPECT_EQ(fetch.url.href(), "http://a.example/robots.txt");
  answer_robots(fetch, "", kStart);
  EXPECT_EQ(scheduler_.next_due(), kStart + 1s);
  EXPECT_FALSE(scheduler_.next(kStart + 1s - 1ns));
  EXPECT_EQ(expect(Kind::fetch_page, kStart + 1s).url.href(), "http://a.example/x");
}

TEST_F(SchedulerTest, EveryOriginOfAHostHasItsOwnRobotsAndAllShareTheGate) {
  give("a.example", {"http://a.example/x", "https://a.example/x", "http://a.example:8080/x"});
  std::vector<std::string> asked;
  TimePoint now = kStart;
  for (int i = 0; i < 3; ++i) {
    const Decision load = expect(Kind::load_robots, now);
    scheduler_.robots_loaded("a.example", load.origin, std::nullopt, now, kWall);
    Decision fetch = expect(Kind::fetch_robots, now);
    asked.push_back(fetch.url.href());
    answer_robots(fetch, "", now);
    EXPECT_FALSE(scheduler_.next(now));
    now += 1s;
    expect(Kind::fetch_page, now);
    answer("a.example", now);
    EXPECT_FALSE(scheduler_.next(now));
    now += 1s;
  }
  EXPECT_EQ(asked, (std::vector<std::string>{"http://a.example/robots.txt", "https://a.example/robots.txt",
                                             "http://a.example:8080/robots.txt"}));
}

TEST_F(SchedulerTest, OneRobotsFetchHoweverManyUrlsWait) {
  std::vector<std::string> urls;
  for (int i = 0; i < 100; ++i) urls.push_back("http://a.example/" + std::to_string(i));
  give("a.example", urls);
  const Decision load = expect(Kind::load_robots, kStart);
  EXPECT_FALSE(scheduler_.next(kStart + 1h));
  scheduler_.robots_loaded("a.example", load.origin, std::nullopt, kStart, kWall);
  const Decision fetch = expect(Kind::fetch_robots, kStart);
  EXPECT_FALSE(scheduler_.next(kStart + 1h));
  answer("a.example", kStart);
  EXPECT_FALSE(scheduler_.next(kStart + 1h));  // the answer has come and is not read yet
  answer_robots(fetch, "", kStart + 1h);
  for (int i = 1; i <= 100; ++i) {
    expect(Kind::fetch_page, kStart + 1h + i * 1s);
    answer("a.example", kStart + 1h + i * 1s);
  }
}

TEST_F(SchedulerTest, OneRequestIsInFlightPerHost) {
  give_known("a.example", {"http://a.example/1", "http://a.example/2"});
  expect(Kind::fetch_page, kStart);
  give("a.example", {"http://a.example/3"});
  EXPECT_FALSE(scheduler_.next(kStart + 1h));
  EXPECT_FALSE(scheduler_.next_due());
  answer("a.example", kStart + 1h);
  expect(Kind::fetch_page, kStart + 1h + 1s);
}

TEST_F(SchedulerTest, HostsTakeTurnsByDueTime) {
  for (const std::string host : {"a.example", "b.example", "c.example"}) {
    give(host, {"http://" + host + "/1", "http://" + host + "/2"});
  }
  std::vector<Decision> loads;
  for (int i = 0; i < 3; ++i) loads.push_back(expect(Kind::load_robots, kStart));
  for (const Decision& load : loads) know_robots(load.host, load.origin, "");
  TimePoint at = kStart;
  std::vector<std::string> order, again;
  for (int i = 0; i < 3; ++i, at += 10ms) {
    order.push_back(expect(Kind::fetch_page, at).host);
    answer(order.back(), at);
  }
  for (int i = 0; i < 3; ++i) again.push_back(expect(Kind::fetch_page, kStart + 10s).host);
  EXPECT_EQ(again, order);
  EXPECT_FALSE(scheduler_.next(kStart + 10s));
}

TEST_F(SchedulerTest, TenThousandUrlsOfOneHostDoNotDelayAnother) {
  std::vector<std::string> urls;
  for (int i = 0; i < 10'000; ++i) urls.push_back("http://a.example/" + std::to_string(i));
  give_known("a.example", urls);
  expect(Kind::fetch_page, kStart);
  answer("a.example", kStart);
  give_known("b.example", {"http://b.example/"}, kStart + 500ms);
  EXPECT_EQ(expect(Kind::fetch_page, kStart + 500ms).host, "b.example");
}

TEST_F(SchedulerTest, DisallowedUrlsEndWithoutARequestOrADelay) {
  give_known("a.example", {"http://a.example/no/1", "http://a.example/no/2", "http://a.example/yes"});
  for (const std::string url : {"http://a.example/no/1", "http://a.example/no/2"}) {
    const Decision end = expect(Kind::end, kStart);
    EXPECT_EQ(end.ready->record.url, url);
    EXPECT_EQ(end.reason, "robots_disallowed");
    EXPECT_NE(end.rule.find("(line 2)"), std::string::npos) << end.rule;
  }
  EXPECT_EQ(expect(Kind::fetch_page, kStart).url.href(), "http://a.example/yes");
}

TEST_F(SchedulerTest, AnUnreachableRobotsHoldsItsOriginAndNotTheOthers) {
  give("a.example", {"http://a.example/1", "https://a.example/1"});
  expect(Kind::load_robots, kStart);
  scheduler_.robots_loaded("a.example", "http://a.example", std::nullopt, kStart, kWall);
  Host& host = *scheduler_.find("a.example");
  host.robots.at("http://a.example").state.unreachable(kStart, 0.5);  // again in 5 s
  scheduler_.changed(host, kStart);
  EXPECT_EQ(expect(Kind::load_robots, kStart).origin, "https://a.example");
  know_robots("a.example", "https://a.example", "");
  EXPECT_EQ(expect(Kind::fetch_page, kStart).url.href(), "https://a.example/1");
  answer("a.example", kStart);
  EXPECT_EQ(scheduler_.next_due(), kStart + 5s);
  EXPECT_EQ(state_of(host, kStart + 2s), HostState::blocked);
  EXPECT_EQ(expect(Kind::fetch_robots, kStart + 5s).origin, "http://a.example");
}

TEST_F(SchedulerTest, UrlsOfAnOriginThatCannotBeAskedEndWithItsReason) {
  give_known("a.example", {"http://a.example/1", "http://a.example/2"});
  Host& host = *scheduler_.find("a.example");
  host.robots.at("http://a.example").state.hopeless("forbidden_address", kStart);
  scheduler_.changed(host, kStart);
  EXPECT_EQ(expect(Kind::end, kStart).reason, "forbidden_address");
  EXPECT_EQ(expect(Kind::end, kStart).reason, "forbidden_address");
  EXPECT_FALSE(scheduler_.next(kStart + 1h));
}

TEST(SchedulerGivingUp, UrlsOfAnOriginGivenUpEndAsRobotsUnreachable) {
  SchedulerOptions options;
  options.robots.give_up = true;
  options.limits_of = [](const std::string&) { return limiter::HostLimits{}; };
  Scheduler scheduler(options);
  scheduler.own(kPartition, {kStart, false});
  scheduler.has_urls("a.example", kPartition, kStart);
  scheduler.taken("a.example", "", {{.url = "http://a.example/1"}}, false, kStart, kWall);
  ASSERT_EQ(scheduler.next(kStart)->kind, Kind::load_robots);
  scheduler.robots_loaded("a.example", "http://a.example", "1 u 0 4\n", kStart, kWall);
  const auto end = scheduler.next(kStart);
  ASSERT_TRUE(end);
  EXPECT_EQ(end->kind, Kind::end);
  EXPECT_EQ(end->reason, "robots_unreachable");
}

TEST_F(SchedulerTest, TheLongestCrawlDelayOfTheOriginsCounts) {
  give("a.example", {"http://a.example/1", "https://a.example/1"});
  expect(Kind::load_robots, kStart);
  know_robots("a.example", "http://a.example", "User-agent: *\nCrawl-delay: 30\n");
  expect(Kind::fetch_page, kStart);
  answer("a.example", kStart);
  EXPECT_EQ(expect(Kind::load_robots, kStart + 30s).origin, "https://a.example");
  know_robots("a.example", "https://a.example", "User-agent: *\nCrawl-delay: 2\n", kStart + 30s);
  EXPECT_EQ(scheduler_.find("a.example")->limiter.delay(), limiter::Duration(30s));
}

TEST_F(SchedulerTest, PutBackGivesThePlaceBack) {
  give_known("a.example", {"http://a.example/1", "http://a.example/2"});
  expect(Kind::fetch_page, kStart);
  scheduler_.finished("a.example", {.outcome = Outcome::put_back}, kStart, 0.5);
  EXPECT_FALSE(scheduler_.find("a.example")->limiter.in_flight());
  EXPECT_EQ(expect(Kind::fetch_page, kStart).url.href(), "http://a.example/2");  // no delay: nothing was sent
}

TEST_F(SchedulerTest, ARequestMaySendOnlyWhenTheGapHolds) {
  give_known("a.example", {"http://a.example/1"});
  EXPECT_TRUE(scheduler_.may_send("a.example", kStart));
  expect(Kind::fetch_page, kStart);
  answer("a.example", kStart);
  EXPECT_FALSE(scheduler_.may_send("a.example", kStart + 1s - 1ns));
  EXPECT_TRUE(scheduler_.may_send("a.example", kStart + 1s));
  EXPECT_FALSE(scheduler_.may_send("unknown.example", kStart));
}

TEST_F(SchedulerTest, LeaveReturnsWhatIsTakenAndStartsNothing) {
  scheduler_.own(8, {kStart, false});
  give_known("a.example", {"http://a.example/1", "http://a.example/2"});
  expect(Kind::fetch_page, kStart);  // in flight: not given back here
  give("b.example", {"http://b.example/1"}, kStart, 8);
  EXPECT_EQ(urls_of(scheduler_.leave(kPartition)), std::vector<std::string>{"http://a.example/2"});
  EXPECT_FALSE(scheduler_.starts(kPartition));
  EXPECT_TRUE(scheduler_.owns(kPartition));
  answer("a.example", kStart);
  EXPECT_EQ(expect(Kind::load_robots, kStart + 1h).host, "b.example");
  EXPECT_FALSE(scheduler_.next(kStart + 1h));
  scheduler_.disown(kPartition);
  EXPECT_FALSE(scheduler_.owns(kPartition));
  EXPECT_EQ(scheduler_.find("a.example"), nullptr);
  EXPECT_EQ(scheduler_.partitions(), std::vector<int>{8});
}

TEST_F(SchedulerTest, HostsOfPartitionsThatAreNotOursAreNotTakenUp) {
  scheduler_.has_urls("a.example", 9, kStart);
  EXPECT_EQ(scheduler_.host_count(), 0u);
  EXPECT_TRUE(scheduler_.refills().empty());
}

TEST_F(SchedulerTest, ALateRobotsAnswerToAnEarlierOwnershipIsDropped) {
  give("a.example", {"http://a.example/1"});
  expect(Kind::load_robots, kStart);
  scheduler_.leave(kPartition);
  scheduler_.disown(kPartition);
  scheduler_.own(kPartition, {kStart, false});
  give("a.example", {"http://a.example/1"});
  scheduler_.robots_loaded("a.example", "http://a.example", std::nullopt, kStart, kWall);
  expect(Kind::load_robots, kStart);
  scheduler_.robots_loaded("a.example", "http://a.example", std::nullopt, kStart, kWall);
  EXPECT_EQ(expect(Kind::fetch_robots, kStart).url.href(), "http://a.example/robots.txt");
}

TEST_F(SchedulerTest, AHostInDoubtWaitsOneFullDelay) {
  scheduler_.own(8, {kStart, true});
  give("a.example", {"http://a.example/1"}, kStart, 8);
  EXPECT_EQ(scheduler_.next_due(), kStart + 1s);
  EXPECT_FALSE(scheduler_.next(kStart + 999ms));
}

TEST_F(SchedulerTest, AHeldHostIsNeverAskedFor) {
  scheduler_.has_urls("held.example", kPartition, kStart);
  EXPECT_TRUE(scheduler_.refills().empty());
  EXPECT_FALSE(scheduler_.next_due());
}

TEST_F(SchedulerTest, OneTakeIsUnderWayPerHost) {
  scheduler_.has_urls("a.example", kPartition, kStart);
  scheduler_.has_urls("a.example", kPartition, kStart);
  const auto refills = scheduler_.refills();
  ASSERT_EQ(refills.size(), 1u);
  EXPECT_EQ(refills[0].host, "a.example");
  EXPECT_EQ(refills[0].partition, kPartition);
  EXPECT_TRUE(scheduler_.refills().empty());
  scheduler_.taken("a.example", "", {}, true, kStart, kWall);
  EXPECT_EQ(scheduler_.refills().size(), 1u);
  scheduler_.taken("a.example", "", {}, false, kStart, kWall);
  EXPECT_TRUE(scheduler_.refills().empty());
}

TEST_F(SchedulerTest, AFastHostIsKeptFurtherAhead) {
  scheduler_.has_urls("fast.example", kPartition, kStart);
  const int fast = scheduler_.refills().at(0).count;
  scheduler_.has_urls("slow.example", kPartition, kStart);
  const int slow = scheduler_.refills().at(0).count;
  EXPECT_GT(fast, slow);
  EXPECT_GE(slow, 1);
}

TEST_F(SchedulerTest, APauseGivesTheTakenBackAndAsksForThemAgain) {
  give_known("a.example", {"http://a.example/1"});
  EXPECT_EQ(urls_of(scheduler_.give_back_taken(kStart)), std::vector<std::string>{"http://a.example/1"});
  EXPECT_FALSE(scheduler_.next(kStart + 1h));
  scheduler_.refill_all();
  EXPECT_EQ(scheduler_.refills().size(), 1u);
}

TEST_F(SchedulerTest, AHostWithTwoPagesBeingReadIsNotAskedForAThird) {
  give_known("fast.example",
             {"http://fast.example/1", "http://fast.example/2", "http://fast.example/3", "http://fast.example/4"});
  expect(Kind::fetch_page, kStart);
  answer("fast.example", kStart);
  scheduler_.reading_begins("fast.example", kStart);
  expect(Kind::fetch_page, kStart + 1min);
  answer("fast.example", kStart + 1min);
  scheduler_.reading_begins("fast.example", kStart + 1min);
  EXPECT_FALSE(scheduler_.next(kStart + 2min));
  scheduler_.reading_ends("fast.example", kStart + 3min);
  expect(Kind::fetch_page, kStart + 3min);
  scheduler_.reading_ends("fast.example", kStart + 3min);
  scheduler_.reading_ends("fast.example", kStart + 3min);  // one that began before the host was given away
  answer("fast.example", kStart + 3min);
  expect(Kind::fetch_page, kStart + 4min);
}

TEST_F(SchedulerTest, SitemapsLeavePermitsForPages) {
  std::vector<Decision> lists;
  for (int n = 0; n <= 8; ++n) {
    const std::string host = "h" + std::to_string(n) + ".example";
    frontier::Record map{.url = "http://" + host + "/map"};
    map.role = frontier::Role::sitemap;
    scheduler_.has_urls(host, kPartition, kStart);
    scheduler_.refills();
    scheduler_.taken(host, "", {map, map}, true, kStart, kWall);
    if (n == 8) break;
    expect(Kind::load_robots, kStart);
    know_robots(host, "http://" + host, "");
    lists.push_back(expect(Kind::fetch_page, kStart));
  }
  EXPECT_FALSE(scheduler_.next(kStart));
  const auto refills = scheduler_.refills();
  EXPECT_EQ(std::count_if(refills.begin(), refills.end(), [](const auto& r) { return r.host == "h8.example"; }), 1)
      << "for its pages, which do not wait for its sitemaps";
  give_known("pages.example", {"http://pages.example/1"});
  expect(Kind::fetch_page, kStart);
  lists.pop_back();  // all that it names is in the frontier
  EXPECT_EQ(expect(Kind::load_robots, kStart + 1s).host, "h8.example");
}

TEST_F(SchedulerTest, AHostIsForgottenOnlyWhenNothingIsLeftOfIt) {
  give_known("a.example", {"http://a.example/1"});
  scheduler_.sweep(kStart + 1h);
  EXPECT_EQ(scheduler_.host_count(), 1u);  // a URL waits
  expect(Kind::fetch_page, kStart);
  scheduler_.sweep(kStart + 1h);
  EXPECT_EQ(scheduler_.host_count(), 1u);  // in flight
  answer("a.example", kStart);
  scheduler_.sweep(kStart + 1s);
  EXPECT_EQ(scheduler_.host_count(), 1u);  // its delay runs
  scheduler_.sweep(kStart + 1h);
  EXPECT_EQ(scheduler_.host_count(), 0u);
}

}  // namespace
}  // namespace crawler
