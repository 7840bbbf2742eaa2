#include "limiter/resolver_watch.h"

#include <algorithm>
#include <utility>

namespace limiter {
namespace {

constexpr std::size_t kRefusals = 3;
constexpr Duration kFirstProbe = std::chrono::seconds(1);
constexpr Duration kMaxProbe = std::chrono::seconds(5);

}  // namespace

void ResolverWatch::answered(TimePoint now) {
  last_answer_ = now;
  refused_.clear();
  down_ = false;
}

bool ResolverWatch::failed(const std::string& name, Failure how, TimePoint begun, TimePoint now) {
  if (how == Failure::silence && last_answer_ >= begun) return false;
  if (how == Failure::refusal) {
    if (refused_.size() < kRefusals) refused_.insert(name);
    if (!down_ && refused_.size() < kRefusals) return false;
  }
  if (last_answer_ == TimePoint::min()) {
    if (!silent_since_) silent_since_ = now;
    if (give_up_ && now - *silent_since_ > *give_up_) {
      down_ = false;
      return false;
    }
  }
  if (!std::exchange(down_, true)) {
    probe_wait_ = kFirstProbe;
    next_probe_ = now + probe_wait_;
  }
  return true;
}

bool ResolverWatch::probe(TimePoint now) {
  if (!down_ || now < next_probe_) return false;
  next_probe_ = now + probe_wait_;
  probe_wait_ = std::min(probe_wait_ * 2, kMaxProbe);
  return true;
}

}  // namespace limiter
