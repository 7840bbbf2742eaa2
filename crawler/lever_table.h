// The levers in force on the hosts of a worker's partitions, of hosts not in memory too, and when the next one ends.
// Pure: time comes in as an argument. Lives on its worker's thread; owned by the lever keeper.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "limiter/levers.h"

namespace crawler {

using HostLeversPtr = std::shared_ptr<const limiter::HostLevers>;  // null: none

class LeverTable {
 public:
  HostLeversPtr find(const std::string& host) const;
  void set(const std::string& host, int partition, limiter::HostLevers levers);  // empty ones: it is forgotten

  struct Ended {
    std::string host;
    int partition = 0;
    std::vector<limiter::LeverInForce> levers;  // that are in force no more
  };
  std::vector<Ended> take_ended(limiter::TimePoint now);

  std::vector<std::string> hosts_of(int partition) const;
  void forget(int partition);
  void visit(const std::function<void(const std::string& host, const limiter::HostLevers&)>& visitor) const;

  struct Counts {
    std::size_t paused = 0, slowed = 0, blocked = 0;  // hosts; one may be counted more than once
  };
  const Counts& counts() const { return counts_; }

 private:
  struct Entry {
    int partition;
    HostLeversPtr levers;
  };
  void erase(std::unordered_map<std::string, Entry>::iterator entry);
  void count(const limiter::HostLevers& levers, int by);

  std::unordered_map<std::string, Entry> entries_;
  std::set<std::pair<limiter::TimePoint, std::string>> ends_;  // of those that end by themselves
  Counts counts_;
};

}  // namespace crawler
