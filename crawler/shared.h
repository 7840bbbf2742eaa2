// What the workers of one process share: the semaphore, the lease's freshness, the levers, budgets, and the words on
// seeds. Made by the daemon before the workers start and outliving them. Everything in it is const or thread-safe.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "crawler/config.h"
#include "crawler/job_budget.h"
#include "crawler/network.h"
#include "crawler/page_budget.h"
#include "crawler/permits.h"
#include "crawler/redis_trust.h"
#include "frontier/frontier.h"
#include "frontier/redis_address.h"
#include "limiter/time.h"
#include "web/robots.h"

namespace crawler {

// What our leases are worth: which partitions were ours at the last look, and how old that look is. Nobody takes one of
// them over as long as it is fresh. Written by the control loop, read by the workers before each request.
class LeaseView {
 public:
  explicit LeaseView(Duration ttl) : limit_(ttl * 2 / 3) {}

  void set(int partition, bool ours) { ours_[static_cast<std::size_t>(partition)].store(ours); }
  // `sent`: when the heartbeat went out that Redis counted before it was looked. After set() of all that was lost.
  void looked(limiter::TimePoint sent) { sent_.store(sent.time_since_epoch().count()); }

  Duration limit() const { return limit_; }
  bool fresh(limiter::TimePoint now) const { return now.time_since_epoch() - Duration(sent_.load()) <= limit_; }
  // In this order: what is fresh now was lost by no earlier look.
  bool holds(int partition, limiter::TimePoint now) const {
    return fresh(now) && ours_[static_cast<std::size_t>(partition)].load();
  }

 private:
  const Duration limit_;
  std::atomic<Duration::rep> sent_{0};
  std::array<std::atomic<bool>, frontier::kPartitions> ours_{};
};

// What became of the seeds of a finite crawl, for its last words. Bounded.
class SeedBoard {
 public:
  struct Fate {
    std::string fate, rule;
  };
  void tell(const std::string& url, std::string fate, std::string rule) {
    const std::lock_guard lock(mutex_);
    if (fates_.size() < kMost || fates_.contains(url)) fates_[url] = {std::move(fate), std::move(rule)};
  }
  std::map<std::string, Fate> all() const {
    const std::lock_guard lock(mutex_);
    return fates_;
  }

 private:
  static constexpr std::size_t kMost = 1000;
  mutable std::mutex mutex_;
  std::map<std::string, Fate> fates_;
};

// What is read of a robots.txt: RFC 9309 2.5, and a byte more that shows a torn line.
inline constexpr web::Bytes kRobotsBody = web::kRobotsLimit + web::Bytes{1};

// The most one body may weigh: what the semaphore keeps back, so that it always drains.
inline web::Bytes largest_body(const Config::Fetch& fetch) {
  return std::max({fetch.max_bytes, fetch.max_sitemap_bytes, kRobotsBody});
}

struct Shared {
  Shared(const Config& c, bool is_finite)  // is_finite: `crawl`, which comes to an end
      : config(c),
        permits(c.fetch.max_in_flight, c.fetch.max_body_memory, largest_body(c.fetch), c.thread_count()),
        leases(c.frontier.lease_ttl),
        trust(c.frontier.lease_ttl / 3),
        pages(c.budget.pages.has_value()),
        jobs(Budget("job", {c.budget.job_pages, c.budget.job_bytes, c.budget.job_time})),
        finite(is_finite),
        network(is_finite ? std::optional<Duration>(minutes(1)) : std::nullopt) {}

  const Config& config;
  Permits permits;
  LeaseView leases;
  RedisTrust trust;
  SeedBoard seeds;
  PageBudget pages;
  JobBudget jobs;
  std::atomic<bool> paused{false};
  std::atomic<bool> disk_full{false};  // storage.min_free is reached: nothing new starts
  std::atomic<std::uint32_t> next_serial{0};
  frontier::RedisAddress redis;
  frontier::FrontierOptions frontier;
  const bool finite;
  Network network;

  // Where a partition's news is to be looked for at once; a hint between workers, the news itself is in Redis.
  std::function<void(int partition)> nudge;
};

}  // namespace crawler
