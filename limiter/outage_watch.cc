#include "limiter/outage_watch.h"

#include <algorithm>
#include <utility>

namespace limiter {
namespace {

// An answer this young proves that the network is there.
constexpr Duration kSilence = std::chrono::seconds(2);
constexpr Duration kLocalSilence = std::chrono::milliseconds(300);
constexpr std::size_t kQuorum = 3;
constexpr Duration kFirstProbe = std::chrono::seconds(1);
constexpr Duration kMaxProbe = std::chrono::seconds(5);

}  // namespace

bool OutageWatch::answered(const std::string& host, TimePoint now) {
  heard_ = true;
  if (good_.size() < kQuorum) good_.insert(host);
  last_answer_ = now;
  failing_.clear();
  return std::exchange(down_, false);
}

// Where only two hosts ever answered, two are all; a single one that falls silent is more likely down itself.
std::size_t OutageWatch::quorum(bool local) const {
  if (local) return 1;
  return heard_ ? std::clamp<std::size_t>(good_.size(), 2, kQuorum) : kQuorum;
}

bool OutageWatch::failed(const Failure& failure, TimePoint now) {
  const bool never_heard_and_long = !heard_ && give_up_ && !failing_.empty() && now - silent_since_ > *give_up_;
  if (never_heard_and_long) {
    down_ = false;
    return false;
  }
  if (down_) return true;
  if (heard_ && !failure.known_good && !failure.local) return false;  // it was not to be heard before either
  if (failing_.empty()) silent_since_ = now;
  if (failing_.size() < kQuorum) failing_.insert(failure.host);
  if (heard_ && now - last_answer_ < (failure.local ? kLocalSilence : kSilence)) return false;
  if (failing_.size() < quorum(failure.local)) return false;
  down_ = true;
  ++outages_;
  probe_wait_ = kFirstProbe;
  next_probe_ = now + probe_wait_;
  return true;
}

bool OutageWatch::probe(TimePoint now) {
  if (!down_ || now < next_probe_) return false;
  next_probe_ = now + probe_wait_;
  probe_wait_ = std::min(probe_wait_ * 2, kMaxProbe);
  return true;
}

}  // namespace limiter
