#include "limiter/resolver_watch.h"

#include <algorithm>
#include <utility>

#include "web/domain.h"

namespace limiter {
namespace {

constexpr std::size_t kRefusals = 3;
constexpr Duration kFirstProbe = std::chrono::seconds(1);
constexpr Duration kMaxProbe = std::chrono::seconds(5);

}  // namespace

void ResolverWatch::answered(TimePoint now) {
  last_answer_ = now;
  silent_since_.reset();
  refused_.clear();
  down_ = false;
}

void ResolverWatch::unheard(TimePoint now) {
  unheard_at_ = now;
  if (std::exchange(down_, true)) return;
  probe_wait_ = kFirstProbe;
  next_probe_ = now + probe_wait_;
}

ResolverWatch::Verdict ResolverWatch::failed(const std::string& name, Failure how, TimePoint begun, TimePoint now,
                                             bool has_known) {
  if (how == Failure::silence && last_answer_ >= begun) return Verdict::theirs;
  if (how == Failure::refusal) {
    if (refused_.size() < kRefusals) refused_.insert(web::registrable_domain(name));
    if (!down_ && refused_.size() < kRefusals) return Verdict::theirs;
  }
  if (has_known) return down_ && begun <= unheard_at_ ? Verdict::ours : Verdict::unsure;
  if (!silent_since_) silent_since_ = now;
  if (give_up_ && now - *silent_since_ > *give_up_) {
    down_ = false;
    return Verdict::theirs;
  }
  unheard(now);
  return Verdict::ours;
}

bool ResolverWatch::probe(TimePoint now) {
  if (!down_ || now < next_probe_) return false;
  next_probe_ = now + probe_wait_;
  probe_wait_ = std::min(probe_wait_ * 2, kMaxProbe);
  return true;
}

}  // namespace limiter
