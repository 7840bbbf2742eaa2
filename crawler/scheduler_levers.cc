// What an operator's orders do to a host that the scheduler holds.
#include <utility>

#include "crawler/scheduler.h"

namespace crawler {

std::vector<frontier::Record> Scheduler::set_levers(const std::string& key, HostLeversPtr levers, TimePoint now) {
  Host* host = find(key);
  if (host == nullptr) return {};
  host->order(std::move(levers));
  std::vector<frontier::Record> back;
  if (host->paused() && !host->ready.empty()) {
    host->more = true;
    back = host->take_ready();
  }
  want_refill(*host);
  place(*host, now);
  return back;
}

bool Scheduler::starts(int partition, const std::string& key) const {
  const Host* host = find(key);
  return starts(partition) && host != nullptr && !host->paused();
}

}  // namespace crawler
