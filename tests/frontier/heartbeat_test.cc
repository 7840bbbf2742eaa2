// RedisFrontier: the heartbeats by which daemons know each other to live, and a daemon its Redis again.
#include <string>
#include <utility>

#include "tests/frontier/frontier_fixture.h"

namespace frontier {
namespace {

using ::testing::ElementsAre;
using testing::FrontierTest;
using ::testing::Pair;

class Heartbeat : public FrontierTest {
 protected:
  Beaten beat(Beat wanted = {}) {
    return wait<Beaten>([&](auto done) { frontier_->beat(wanted, done); });
  }
  void leave() {
    wait<bool>([&](auto done) { frontier_->leave([done] { done(true); }); });
  }
  using Seen = std::pair<std::string, std::uint64_t>;
  Seen witness() {
    return wait<Seen>([&](auto done) {
      frontier_->witness([done](std::string epoch, std::uint64_t beats) { done({std::move(epoch), beats}); });
    });
  }
};

TEST_F(Heartbeat, TheFirstOfALifeGoesOnWhereTheLastLifeStood) {
  EXPECT_EQ(beat().now, 1u);
  EXPECT_EQ(beat().found, 1u);
  EXPECT_THAT(beat().all, ElementsAre(Pair("daemon", "3")));
}

TEST_F(Heartbeat, ABeatThatIsSentAgainBeatsOnce) {
  EXPECT_EQ(beat({5, 0}).now, 5u);
  const Beaten again = beat({5, 0});
  EXPECT_EQ(again.found, 5u);
  EXPECT_EQ(again.now, 5u);
}

TEST_F(Heartbeat, AnOlderStateStaysAsItWasFound) {
  beat({50, 0});
  const Beaten beaten = beat({100, 96});
  EXPECT_EQ(beaten.found, 50u);
  EXPECT_EQ(beaten.now, 50u);
  EXPECT_EQ(witness().second, 50u);
}

TEST_F(Heartbeat, WhatWasNotSyncedIsMadeGoodAtTheNextBeat) {
  beat({97, 0});
  EXPECT_EQ(beat({100, 96}).found, 97u);
  EXPECT_EQ(witness().second, 100u);
}

TEST_F(Heartbeat, WhoLeavesKeepsItsCounterAndSaysSo) {
  beat({7, 0});
  leave();
  leave();
  auto other = make("another 1");
  const auto seen = wait<Beaten>([&](auto done) { other->beat({}, done); });
  EXPECT_THAT(seen.all, ElementsAre(Pair("another", "1"), Pair("daemon", "-7")));
  EXPECT_EQ(witness().second, 7u) << "still the Redis that it knows";
  const Beaten back = beat();
  EXPECT_EQ(back.found, 7u);
  EXPECT_EQ(back.all.at("daemon"), "8");
}

TEST_F(Heartbeat, WhoNeverBeatLeavesNothing) {
  leave();
  EXPECT_EQ(witness().second, 0u);
  EXPECT_EQ(beat().now, 1u);
}

TEST_F(Heartbeat, AnEpochThatCouldNotBeReadIsNotTakenForNone) {
  const std::string meta = frontier_->keys().meta();
  client_->ask({"SET", meta, "of a wrong type"});
  std::optional<std::string> heard;
  frontier_->witness([&](std::string epoch, std::uint64_t) { heard = std::move(epoch); });
  client_->ask({"PING"});
  EXPECT_FALSE(heard) << "an emptied Redis is no such thing";
  client_->ask({"DEL", meta});
  client_->ask({"HSET", meta, "epoch", "one"});
  ASSERT_TRUE(client_->run_until([&] { return heard.has_value(); }));
  EXPECT_EQ(*heard, "one");
}

}  // namespace
}  // namespace frontier
