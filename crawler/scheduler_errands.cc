// Scheduler: requests for a robots.txt that origins of other hosts wait for, through this host's gate.
#include <algorithm>

#include "crawler/scheduler.h"

namespace crawler {
namespace {

// Of one host. What finds no room is asked for again by its origin.
constexpr std::size_t kMostErrands = 256;
constexpr std::size_t kMostAskers = 16;  // of one request: each gets a copy of the answer

}  // namespace

void Scheduler::errand(const std::string& key, int partition, frontier::Errand asker, const web::Url& url,
                       TimePoint now) {
  if (!starts(partition)) return;
  Host& host = take_up(key, partition);
  const std::string href = url.href();
  RobotsErrand* place_for = nullptr;
  for (RobotsErrand& errand : host.errands) {
    if (errand.url.href() != href) continue;
    for (const frontier::Errand& known : errand.askers) {
      if (known.origin == asker.origin && known.question == asker.question) return place(host, now);
    }
    if (errand.askers.size() < kMostAskers) place_for = &errand;
  }
  if (place_for == nullptr) {
    if (host.errands.size() >= kMostErrands) return;
    place_for = &host.errands.emplace_back(RobotsErrand{next_errand_++, url, {}, false});
  }
  place_for->askers.push_back(std::move(asker));
  if (!host.loaded) {  // its state comes with its URLs, also where there are none
    host.more = true;
    want_refill(host);
  }
  place(host, now);
}

RobotsErrand* Scheduler::next_errand(Host& host) {
  if (!host.loaded) return nullptr;
  const auto next =
      std::find_if(host.errands.begin(), host.errands.end(), [](const RobotsErrand& e) { return !e.started; });
  return next == host.errands.end() ? nullptr : &*next;
}

Decision Scheduler::run_errand(Host& host, RobotsErrand& errand) {
  errand.started = true;
  host.errand_turn = false;
  host.limiter.start();
  Decision decision{Decision::Kind::fetch_robots, host.key, host.partition, errand.askers.front().origin, errand.url};
  decision.errand = errand.id;
  return decision;
}

std::vector<frontier::Errand> Scheduler::end_errand(const std::string& key, std::uint64_t id) {
  Host* host = find(key);
  if (host == nullptr) return {};
  const auto entry =
      std::find_if(host->errands.begin(), host->errands.end(), [id](const RobotsErrand& e) { return e.id == id; });
  if (entry == host->errands.end()) return {};
  std::vector<frontier::Errand> askers = std::move(entry->askers);
  host->errands.erase(entry);
  return askers;
}

void Scheduler::put_errand_back(const std::string& key, std::uint64_t id, TimePoint now) {
  Host* host = find(key);
  if (host == nullptr) return;
  for (RobotsErrand& errand : host->errands) {
    if (errand.id == id) errand.started = false;
  }
  place(*host, now);
}

}  // namespace crawler
