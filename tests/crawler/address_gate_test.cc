// The worker's side of the gate of addresses, against a real Redis.
#include "crawler/address_gate.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "crawler/boot_clock.h"
#include "tests/frontier/frontier_fixture.h"

namespace crawler {
namespace {

using namespace std::chrono_literals;
using limiter::TimePoint;

Duration g_behind{};  // how far our clock is behind
TimePoint test_now() {
  return boot_now() - g_behind;
}

constexpr Duration kDelay = 100ms;

class GateTest : public frontier::testing::FrontierTest {
 protected:
  struct Worker {
    Worker(frontier::RedisFrontier& frontier, AddressGateOptions options)
        : gate(frontier, std::move(options), [this](const std::string& host, TimePoint at) { turns[host] = at; }) {}
    AddressGate gate;
    std::map<std::string, TimePoint> turns;                   // as last told
    std::map<std::uint64_t, std::optional<TimePoint>> heard;  // by request: answers
    bool in(std::uint64_t id) const { return heard.contains(id) && !heard.at(id); }
  };

  void SetUp() override {
    g_behind = {};
    FrontierTest::SetUp();
  }

  static AddressGateOptions options(const std::string& claimant) {
    AddressGateOptions o;
    o.delay = kDelay;
    o.exempt = {*web::Cidr::parse("198.51.100.0/24")};
    o.claimant = claimant;
    o.longest_request = 5s;
    o.longest_start = 2s;
    o.now = test_now;
    return o;
  }
  void TearDown() override { client_.reset(); }  // while there is somebody to hear of what it never answered

  Worker* worker(const std::string& claimant) {
    return workers_.emplace_back(std::make_unique<Worker>(*frontier_, options(claimant))).get();
  }
  // One that has got over its first doubt.
  Worker* settled(const std::string& claimant) {
    auto* w = worker(claimant);
    enter(*w, 999, "first." + claimant, "203.0.113.9");
    EXPECT_TRUE(w->heard.at(999)) << "what a connection that is new tells of the past is not relied on";
    EXPECT_GE(*w->heard.at(999), test_now() + kDelay / 2);
    pass(kDelay + 20ms);
    w->turns.clear();
    return w;
  }

  static sockaddr_storage address(const std::string& text) { return *web::parse_address(text, 80); }

  void ask(Worker& w, std::uint64_t id, const std::string& host, const std::string& ip = "192.0.2.1") {
    const auto to = address(ip);
    w.gate.enter(id, host, reinterpret_cast<const sockaddr*>(&to),
                 [&w, id](std::optional<TimePoint> wait_until) { w.heard[id] = wait_until; });
  }
  void enter(Worker& w, std::uint64_t id, const std::string& host, const std::string& ip = "192.0.2.1") {
    ask(w, id, host, ip);
    until([&] { return w.heard.contains(id); });
  }
  // Comes again whenever it is its turn, until it is in. Returns how often it asked.
  int come_in(Worker& w, std::uint64_t& id, const std::string& host) {
    for (int times = 1; times < 50; ++times) {
      enter(w, ++id, host);
      if (w.in(id)) return times;
      w.turns.erase(host);
      const TimePoint at = *w.heard.at(id);
      until([&] { return test_now() >= (w.turns.contains(host) ? w.turns.at(host) : at); });
    }
    ADD_FAILURE() << host << " was never let in";
    return 0;
  }
  template <typename Condition>
  void until(Condition condition) {
    ASSERT_TRUE(client_->run_until(condition));
  }
  void pass(Duration d) {
    const TimePoint at = boot_now() + d;
    until([&] { return boot_now() >= at; });
  }
  std::int64_t scripts_run() {
    const std::string info = client_->ask({"INFO", "commandstats"}).text;
    const std::string name = "cmdstat_evalsha:calls=";
    const auto at = info.find(name);
    return at == info.npos ? 0 : std::stoll(info.substr(at + name.size()));
  }

  std::vector<std::unique_ptr<Worker>> workers_;
};

TEST_F(GateTest, OffOrExemptItGuardsNothing) {
  const auto ours = address("192.0.2.1"), shared = address("198.51.100.7");
  const auto guards = [](AddressGate& gate, const sockaddr_storage& to) {
    return gate.guards(reinterpret_cast<const sockaddr*>(&to));
  };
  auto* on = worker("a");
  EXPECT_TRUE(guards(on->gate, ours));
  EXPECT_FALSE(guards(on->gate, shared));
  AddressGateOptions none = options("a");
  none.delay = Duration(0);
  Worker off(*frontier_, none);
  EXPECT_FALSE(guards(off.gate, ours));
  EXPECT_TRUE(off.gate.may_send(1, test_now())) << "what never asked is free to go";
}

TEST_F(GateTest, HostsOfOneWorkerStandInLineWithoutAskingRedis) {
  auto* w = settled("a");
  enter(*w, 1, "one");
  ASSERT_TRUE(w->in(1));
  const auto before = scripts_run();
  for (std::uint64_t id = 2; id < 100; ++id) {
    ask(*w, id, "host" + std::to_string(id));
    ASSERT_TRUE(w->heard.contains(id) && w->heard.at(id)) << "answered at once: not yet";
  }
  EXPECT_EQ(scripts_run(), before);
  const TimePoint first_byte = test_now();
  w->gate.leave(1, first_byte);
  until([&] { return w->turns.contains("host2"); });
  EXPECT_GE(w->turns.at("host2"), first_byte + kDelay);
  EXPECT_EQ(w->turns.size(), 1u) << "one after the other";
}

TEST_F(GateTest, WhatWasNotSentLeavesItOpen) {
  auto* w = settled("a");
  enter(*w, 1, "one");
  ask(*w, 2, "two");
  w->gate.leave(1, std::nullopt);
  until([&] { return w->turns.contains("two"); });
  EXPECT_LE(w->turns.at("two"), test_now() + 1ms);
  enter(*w, 3, "two");
  EXPECT_TRUE(w->in(3));
}

TEST_F(GateTest, WhoEndsBeforeRedisHasAnsweredIsLetOutAgain) {
  auto* w = settled("a");
  ask(*w, 1, "one");
  w->gate.leave(1, std::nullopt);
  ask(*w, 2, "two");
  until([&] { return w->turns.contains("two"); });
  EXPECT_FALSE(w->heard.contains(1)) << "nobody hears of it";
  enter(*w, 3, "two");
  EXPECT_TRUE(w->in(3));
}

TEST_F(GateTest, WhoDoesNotComeLosesItsTurnToTheNext) {
  auto* w = settled("a");
  enter(*w, 1, "one");
  ask(*w, 2, "gone");
  ask(*w, 3, "three");
  w->gate.leave(1, std::nullopt);
  until([&] {
    w->gate.tick();
    return w->turns.contains("three");
  });
  enter(*w, 4, "three");
  EXPECT_TRUE(w->in(4));
}

TEST_F(GateTest, TwoWorkersShareAnAddressByTurns) {
  auto *a = settled("a"), *b = settled("b");
  std::uint64_t ids = 0;
  int asked = 0;
  std::optional<TimePoint> last;
  for (int turn = 0; turn < 6; ++turn) {
    Worker& w = turn % 2 == 0 ? *a : *b;
    asked += come_in(w, ids, "one");
    EXPECT_TRUE(w.gate.may_send(ids, test_now()));
    const TimePoint sent = test_now();
    EXPECT_TRUE(!last || sent >= *last + kDelay);
    last = sent;
    w.gate.leave(ids, sent);
  }
  EXPECT_LE(asked, 16);
}

TEST_F(GateTest, AnEntryThatIsTooOldIsNotSent) {
  auto* w = settled("a");
  enter(*w, 1, "one");
  EXPECT_TRUE(w->gate.may_send(1, test_now()));
  EXPECT_FALSE(w->gate.may_send(1, test_now() + 2100ms));
}

// Redis came back without what it had been told last. (The connection is the same one here; it is told otherwise.)
TEST_F(GateTest, AfterALossWhoIsInsideSaysSoAndNobodyEntersForADelay) {
  auto *a = settled("a"), *b = settled("b");
  enter(*a, 1, "one");
  ASSERT_TRUE(a->in(1));
  const std::string key = frontier_->keys().address("192.0.2.1");
  client_->ask({"DEL", key});
  a->gate.redis_is_back();
  EXPECT_FALSE(a->gate.may_send(1, test_now())) << "nobody knows yet";
  until([&] { return a->gate.may_send(1, test_now()); });
  b->gate.redis_is_back();
  const TimePoint asked = test_now();
  enter(*b, 1, "two", "192.0.2.77");
  ASSERT_TRUE(b->heard.at(1)) << "of another address the past is not known either";
  EXPECT_GE(*b->heard.at(1), asked + kDelay);
  pass(kDelay + 20ms);
  enter(*b, 2, "two", "192.0.2.77");
  EXPECT_TRUE(b->in(2));
  enter(*b, 3, "three");
  EXPECT_FALSE(b->in(3));
}

TEST_F(GateTest, WhoseHoldWasLostAndTakenByAnotherDoesNotSend) {
  auto *a = settled("a"), *b = settled("b");
  enter(*a, 1, "one");
  const std::string key = frontier_->keys().address("192.0.2.1");
  client_->ask({"DEL", key});
  enter(*b, 1, "two");
  ASSERT_TRUE(b->in(1));
  a->gate.redis_is_back();
  client_->ask({"PING"});
  EXPECT_FALSE(a->gate.may_send(1, test_now()));
  a->gate.leave(1, std::nullopt);
  client_->ask({"PING"});
  enter(*a, 2, "three");
  EXPECT_FALSE(a->in(2)) << "the other one was not put out";
}

// Redis' clock goes ahead: to a worker that is as if its own had stood still.
TEST_F(GateTest, AClockThatStepsAheadOpensNothing) {
  auto *a = settled("a"), *b = settled("b");
  enter(*a, 1, "one");
  a->gate.leave(1, test_now());
  until([&] { return client_->connection().unanswered() == 0; });
  const std::string key = frontier_->keys().address("192.0.2.1");
  client_->ask({"HSET", key, "closed", "0"});
  const TimePoint stood = test_now();
  pass(300ms);
  g_behind = boot_now() - stood;
  const TimePoint asked = test_now();
  enter(*b, 2, "two");
  ASSERT_TRUE(b->heard.at(2));
  EXPECT_GE(*b->heard.at(2), asked + kDelay);
  pass(kDelay + 20ms);
  std::uint64_t ids = 10;
  come_in(*b, ids, "two");
}

}  // namespace
}  // namespace crawler
