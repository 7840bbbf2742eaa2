// The gate of addresses, against a real Redis: by its own clock, since that is what decides.
#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "tests/frontier/frontier_fixture.h"

namespace frontier {
namespace {

using namespace std::chrono_literals;
using std::chrono::microseconds;

class AddressGateTest : public testing::FrontierTest {
 protected:
  using Clock = std::chrono::steady_clock;

  AddressClaim claim(const std::string& claimant, int n, microseconds delay = 100ms, microseconds longest = 10s) {
    return {claimant, claimant + ":" + std::to_string(n), delay, longest};
  }
  AddressAnswer enter(const AddressClaim& c) {
    return wait<AddressAnswer>([&](auto done) { frontier_->enter_address("192.0.2.1", c, done); });
  }
  AddressAnswer hold(const AddressClaim& c) {
    return wait<AddressAnswer>([&](auto done) { frontier_->hold_address("192.0.2.1", c, done); });
  }
  AddressAnswer leave(const AddressClaim& c, microseconds closed_for, bool again = false) {
    return wait<AddressAnswer>([&](auto done) { frontier_->leave_address("192.0.2.1", c, closed_for, again, done); });
  }
  void pass(Clock::time_point until) {
    EXPECT_TRUE(client_->run_until([&] { return Clock::now() >= until; }));
  }
  // Asks as often as it is told to, until it is inside. Returns how often.
  int come_in(const AddressClaim& c) {
    const auto deadline = Clock::now() + 10s;
    for (int times = 1;; ++times) {
      const AddressAnswer answer = enter(c);
      if (answer.inside) return times;
      if (Clock::now() > deadline) {
        ADD_FAILURE() << "not inside after " << times << " questions";
        return times;
      }
      const auto until = Clock::now() + answer.wait;
      pass(until);
    }
  }
};

TEST_F(AddressGateTest, OneIsInsideAtATime) {
  EXPECT_TRUE(enter(claim("a", 1)).inside);
  EXPECT_FALSE(enter(claim("b", 1)).inside);
  EXPECT_FALSE(enter(claim("a", 2)).inside) << "nor a second one of the same worker";
  EXPECT_TRUE(leave(claim("a", 1), 0us).inside);
}

TEST_F(AddressGateTest, AnotherAddressIsAnotherGate) {
  EXPECT_TRUE(enter(claim("a", 1)).inside);
  const auto other =
      wait<AddressAnswer>([&](auto done) { frontier_->enter_address("2001:db8::1", claim("b", 1), done); });
  EXPECT_TRUE(other.inside);
}

TEST_F(AddressGateTest, AfterOneItStaysClosedForTheRestOfTheDelay) {
  EXPECT_TRUE(enter(claim("a", 1)).inside);
  const auto left = Clock::now();
  leave(claim("a", 1), 500ms);
  const AddressAnswer early = enter(claim("b", 1));
  EXPECT_FALSE(early.inside);
  EXPECT_GT(early.wait, 0us);
  EXPECT_LE(early.wait, 500ms);
  EXPECT_LE(come_in(claim("b", 1)), 2);
  EXPECT_GE(Clock::now() - left, 500ms);
}

// What was sent before the connection broke is sent again.
TEST_F(AddressGateTest, ARepeatChangesNothing) {
  EXPECT_TRUE(enter(claim("a", 1)).inside);
  EXPECT_TRUE(enter(claim("a", 1)).inside);
  EXPECT_TRUE(leave(claim("a", 1), 0us).inside);
  EXPECT_FALSE(leave(claim("a", 1), 1s).inside) << "it is out already";
  EXPECT_TRUE(enter(claim("b", 1)).inside);
  EXPECT_FALSE(leave(claim("a", 1), 0us).inside) << "the other one is not put out";
  EXPECT_FALSE(enter(claim("c", 1)).inside);
}

TEST_F(AddressGateTest, WhoIsInsideAndWasForgottenGoesBeforeAllWhoWait) {
  EXPECT_TRUE(enter(claim("a", 1)).inside);
  EXPECT_FALSE(enter(claim("b", 1)).inside);
  EXPECT_TRUE(hold(claim("a", 1)).inside) << "nothing was forgotten";
  EXPECT_FALSE(hold(claim("b", 1)).inside) << "it was never in";
  const std::string key = frontier_->keys().address("192.0.2.1");
  client_->ask({"HDEL", key, "holder", "entered", "closed"});
  EXPECT_TRUE(hold(claim("a", 1)).inside);
  EXPECT_FALSE(enter(claim("b", 1)).inside);
  client_->ask({"DEL", key});
  EXPECT_TRUE(enter(claim("c", 1)).inside);
  EXPECT_FALSE(hold(claim("a", 1)).inside) << "somebody else is in";
}

TEST_F(AddressGateTest, ADeadOneFreesItWhenItsHoldIsOver) {
  const auto since = Clock::now();
  EXPECT_TRUE(enter(claim("dead", 1, 20ms, 150ms)).inside);
  come_in(claim("b", 1, 20ms, 150ms));
  EXPECT_GE(Clock::now() - since, 150ms);
  EXPECT_LE(Clock::now() - since, 2s);
  EXPECT_FALSE(leave(claim("dead", 1, 20ms, 150ms), 0us).inside) << "too late to speak for the gate";
}

// Three workers with ever more to ask: they take turns, and nobody looks more than a few times a turn.
TEST_F(AddressGateTest, WorkersTakeTurnsInTheOrderInWhichTheyCame) {
  struct Worker {
    std::string name;
    Clock::time_point comes;
    int n = 0, inside = 0;
  };
  const auto delay = 20ms;
  std::vector<Worker> workers = {{"a", Clock::now()}, {"b", Clock::now()}, {"c", Clock::now()}};
  std::string order;
  int asked = 0;
  const auto begun = Clock::now();
  while (order.size() < 30) {
    auto& next = *std::min_element(workers.begin(), workers.end(),
                                   [](const Worker& x, const Worker& y) { return x.comes < y.comes; });
    pass(next.comes);
    const AddressClaim c = claim(next.name, next.n, delay);
    ++asked;
    AddressAnswer answer = enter(c);
    if (answer.inside) {
      order += next.name;
      answer = leave(c, delay, true);
      ++next.n;
    }
    next.comes = Clock::now() + answer.wait;
  }
  const auto took = Clock::now() - begun;
  for (const char* name : {"a", "b", "c"}) {
    EXPECT_NEAR(std::count(order.begin(), order.end(), *name), 10, 1) << order;
  }
  EXPECT_GE(took, 29 * delay);
  EXPECT_LE(asked, 100) << "about three questions a turn at most";
}

TEST_F(AddressGateTest, WhoDoesNotComeWhenItWasToldToLosesItsPlace) {
  EXPECT_TRUE(enter(claim("a", 1, 10ms)).inside);
  EXPECT_FALSE(enter(claim("gone", 1, 10ms)).inside);  // first in line, and never seen again
  EXPECT_FALSE(enter(claim("b", 1, 10ms)).inside);
  leave(claim("a", 1, 10ms), 0us);
  const auto since = Clock::now();
  come_in(claim("b", 1, 10ms));
  EXPECT_LE(Clock::now() - since, 1500ms);
}

// Redis' clock is set back by an hour: what it wrote down before lies far in the future.
TEST_F(AddressGateTest, AClockSetBackClosesItForNoLongerThanOneHold) {
  const std::string key = frontier_->keys().address("192.0.2.1");
  const std::string future = std::to_string(
      std::chrono::duration_cast<microseconds>((std::chrono::system_clock::now() + 1h).time_since_epoch()).count());
  const std::string place = future + " " + future;
  client_->ask({"HSET", key, "closed", future, "holder", "x:1", "entered", future, "w:y", place});
  const auto since = Clock::now();
  come_in(claim("b", 1, 20ms, 200ms));
  EXPECT_GE(Clock::now() - since, 190ms);
  EXPECT_LE(Clock::now() - since, 2s);
}

TEST_F(AddressGateTest, NothingIsLeftBehind) {
  EXPECT_TRUE(enter(claim("a", 1, 10ms, 100ms)).inside);
  leave(claim("a", 1, 10ms, 100ms), 10ms, true);
  const std::string key = frontier_->keys().address("192.0.2.1");
  const auto left = client_->ask({"PTTL", key}).integer;
  EXPECT_GT(left, 0);
  EXPECT_LE(left, 1000);
}

}  // namespace
}  // namespace frontier
