// Scheduler: partitions that come and go, and all hosts at once.
#include <algorithm>

#include "crawler/scheduler.h"

namespace crawler {
namespace {

constexpr limiter::Duration kIdleBeforeForgetting = std::chrono::seconds(30);

}  // namespace

std::vector<int> Scheduler::partitions() const {
  std::vector<int> out;
  for (const auto& [partition, owned] : owned_) out.push_back(partition);
  return out;
}

Scheduler::Taken Scheduler::give_back_taken(TimePoint now) {
  Taken out;
  for (auto& [key, host] : hosts_) {
    if (host->ready.empty()) continue;
    host->more = true;
    out.emplace_back(key, host->take_ready());
    count_beyond(*host);
    place(*host, now);  // errands stay
  }
  return out;
}

void Scheduler::refill_all() {
  for (auto& [key, host] : hosts_) want_refill(*host);
}

Scheduler::Taken Scheduler::leave(int partition) {
  leaving_.insert(partition);
  Taken out;
  for (auto& [key, host] : hosts_) {
    if (host->partition != partition) continue;
    unplace(*host);
    if (!host->ready.empty()) out.emplace_back(key, host->take_ready());
    count_beyond(*host);
  }
  return out;
}

void Scheduler::disown(int partition) {
  std::erase_if(hosts_, [&](const auto& entry) {
    if (entry.second->partition != partition) return false;
    unplace(*entry.second);
    beyond_marks_ -= entry.second->beyond_mark;
    return true;
  });
  owned_.erase(partition);
  leaving_.erase(partition);
}

void Scheduler::sweep(TimePoint now) {
  std::erase_if(hosts_, [&](const auto& entry) {
    const Host& host = *entry.second;
    const bool idle = host.ready.empty() && host.errands.empty() && !host.more && !host.taking && !host.queued &&
                      host.limiter.in_flight() == 0 && host.spent.settled();
    const bool forgets = idle && std::max(host.limiter.next(), host.breaker.next()) + kIdleBeforeForgetting < now;
    if (forgets) beyond_marks_ -= host.beyond_mark;
    return forgets;
  });
}

void Scheduler::visit(const std::function<void(const Host&)>& visitor) const {
  for (const auto& [key, host] : hosts_) visitor(*host);
}

void Scheduler::visit_bucket(std::size_t bucket, const std::function<void(const Host&)>& visitor) const {
  for (auto host = hosts_.begin(bucket); host != hosts_.end(bucket); ++host) visitor(*host->second);
}

}  // namespace crawler
