#include "crawler/host_survey.h"

#include <algorithm>
#include <limits>
#include <tuple>

#include "frontier/keys.h"

namespace crawler {
namespace {

constexpr std::size_t kSlice = 2000;  // buckets: about as many hosts, and a fraction of a millisecond

std::int64_t rank_of(const Host& host, HostSort sort, limiter::TimePoint now) {
  switch (sort) {
    case HostSort::due:
      return host.queued ? host.due.time_since_epoch().count() : std::numeric_limits<std::int64_t>::max();
    case HostSort::host:
      return 0;
    case HostSort::ready:
      return -static_cast<std::int64_t>(host.ready.size()) - host.left;
    case HostSort::delay:
      return -host.limiter.delay().count();
    case HostSort::backoff:
      break;
  }
  return -std::max<std::int64_t>(0, (host.limiter.held_until() - now).count());
}

// A host that is not in memory, with what the operator ordered.
Host bare_host(const std::string& key, const Scheduler& scheduler, HostLeversPtr levers) {
  Host host(key, frontier::partition_of(key), scheduler.options().limits_of(key));
  host.order(std::move(levers));
  return host;
}

}  // namespace

void HostSurvey::start_over(std::size_t buckets) {
  bucket_ = 0;
  buckets_ = buckets;
  matched_ = 0;
  best_.clear();
}

void HostSurvey::consider(std::int64_t value, const std::string& host, HostState state) {
  if (!query_.state.empty() && state_name(state) != query_.state) return;
  ++matched_;
  if (query_.limit == 0) return;
  if (best_.size() == query_.limit && std::tie(best_.front().value, best_.front().host) <= std::tie(value, host)) {
    return;
  }
  best_.push_back({value, host});
  std::push_heap(best_.begin(), best_.end());
  if (best_.size() <= query_.limit) return;
  std::pop_heap(best_.begin(), best_.end());
  best_.pop_back();
}

bool HostSurvey::step(const Scheduler& scheduler, const LeverTable& levers, limiter::TimePoint now) {
  // Where the table grew since the last slice its buckets are others.
  if (scheduler.buckets() != buckets_) start_over(scheduler.buckets());
  const std::size_t end = std::min(buckets_, bucket_ + kSlice);
  for (; bucket_ < end; ++bucket_) {
    scheduler.visit_bucket(
        bucket_, [&](const Host& host) { consider(rank_of(host, query_.sort, now), host.key, state_of(host, now)); });
  }
  if (bucket_ < buckets_) return false;
  levers.visit([&](const std::string& key, const limiter::HostLevers&) {
    if (scheduler.find(key) != nullptr) return;
    const Host host = bare_host(key, scheduler, levers.find(key));
    consider(rank_of(host, query_.sort, now), key, state_of(host, now));
  });
  return true;
}

std::vector<HostRow> HostSurvey::rows(const Scheduler& scheduler, const LeverTable& levers,
                                      limiter::TimePoint now) const {
  std::vector<HostRow> rows;
  for (const HostRank& rank : best_) {
    if (const Host* host = scheduler.find(rank.host)) {
      rows.push_back({rank, view_of(*host, now, scheduler.options().robots, ShowRobots::facts)});
      if (host->loaded) rows.back().view.queued = host->left;
    } else if (const HostLeversPtr ordered = levers.find(rank.host)) {
      const Host bare = bare_host(rank.host, scheduler, ordered);
      rows.push_back({rank, view_of(bare, now, scheduler.options().robots, ShowRobots::facts)});
    }
  }
  return rows;
}

}  // namespace crawler
