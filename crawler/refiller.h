// Takes the next URLs of a worker's hosts, and sees to it that what they have queued beyond those is packed
// (docs/decisions/0013-packed-queues.md). For a host one thing at a time is under way.
// Lives on its worker's loop thread; owned by the partition keeper.
#pragma once

#include <array>
#include <functional>
#include <string>

#include "crawler/scheduler.h"
#include "crawler/settler.h"
#include "frontier/frontier.h"

namespace crawler {

class Refiller {
 public:
  struct Parts {  // all outlive the refiller
    Scheduler& scheduler;
    frontier::RedisFrontier& frontier;
    Settler& settler;
    std::function<void()> wake;      // the worker: something may be due now
    std::function<bool()> stopping;  // paused or draining: what is taken goes back at once
  };
  explicit Refiller(Parts parts) : p_(std::move(parts)) {}

  void refill();                                       // each turn: the hosts that run low
  void grown(int partition, const std::string& host);  // its queue has become longer
  std::size_t under_way(int partition) const { return under_way_[static_cast<std::size_t>(partition)]; }

 private:
  void heard(const Scheduler::Refill& refill, frontier::Taken taken);
  void deliver(const Scheduler::Refill& refill, frontier::Taken taken);
  void tell(frontier::Repacked answer, const std::string& host) const;

  Parts p_;
  std::array<std::size_t, frontier::kPartitions> under_way_{};
};

}  // namespace crawler
