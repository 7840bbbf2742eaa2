// Keeps a worker's partitions fed: loads a partition when it becomes ours, polls its news, wakes its waiting URLs, has
// its hosts refilled, and gives it back.
// Lives on its worker's loop thread; owned by the worker.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "crawler/counters.h"
#include "crawler/lever_keeper.h"
#include "crawler/refiller.h"
#include "crawler/robots_errands.h"
#include "crawler/scheduler.h"
#include "crawler/settler.h"
#include "crawler/shared.h"
#include "frontier/frontier.h"

namespace crawler {

class PartitionKeeper {
 public:
  struct Parts {  // all outlive the keeper
    Shared& shared;
    Scheduler& scheduler;
    frontier::RedisFrontier& frontier;
    Settler& settler;
    RobotsErrands& errands;
    LeverKeeper& levers;
    WorkerCounters& counters;
    std::function<void()> wake;                         // the worker: something may be due now
    std::function<std::size_t(int partition)> flights;  // requests of a partition under way
    std::function<void(int partition)> cut;             // ends them
    std::function<bool()> stopping;                     // paused or draining: what is taken goes back at once
  };
  explicit PartitionKeeper(Parts parts)
      : p_(std::move(parts)), refiller_({p_.scheduler, p_.frontier, p_.settler, p_.wake, p_.stopping}) {}

  void own(int partition, limiter::Ownership owned);        // while an earlier hold is not over: as soon as it is
  void give_up(int partition, std::function<void()> done);  // answers when nothing of it is in flight any more
  void lose(int partition);                                 // another has it: what is under way is cut

  void poll(int partition);                                // its news, now
  void poll_all();                                         // each frontier.news_interval
  void refill() { refiller_.refill(); }                    // each turn
  void expect_wake(int partition, limiter::TimePoint at);  // a URL of it was sent to wait until then
  void reload();  // after a reconnect: compare what Redis and we hold in flight
  void recall();  // before it, where Redis is not as we knew it: of our hosts, what it knows and what it does not

  bool loading() const { return loading_ > 0; }  // nothing is taken or started meanwhile
  std::size_t count() const { return partitions_.size(); }
  void finish_leaving();  // each turn

 private:
  struct Partition {
    bool loaded = false, polling = false, waking = false;
    limiter::TimePoint next_wake{};               // when a waiting URL may fall due; max: none waits
    std::function<void()> leaving;                // to be called when empty
    std::optional<limiter::Ownership> returning;  // ours again, once it is
  };
  void load(int partition);
  void load_hosts(int partition);
  void wake_waiting(int partition, Partition& state);
  std::string host_of(const std::string& url) const;

  Parts p_;
  Refiller refiller_;
  std::map<int, Partition> partitions_;
  int loading_ = 0;
};

}  // namespace crawler
