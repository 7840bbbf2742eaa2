// Which daemons are to be forgotten: those whose heart stood still for very long, and which own nothing. By the number
// of looks and not by time, so that none is forgotten which slept with us. Lives on the control loop; owned by the
// lease keeper.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "frontier/frontier.h"

namespace frontier {

class DeadDaemons {
 public:
  explicit DeadDaemons(std::int64_t looks) : most_(looks) {}

  // What a look has found: heartbeat counters, and the owner texts of all partitions. Answers daemons and counters.
  std::vector<std::pair<std::string, std::string>> look(const Heartbeats& heartbeats,
                                                        const std::vector<std::string>& owners);

 private:
  struct Stood {
    std::string counter;
    std::int64_t looks = 0;  // that found it so, one after the other
  };
  const std::int64_t most_;
  std::map<std::string, Stood> daemons_;  // as many as Redis holds
};

}  // namespace frontier
