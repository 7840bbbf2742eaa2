// The scheduler's side of budget.host_pages and budget.job_pages: how many pages may still be begun.
#include <algorithm>

#include "crawler/scheduler.h"

namespace crawler {
namespace {

constexpr int kWithoutRoom =
    100;  // URLs of a host that are held for a place in their job, and others fetched past them

}  // namespace

bool Scheduler::used_up(const Host& host) const {
  return options_.host_pages && host.pages >= *options_.host_pages;
}

// A robots.txt in flight is taken for a page here; that only makes the next one wait for its end.
bool Scheduler::has_room(const Host& host) const {
  return !options_.host_pages || host.pages + host.limiter.in_flight() < *options_.host_pages;
}

bool Scheduler::job_used_up(const Ready& ready) const {
  return options_.jobs != nullptr && options_.jobs->used_up(ready.record.job);
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

bool Scheduler::used_up(const std::string& key) const {
  const Host* host = find(key);
  return host != nullptr && used_up(*host);
}

std::string Scheduler::host_pages_rule() const {
  return "budget.host_pages = " + std::to_string(options_.host_pages.value_or(0));
}

void Scheduler::page_ended(const std::string& key, TimePoint now) {
  Host* host = find(key);
  if (host == nullptr) return;
  ++host->pages;
  place(*host, now);
}

void Scheduler::page_undone(const std::string& key, TimePoint now) {
  Host* host = find(key);
  if (host == nullptr) return;
  --host->pages;
  place(*host, now);
}

void Scheduler::page_settles(const std::string& key) {
  if (Host* host = find(key)) ++host->pages_kept;
}

}  // namespace crawler
