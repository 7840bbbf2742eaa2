#include "crawler/redis_trust.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>

namespace crawler {
namespace {

// appendfsync everysec: what is two seconds old is on the disk, by Redis' own account; and one for the beat's way.
constexpr limiter::Duration kUnsynced = std::chrono::seconds(3);

}  // namespace

RedisTrust::RedisTrust(limiter::Duration beat)
    : forgotten_(static_cast<std::uint64_t>((kUnsynced + beat - limiter::Duration(1)) / beat)) {}

void RedisTrust::settle() {
  lost_.store(!why_lost_.empty(), std::memory_order_release);
  good_.store(why_lost_.empty() && unfit_.empty() && stuck_.empty(), std::memory_order_release);
}

std::string RedisTrust::why() const {
  const std::lock_guard lock(mutex_);
  if (!why_lost_.empty()) return why_lost_;
  if (!unfit_.empty()) return unfit_;
  return stuck_.empty() ? std::string() : stuck_.begin()->second;
}

void RedisTrust::stuck(int connection, const std::string& error) {
  const std::lock_guard lock(mutex_);
  if (error.empty())
    stuck_.erase(connection);
  else
    stuck_[connection] = error;
  settle();
}

void RedisTrust::unfit(const std::string& why) {
  const std::lock_guard lock(mutex_);
  unfit_ = why;
  settle();
}

void RedisTrust::know(const std::string& epoch) {
  const std::lock_guard lock(mutex_);
  epoch_ = epoch;
  beats_.reset();
  why_lost_.clear();
  settle();
}

bool RedisTrust::judge(const std::string& epoch, std::uint64_t beats) {
  if (!why_lost_.empty()) return false;
  const auto says = [&](const char* state) {
    return fmt::format("Redis holds {} state: it knows {} heartbeats of ours, and we of {}", state, beats, *beats_);
  };
  if (epoch.empty()) {
    why_lost_ = "Redis was emptied";
  } else if (epoch != epoch_) {
    why_lost_ = "Redis holds a namespace that was made anew";
  } else if (beats_ && beats + forgotten_ < *beats_) {
    why_lost_ = says("an older");
  } else if (beats_ && beats > *beats_ + 1) {  // one may be under way
    why_lost_ = says("another");
  } else {
    return true;
  }
  spdlog::error("{}: nothing is fetched until `resume`, which goes on with what is there", why_lost_);
  losses_.fetch_add(1);
  settle();
  return false;
}

bool RedisTrust::see(const std::string& epoch, std::uint64_t beats) {
  const std::lock_guard lock(mutex_);
  return judge(epoch, beats);
}

frontier::Beat RedisTrust::next_beat() const {
  const std::lock_guard lock(mutex_);
  if (!beats_) return {};
  // Who was known before is known to this state, unless it was emptied.
  const std::uint64_t lowest = *beats_ > forgotten_ ? *beats_ - forgotten_ : std::min<std::uint64_t>(*beats_, 1);
  return {*beats_ + 1, lowest};
}

bool RedisTrust::beaten(const std::string& epoch, const frontier::Beaten& beat) {
  const std::lock_guard lock(mutex_);
  if (!judge(epoch, beat.found)) return false;
  beats_ = beat.now;
  return true;
}

}  // namespace crawler
