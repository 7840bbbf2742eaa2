// The engine of `crawl` and `serve`: starts Redis (embedded) or connects to it, leases partitions, runs the workers,
// takes in seeds, watches for the end, drains. run() is called on the main thread and owns the control loop.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "crawler/config.h"
#include "crawler/config_file.h"
#include "crawler/status.h"

namespace crawler {

// Exit codes of the contract.
enum class Exit : int {
  ok = 0,
  failed = 1,
  usage = 2,
  storage = 3,
  config = 4,
  redis = 8,
  interrupted = 11,
  budget = 14,
};

struct DaemonOptions {
  Config config;  // validated; storage.dir resolved
  std::vector<ConfigValue> config_values;
  std::string config_file;         // empty: none
  bool finite = false;             // `crawl`: ends when the frontier is finished
  bool fresh = false;              // empties storage.dir's crawl first
  std::vector<std::string> seeds;  // added once at start (finite)
  bool quiet = false;
  std::function<void(const Status&)> progress;  // control loop, about each 250 ms; may be empty
};

struct SeedVerdict {
  std::string entry;
  bool accepted = false;
  std::string reason;  // of the rejection
};

class Daemon {
 public:
  explicit Daemon(DaemonOptions options);
  ~Daemon();

  Exit run();  // until finished, stopped or failed; errors are logged in one line each

  void set_admin_address(std::string address);  // before run(); shown in status and run.json

  // Thread-safe, for the admin endpoint. Nothing blocks longer than `add_seeds`, which waits at most 2 s for Redis.
  StatusPtr status() const;
  bool alive() const;                          // the loops tick
  std::vector<std::string> not_ready() const;  // reasons; empty: ready
  void pause();
  void resume();
  void shutdown();                                                              // graceful; returns at once
  bool add_seeds(const std::vector<std::string>& entries, std::string& error);  // LPUSH to the inbox
  const std::vector<ConfigValue>& config_values() const;
  const Config& config() const;
  std::shared_ptr<class HostDesk> hosts() const;  // what people ask of hosts and order; null while it is starting
  std::shared_ptr<class UrlDesk> urls() const;    // what became of a URL; likewise
  // Calls `visit` with the counters of every worker, for /metrics.
  void visit_counters(const std::function<void(int worker, const struct WorkerCounters&)>& visit) const;

  // What a finite crawl has to say at the end: one line a seed with its fate, for "no seed could be fetched".
  struct SeedFate {
    std::string url, fate, rule;
  };
  std::vector<SeedFate> seed_fates() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace crawler
