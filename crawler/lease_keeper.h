// Holds this daemon's partitions: heartbeat, fair share, take-over of the dead, and dealing them to the workers.
// Lives on the control loop; owned by the daemon.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "crawler/shared.h"
#include "crawler/worker.h"
#include "frontier/dead_daemons.h"
#include "frontier/frontier.h"
#include "frontier/lease_table.h"

namespace crawler {

class LeaseKeeper {
 public:
  struct Parts {  // all outlive the keeper
    Shared& shared;
    frontier::RedisFrontier& frontier;
    std::vector<std::unique_ptr<Worker>>& workers;
    std::function<void(std::function<void()>)> post;  // to the control loop, from a worker
    std::function<void(int partition, bool ours)> changed;
  };
  LeaseKeeper(Parts parts, frontier::Owner self);

  // Each lease_ttl / 3: says that we live, looks at the others, takes and gives. False: not now, the last look is not
  // over or Redis cannot be asked.
  bool beat();
  bool settled() const { return looked_; }  // the first look was acted upon
  std::size_t owned() const { return owned_.size(); }
  Worker& worker_of(int partition) { return *p_.workers[static_cast<std::size_t>(partition) % p_.workers.size()]; }

  // Where keys were lost: takes again what is ours and nobody holds.
  void reclaim(std::function<void()> done);

  // Gives everything back, after the workers have stopped.
  void release_all(std::function<void()> done);

 private:
  struct Look;
  void look(std::shared_ptr<Look> seen);
  void act(const Look& look);
  void drop_lost(const Look& look);
  void adopt(const Look& look);
  void acquire(const frontier::LeaseTable::Claim& claim, const Look& look);
  Duration strange_for() const;
  void acquired(const frontier::LeaseTable::Claim& claim, bool won, Duration quiet);
  void release(int partition);

  enum class Hold { held, leaving };
  Parts p_;
  frontier::Owner self_;
  frontier::LeaseTable table_;
  frontier::DeadDaemons dead_;
  std::map<int, Hold> owned_;
  std::set<int> under_way_;  // being taken, or given back
  limiter::TimePoint strange_until_{};
  bool looking_ = false, looked_ = false, released_ = false;
};

}  // namespace crawler
