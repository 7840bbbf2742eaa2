// Brings operators' orders from Redis into force on a worker's hosts: all of a partition before anything of it starts,
// single ones when the news tell of them; and ends those whose time is over.
// Lives on its worker's loop thread; owned by the worker.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "crawler/committer.h"
#include "crawler/counters.h"
#include "crawler/lever_table.h"
#include "crawler/scheduler.h"
#include "crawler/settler.h"
#include "frontier/frontier.h"
#include "storage/segment.h"

namespace crawler {

class LeverKeeper {
 public:
  struct Parts {  // all outlive the keeper
    Scheduler& scheduler;
    frontier::RedisFrontier& frontier;
    Settler& settler;
    storage::Segment& segment;
    Committer& committer;
    WorkerCounters& counters;
    std::string daemon;
    std::function<void()> wake;  // the worker: something may be due now
  };
  explicit LeverKeeper(Parts parts) : p_(std::move(parts)) {}

  void load(int partition, std::function<void()> done);
  void look(int partition, const std::string& host);  // its orders have changed
  void forget(int partition) { table_.forget(partition); }
  void tick();  // each 100 ms

  HostLeversPtr of(const std::string& host) const { return table_.find(host); }
  const LeverTable& table() const { return table_; }
  void note(const std::string& line);  // into the log of orders

 private:
  void read(int partition, const std::string& host, const std::vector<frontier::LeverText>& texts,
            std::chrono::milliseconds store_now);
  void put_in_force(const std::string& host, int partition);
  void ended(const std::string& host, const limiter::LeverInForce& lever);

  Parts p_;
  LeverTable table_;
};

}  // namespace crawler
