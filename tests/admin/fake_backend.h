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
  crawler::HostList hosts;
  crawler::HostAnswer host;
  crawler::OrderAnswer order_answer;
  crawler::UrlAnswer url;

  std::vector<crawler::HostOrder> orders() {
    std::lock_guard lock(mutex_);
    return orders_;
  }
  crawler::HostQuery query() {  // of the last list
    std::lock_guard lock(mutex_);
    return query_;
  }
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
    backend.host_key = [](std::string_view text, std::string& error) {
      return crawler::host_of_text(crawler::Config(), text, error);
    };
    backend.list_hosts = [this](const crawler::HostQuery& query) {
      std::lock_guard lock(mutex_);
      query_ = query;
      return hosts;
    };
    backend.show_host = [this](const std::string& key) {
      crawler::HostAnswer answer = host;
      answer.host.host = key;
      return answer;
    };
    backend.order_host = [this](const crawler::HostOrder& order) {
      std::lock_guard lock(mutex_);
      orders_.push_back(order);
      return order_answer;
    };
    backend.explain_url = [this](const crawler::UrlQuestion& question) {
      crawler::UrlAnswer answer = url;
      answer.given = question.url;
      answer.verdict.seed = question.seed;
      return answer;
    };
    backend.max_in_flight = 64;
    return backend;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> seeds_;
  std::vector<crawler::HostOrder> orders_;
  crawler::HostQuery query_;
};

}  // namespace admin
