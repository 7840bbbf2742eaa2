// The scheduler's side of what a host and a job may use (budget.h): whether one page more may be begun.
#include <algorithm>

#include "crawler/scheduler.h"

namespace crawler {
namespace {

constexpr int kWithoutRoom =
    100;  // URLs of a host that are held for a place in their job, and others fetched past them

}  // namespace

// A robots.txt in flight is taken for a page here; that only makes the next one wait for its end.
bool Scheduler::has_room(const Host& host, TimePoint now) const {
  return options_.budget.has_room(host.spent.as_of(now), host.limiter.in_flight());
}

std::optional<Budget::Kind> Scheduler::job_used_up(const Ready& ready) const {
  return options_.jobs == nullptr ? std::nullopt : options_.jobs->used_up(ready.record.job);
}

bool Scheduler::job_has_room(const Ready& ready) const {
  return options_.jobs == nullptr || options_.jobs->has_room(ready.record.job);
}

// URLs that can be begun or ended: those that wait for a place in their job do not keep others from being taken.
int Scheduler::at_hand(const Host& host) const {
  const auto size = static_cast<int>(host.ready.size());
  if (options_.jobs == nullptr) return size;
  const auto waits = [this](const Ready& ready) { return !job_has_room(ready) && !job_used_up(ready); };
  const auto waiting = static_cast<int>(std::count_if(host.ready.begin(), host.ready.end(), waits));
  return size - std::min(waiting, kWithoutRoom);
}

std::optional<Budget::Kind> Scheduler::used_up(const std::string& key) const {
  const Host* host = find(key);
  return host == nullptr ? std::nullopt : host->used_up;
}

void Scheduler::page_ended(const std::string& key, TimePoint now) {
  Host* host = find(key);
  if (host == nullptr) return;
  host->spent.page_ended();
  place(*host, now);
}

void Scheduler::page_undone(const std::string& key, TimePoint now) {
  Host* host = find(key);
  if (host == nullptr) return;
  host->spent.page_undone();
  place(*host, now);
}

void Scheduler::page_settles(const std::string& key) {
  if (Host* host = find(key)) host->spent.page_settles();
}

}  // namespace crawler
