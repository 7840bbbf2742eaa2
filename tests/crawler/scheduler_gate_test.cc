// The scheduler's part in the gate of addresses: what was decided and could not be started.
#include "tests/crawler/scheduler_fixture.h"

namespace crawler {
namespace {

TEST_F(SchedulerTest, AHostWaitsForItsAddressAsIfNothingHadBeenDecided) {
  give_known("a.example", {"http://a.example/1", "http://a.example/2"});
  Decision page = expect(Kind::fetch_page, kStart);
  const Host& host = *scheduler_.find("a.example");
  EXPECT_EQ(state_of(host, kStart), HostState::in_flight);
  EXPECT_TRUE(scheduler_.not_started(page, kStart + 3s, kStart));
  EXPECT_EQ(state_of(host, kStart), HostState::waiting);
  EXPECT_FALSE(scheduler_.next(kStart + 2999ms));
  EXPECT_EQ(expect(Kind::fetch_page, kStart + 3s).url.href(), "http://a.example/1") << "its place is kept";
  answer("a.example", kStart + 3s);
  EXPECT_EQ(scheduler_.next_due(), kStart + 4s) << "the host's own delay goes on";
}

TEST_F(SchedulerTest, ItsTurnAtTheAddressMayBeSetToAnotherTime) {
  give_known("a.example", {"http://a.example/1"});
  Decision page = expect(Kind::fetch_page, kStart);
  ASSERT_TRUE(scheduler_.not_started(page, kStart + 60s, kStart));
  scheduler_.wait_for_address("a.example", kStart + 2s, kStart);
  EXPECT_EQ(scheduler_.next_due(), kStart + 2s);
  scheduler_.wait_for_address("unknown.example", kStart, kStart);
}

TEST_F(SchedulerTest, ARobotsTxtThatWasNotStartedIsAskedAtTheNextTurn) {
  give("a.example", {"http://a.example/1"});
  expect(Kind::load_robots, kStart);
  scheduler_.robots_loaded("a.example", "http://a.example", std::nullopt, kStart, kWall);
  Decision robots = expect(Kind::fetch_robots, kStart);
  ASSERT_TRUE(scheduler_.not_started(robots, kStart + 1s, kStart));
  EXPECT_FALSE(scheduler_.next(kStart));
  EXPECT_EQ(expect(Kind::fetch_robots, kStart + 1s).url.href(), "http://a.example/robots.txt");
}

TEST_F(SchedulerTest, AnErrandThatWasNotStartedIsRunAtTheNextTurn) {
  const web::Url url = *web::parse_url("http://a.example/rules");
  scheduler_.errand("a.example", kPartition, {"http://b.example", "1 http://a.example/rules"}, url, kStart);
  scheduler_.refills();
  scheduler_.taken("a.example", "", {}, false, kStart, kWall);
  Decision errand = expect(Kind::fetch_robots, kStart);
  ASSERT_NE(errand.errand, 0u);
  ASSERT_TRUE(scheduler_.not_started(errand, kStart + 1s, kStart));
  EXPECT_FALSE(scheduler_.next(kStart));
  EXPECT_EQ(expect(Kind::fetch_robots, kStart + 1s).errand, errand.errand);
}

TEST_F(SchedulerTest, AHostThatIsHandedOverTakesNothingBack) {
  give_known("a.example", {"http://a.example/1"});
  Decision page = expect(Kind::fetch_page, kStart);
  scheduler_.leave(kPartition);
  EXPECT_FALSE(scheduler_.not_started(page, kStart + 1s, kStart));
  EXPECT_TRUE(page.ready) << "the caller settles it";
}

TEST_F(SchedulerTest, APausedHostTakesNothingBackEither) {
  give_known("a.example", {"http://a.example/1"});
  Decision page = expect(Kind::fetch_page, kStart);
  limiter::HostLevers levers;
  levers.set({limiter::LeverKind::pause, {.id = "id"}});
  scheduler_.set_levers("a.example", std::make_shared<const limiter::HostLevers>(levers), kStart);
  EXPECT_FALSE(scheduler_.not_started(page, kStart + 1s, kStart));
  EXPECT_TRUE(page.ready);
}

}  // namespace
}  // namespace crawler
