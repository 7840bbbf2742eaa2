// A crawl of made-up hosts on made-up time, from a seed: the same seed lives the same day. Hours pass in seconds.
// It runs the real deciders (scheduler, gates, robots states, back-off, breakers, outage watch) and checks the promises
// from the servers' side; without faults it serves to plan a crawl.
// A plain function; any thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "crawler/sim_web.h"

namespace crawler {

struct SimResult {
  std::vector<std::string> broken;              // promises that were broken, a line each; at most a hundred
  std::map<std::string, std::uint64_t> faults;  // how often each kind happened
  std::map<std::string, std::uint64_t> fates;
  std::uint64_t requests = 0, urls = 0, fated = 0, repeats = 0;
  limiter::Duration lasted{};  // until the last request
  double pages_per_hour = 0;   // as long as it lasted
  double utilisation = 0;      // of the time in which hosts had work, the share that their delays explain
};

SimResult simulate(const SimOptions& options);

}  // namespace crawler
