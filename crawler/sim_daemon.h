// A daemon of a simulation: the real scheduler with its gates, robots states, breakers and budgets, on made-up time,
// made-up network and made-up frontier. It decides nothing that the real one decides elsewhere.
// Single-threaded; owned by the simulation.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "crawler/network.h"
#include "crawler/next_for_url.h"
#include "crawler/scheduler.h"
#include "crawler/sim_clock.h"
#include "crawler/sim_frontier.h"
#include "crawler/sim_web.h"

namespace crawler {

class SimDaemon {
 public:
  struct World {  // all outlive the daemon
    SimClock& clock;
    SimDice& dice;
    SimWeb& web;
    SimFrontier& frontier;
    const SimOptions& options;
    const bool& outage;
    std::uint64_t& repeats;  // answers whose settlement was lost
    std::uint64_t& next_id;  // of requests, over all daemons
    std::string machine;     // its clock is its own; hosts do not trust another's
  };
  explicit SimDaemon(World world);

  void own(int partition, bool in_doubt);
  void give_up(int partition);  // an orderly hand-over: ours until nothing of it is in flight
  bool holds(int partition) const { return partitions_.contains(partition); }  // by the frontier's fence
  void stall(limiter::TimePoint until);  // stopped by the machine; what comes meanwhile waits
  void lose(int partition);              // taken over by another while we stood still; noticed when we look again
  void kill();                           // at once; nothing is settled any more
  bool alive() const { return alive_; }
  const std::set<int>& partitions() const { return partitions_; }

 private:
  struct Flight {
    Decision decision;
    bool probe = false;
    limiter::TimePoint begun{}, sent{};
    std::optional<limiter::TimePoint> entered;  // the gate of its address
  };
  static constexpr limiter::Duration kRoundTrip = std::chrono::milliseconds(1);  // of Redis

  void turn();
  void refill();
  void notice();
  void forget(int partition);
  void leave_unheard(int partition);                               // -1: all
  void later(limiter::Duration wait, std::function<void()> what);  // unless we die; when we stand still, afterwards
  // sim_daemon_request.cc
  void start(Decision decision);
  bool enter(std::uint64_t id);  // through the gate of its address
  void send(std::uint64_t id);
  void arrive(std::uint64_t id);
  void end(std::uint64_t id, SimReply reply);
  void finish_robots(const Flight& flight, const SimReply& reply, bool our_own);
  void finish_page(Flight flight, const SimReply& reply, bool our_own);
  void settle(const std::string& host, Next next, Outcome outcome, frontier::Record record);
  void save(const std::string& host);

  World w_;
  Scheduler scheduler_;
  Network network_{std::nullopt};
  std::map<std::uint64_t, Flight> flights_;
  std::set<int> partitions_, leaving_;
  std::set<int> lost_;                    // not noticed yet
  std::multiset<std::string> unsettled_;  // hosts with answers that are not written down yet
  std::uint64_t outages_ = 0;
  limiter::TimePoint stalled_until_{}, turn_at_ = limiter::TimePoint::max();
  bool alive_ = true, fresh_ = true;
  std::shared_ptr<bool> life_ = std::make_shared<bool>(true);
};

}  // namespace crawler
