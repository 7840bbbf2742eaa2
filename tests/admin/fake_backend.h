// A backend without a daemon: fixed facts, and a note of every lever that was pulled.
// Its hooks are called on the server's threads; read it after the answer that pulled the lever.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "admin/backend.h"

namespace admin {

struct FakeBackend {
  crawler::Status status;
  std::vector<std::string> not_ready;
  std::string seed_error;  // empty: seeds are taken
  std::atomic<bool> alive = true;
  std::atomic<int> pauses = 0, resumes = 0, shutdowns = 0;
  crawler::WorkerCounters counters;

  std::vector<std::string> seeds() {
    std::lock_guard lock(mutex_);
    return seeds_;
  }

  // The hooks; this object outlives them.
  Backend hooks() {
    Backend backend;
    backend.status = [this] { return std::make_shared<const crawler::Status>(status); };
    backend.alive = [this] { return alive.load(); };
    backend.not_ready = [this] { return not_ready; };
    backend.pause = [this] { ++pauses; };
    backend.resume = [this] { ++resumes; };
    backend.shutdown = [this] { ++shutdowns; };
    backend.add_seeds = [this](const std::vector<std::string>& entries, std::string& error) {
      std::lock_guard lock(mutex_);
      error = seed_error;
      if (error.empty()) seeds_.insert(seeds_.end(), entries.begin(), entries.end());
      return error.empty();
    };
    backend.config_values = [] {
      return std::vector<crawler::ConfigValue>{{"politeness.delay", "\"250ms\"", "config.toml:12"}};
    };
    backend.visit_counters = [this](const Backend::VisitCounters& visit) { visit(0, counters); };
    backend.max_in_flight = 64;
    return backend;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> seeds_;
};

}  // namespace admin
