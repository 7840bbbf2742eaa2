// What the daemon tells the outside about itself: filled by the control loop, read by admin, CLI and Redis' status
// hash. A plain value, passed as shared_ptr<const Status>; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace crawler {

struct Books {
  std::int64_t discovered = 0, queued = 0, in_flight = 0, waiting = 0, done = 0, refused = 0;
};

struct JobStatus {
  Books books;
  bool finished = false;
  std::uint64_t bytes = 0;  // received for its pages, by all daemons
};

struct WorkerStatus {
  int id = 0;
  std::uint64_t processed = 0, failed = 0, in_flight = 0, queued = 0, partitions = 0;
  double loop_lag_ms = 0;
};

struct Status {
  std::string state = "running";  // running | draining | paused | waiting
  double uptime_s = 0;
  std::string mode;  // "crawl" | "serve"
  std::string version, user_agent, config_file, admin_address, instance;
  Books books;
  std::int64_t books_imbalance = 0;       // of the counters among themselves, and with the structures
  std::uint64_t partitions_compared = 0;  // with their structures, since the start
  std::map<std::string, std::int64_t> failed_by_reason, refused_by_reason, fates;
  std::map<std::string, std::uint64_t> fetches;  // by outcome
  std::map<std::string, std::uint64_t> hosts;    // by state
  std::map<std::string, std::uint64_t> traps;    // links refused as one by this daemon, by kind
  std::map<std::string, JobStatus> jobs;         // by name
  struct Levers {                                // hosts with an operator's order, in memory or not
    std::uint64_t paused = 0, slowed = 0, blocked = 0;
  } levers;
  std::uint64_t blocked_by_operator = 0;    // of hosts["blocked"]
  double pages_per_s = 0, bytes_per_s = 0;  // over the last 10 s
  std::string why_idle;                     // empty: not idle
  struct Seeds {
    std::int64_t accepted = 0, rejected = 0, duplicates = 0;
  } seeds;
  struct Redis {
    bool up = false;
    std::string address, error;  // secrets left out
    bool embedded = false, aof = false;
    std::uint64_t used_memory = 0, max_memory = 0;  // 0: nothing bounds it
    std::optional<std::chrono::seconds> full_in;    // at the rate of the last hour
  } redis;
  struct Storage {
    std::string dir, error;
    std::uint64_t written_bytes = 0, free_bytes = 0;
    std::uint64_t segments = 0;
  } storage;
  std::vector<WorkerStatus> workers;
  std::uint64_t violations = 0;
  std::vector<std::string> warnings;  // "AOF is off: ...", one line each
};
using StatusPtr = std::shared_ptr<const Status>;

}  // namespace crawler
