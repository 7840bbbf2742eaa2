// The scheduler's side of what a host and a job may use (budget.h): whether one page more may be begun.
#include <algorithm>

#include "crawler/scheduler.h"

namespace crawler {
namespace {

constexpr int kWithoutRoom = 100;   // URLs of a host that wait for a place, with others taken past them
constexpr int kBeyondMarks = 2000;  // URLs of all hosts that are held since others were taken past such

}  // namespace

// A robots.txt in flight is taken for a page here; that only makes the next one wait for its end.
bool Scheduler::has_room(const Host& host, TimePoint now) const {
  return options_.budget.has_room(host.spent.as_of(now), host.limiter.in_flight());
}

bool Scheduler::may_wait_for_others() const {
  return (options_.jobs != nullptr && options_.jobs->limited()) || lists_full();
}

// URLs that can be begun or ended: those that wait for a place in their job, or among the lists, do not keep others
// from being taken, as long as there is memory for them.
int Scheduler::at_hand(const Host& host) const {
  const auto size = static_cast<int>(host.ready.size());
  if (!may_wait_for_others()) return size;
  JobWalk jobs(options_.jobs);
  const auto waits = [&](const Ready& ready) { return jobs.of(ready.record.job).waits() || waits_for_lists(ready); };
  const auto waiting = static_cast<int>(std::count_if(host.ready.begin(), host.ready.end(), waits));
  return size - std::min({waiting, kWithoutRoom, std::max(0, kBeyondMarks - (beyond_marks_ - host.beyond_mark))});
}

// With `coming`, that were asked for. Counted is what is held, whatever became of the jobs since; but what ends without
// a request is gone at once.
void Scheduler::count_beyond(Host& host, int coming) {
  if (!may_wait_for_others() && host.beyond_mark == 0) return;
  const bool ends = host.blocked() || host.used_up.has_value();
  const int held = static_cast<int>(host.ready.size()) + coming;
  beyond_marks_ -= host.beyond_mark;
  host.beyond_mark = ends ? 0 : std::max(0, held - std::max(1, 2 * low_mark(host)));
  beyond_marks_ += host.beyond_mark;
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
