// Keeps what this worker holds of the frontier (taken and not settled), and settles it: with the host's state, fenced.
// Lives on its worker's loop thread; owned by the worker.
#pragma once

#include <array>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "crawler/counters.h"
#include "crawler/permits.h"
#include "crawler/scheduler.h"
#include "frontier/frontier.h"

namespace crawler {

class Settler {
 public:
  struct Events {
    std::function<void()> settled;                                 // Redis has answered: permits came back
    std::function<void(int partition, limiter::TimePoint)> waits;  // a URL waits for its retry until then
  };
  Settler(frontier::RedisFrontier& frontier, Scheduler& scheduler, Events events)
      : frontier_(frontier), scheduler_(scheduler), events_(std::move(events)) {}

  void hold(const std::string& id, int partition);
  bool holds(const std::string& id) const { return held_.contains(id); }
  std::size_t held() const { return held_.size(); }
  std::size_t held_of(int partition) const { return by_partition_[static_cast<std::size_t>(partition)]; }

  // Settles URLs of one host. What they held is given back when Redis has answered; the permit with it. Then `done` is
  // called, if it is given, with whether they were ours to settle.
  void settle(const std::string& host, int partition, std::vector<frontier::Settlement> settlements, Permit permit = {},
              std::function<void(bool ours)> done = {});
  // Of a URL that Redis is told nothing of: it holds it as it was taken, or not at all any more.
  void let_go(const std::string& id);
  void put_back(const std::string& host, int partition, std::vector<frontier::Record> records);
  void save_state(const std::string& host, int partition);  // of a host that was asked for robots.txt only

 private:
  std::string changed_state(const std::string& host);

  frontier::RedisFrontier& frontier_;
  Scheduler& scheduler_;
  Events events_;
  std::unordered_map<std::string, int> held_;  // Record::id -> partition
  std::array<std::size_t, frontier::kPartitions> by_partition_{};
};

}  // namespace crawler
