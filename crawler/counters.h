// What one worker counts. One writer (the worker's thread), any number of relaxed readers (admin).
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>

#include "crawler/outcome.h"

namespace crawler {

// A count that one thread raises and others read.
class Counter {
 public:
  void add(std::uint64_t n = 1) { value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed); }
  void set(std::uint64_t n) { value_.store(n, std::memory_order_relaxed); }
  std::uint64_t get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

// Seconds in fixed buckets, as Prometheus wants them (cumulative on read).
class Histogram {
 public:
  static constexpr std::array<double, 10> kBounds = {0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60};
  void observe(std::chrono::nanoseconds value) {
    const double s = std::chrono::duration<double>(value).count();
    std::size_t i = 0;
    while (i < kBounds.size() && s > kBounds[i]) ++i;
    counts_[i].add();
    sum_ns_.add(static_cast<std::uint64_t>(value.count() > 0 ? value.count() : 0));
  }
  std::uint64_t bucket(std::size_t i) const { return counts_[i].get(); }  // i == kBounds.size(): above all
  double sum_seconds() const { return static_cast<double>(sum_ns_.get()) / 1e9; }

 private:
  std::array<Counter, kBounds.size() + 1> counts_;
  Counter sum_ns_;
};

// Kinds of traps, in the order of Trap (traps.h).
inline constexpr std::array<std::string_view, 5> kTraps = {"segments", "repeated", "queries", "calendar", "duplicates"};

struct WorkerCounters {
  std::array<Counter, kOutcomes> fetches;  // by Outcome
  Counter processed, failed;               // URLs settled as done; of them failed
  Counter in_flight, queued, partitions;   // gauges: started, taken ahead, leased
  Counter wire_bytes, body_bytes, stored_bytes;
  Counter robots_ok, robots_unavailable, robots_unreachable;
  Counter retry_after;
  Counter violations;  // gaps the ledger found too short; must stay 0
  Counter takeovers;
  std::array<Counter, kTraps.size()> traps;              // links refused as one, by kind; repeats of late ones left out
  Counter known_in_host, filtered_in_host;               // repeated links of pages to their own host; of them, filtered
  Counter filtered_links, added_links;                   // settled by the local filter; sent to Redis
  Counter loop_lag_us;                                   // gauge: of the last tick
  Counter ticks;                                         // raised by the loop; the watchdog looks whether it moves
  std::array<Counter, 7> hosts;                          // gauges by HostState
  Counter levers_paused, levers_slowed, levers_blocked;  // gauges: hosts with such an order, in memory or not
  Counter blocked_by_operator;                           // gauge: of the blocked hosts
  Histogram fetch_seconds, wait_seconds, redis_seconds;
  Histogram ticks_late;  // of the loop, ten a second
};

// Host states, in the order of WorkerCounters::hosts.
inline constexpr std::array<std::string_view, 7> kHostStates = {"ready",   "in_flight", "waiting", "backing_off",
                                                                "blocked", "paused",    "empty"};

}  // namespace crawler
