// The scheduler's side of the gate of addresses: hosts that wait for their turn there.
#include <utility>

#include "crawler/scheduler.h"

namespace crawler {

bool Scheduler::not_started(Decision& decision, TimePoint until, TimePoint now) {
  if (!starts(decision.partition, decision.host)) return false;
  Host* host = find(decision.host);
  host->limiter.put_back();
  if (decision.retry) retries_.put_back(now);
  host->address_free = until;
  if (decision.ready)
    host->ready.push_front(std::move(*decision.ready));
  else if (decision.errand != 0)
    put_errand_back(decision.host, decision.errand, now);
  else
    host->robots[decision.origin].state.put_back();
  place(*host, now);
  return true;
}

void Scheduler::wait_for_address(const std::string& key, TimePoint until, TimePoint now) {
  Host* host = find(key);
  if (host == nullptr) return;
  host->address_free = until;
  place(*host, now);
}

}  // namespace crawler
