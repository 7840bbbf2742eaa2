// What the workers know together of the network on our own side: the outage watch of the process, and names that name
// servers answered; locked.
// Thread-safe. Owned by Shared.
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <string>

#include "limiter/known_names.h"
#include "limiter/outage_watch.h"

namespace crawler {

class Network {
 public:
  explicit Network(std::optional<limiter::Duration> give_up) : give_up_(give_up), watch_(give_up) {}

  std::optional<limiter::Duration> give_up() const { return give_up_; }

  bool down() const { return down_.load(std::memory_order_relaxed); }
  // Raised when an outage begins; what failed since `since()` is then to be forgiven.
  std::uint64_t outages() const { return outages_.load(std::memory_order_acquire); }

  bool answered(const std::string& host, limiter::TimePoint now) {
    const std::lock_guard lock(mutex_);
    const bool ended = watch_.answered(host, now);
    publish();
    return ended;
  }
  bool failed(const limiter::OutageWatch::Failure& failure, limiter::TimePoint now) {
    const std::lock_guard lock(mutex_);
    const bool ours = watch_.failed(failure, now);
    publish();
    return ours;
  }
  // Name servers that one of the workers hears nothing of.
  void resolver_down(bool down) { silent_resolvers_.fetch_add(down ? 1 : -1, std::memory_order_relaxed); }
  bool resolvers_down() const { return silent_resolvers_.load(std::memory_order_relaxed) > 0; }

  // limiter::KnownNames
  void name_answered(const std::string& name, limiter::TimePoint fresh_until, limiter::TimePoint now) {
    const std::lock_guard lock(mutex_);
    names_.add(name, fresh_until, now);
  }
  void name_failed(const std::string& name) {
    const std::lock_guard lock(mutex_);
    names_.doubt(name);
  }
  std::string known_name_beside(const std::string& name, limiter::TimePoint now) {
    const std::lock_guard lock(mutex_);
    return names_.next_beside(name, now);
  }
  bool knows_names_beside(const std::string& name) const {
    const std::lock_guard lock(mutex_);
    return names_.has_one_beside(name);
  }

  bool probe(limiter::TimePoint now) {
    const std::lock_guard lock(mutex_);
    return watch_.probe(now);
  }
  limiter::TimePoint next_probe() const {
    const std::lock_guard lock(mutex_);
    return watch_.next_probe();
  }
  limiter::TimePoint since() const {
    const std::lock_guard lock(mutex_);
    return watch_.down_since();
  }

 private:
  void publish() {
    down_.store(watch_.down(), std::memory_order_relaxed);
    outages_.store(watch_.outages(), std::memory_order_release);
  }

  const std::optional<limiter::Duration> give_up_;
  mutable std::mutex mutex_;
  limiter::OutageWatch watch_;
  limiter::KnownNames names_;
  std::atomic<int> silent_resolvers_{0};
  std::atomic<bool> down_{false};
  std::atomic<std::uint64_t> outages_{0};
};

}  // namespace crawler
