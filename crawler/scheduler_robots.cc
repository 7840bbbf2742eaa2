// Scheduler: verdicts on robots.txt, and how many of them stay in memory.
#include <algorithm>
#include <utility>

#include "crawler/scheduler.h"

namespace crawler {
namespace {

// What decides now can be had from the store at any time. All else stays while URLs at hand wait for it: else it would
// be loaded again and again, and say "later" each time.
bool may_drop(const Host& host, const std::string& origin, const OriginRobots& robots, limiter::TimePoint now) {
  if (robots.state.under_way()) return false;
  if (robots.state.in_force(now) && robots.hops == 0 && !robots.elsewhere) return true;
  return std::none_of(host.ready.begin(), host.ready.end(), [&](const Ready& r) { return r.url.origin() == origin; });
}

}  // namespace

void Scheduler::robots_loaded(const std::string& key, const std::string& origin, const std::optional<std::string>& text,
                              TimePoint now, limiter::WallMs wall_now) {
  Host* host = find(key);
  if (host == nullptr) return;
  const auto robots = host->robots.find(origin);
  if (robots == host->robots.end()) return;  // asked by an earlier ownership: this one asks again
  robots->second.state.loaded(text, now, wall_now, options_.robots);
  robots_changed(*host, origin, now);
}

void Scheduler::robots_changed(Host& host, const std::string& origin, TimePoint now) {
  OriginRobots& robots = host.robots.at(origin);
  robots.used = next_use_++;
  robots_bytes_ += robots.state.bytes();
  drop_origins(host, robots, now);
  if (robots_bytes_ > options_.robots_memory) drop_rules(robots, now);
  host.limiter.set_crawl_delay(host.crawl_delay());
  place(host, now);
}

void Scheduler::forget_robots() {
  for (auto& [key, host] : hosts_) {
    for (auto it = host->robots.begin(); it != host->robots.end();) {
      const auto origin = it++;
      if (!origin->second.state.under_way()) host->drop(origin);
    }
  }
}

void Scheduler::drop_origins(Host& host, const OriginRobots& but, TimePoint now) {
  while (host.robots.size() > kMostOrigins) {
    auto oldest = host.robots.end();
    for (auto it = host.robots.begin(); it != host.robots.end(); ++it) {
      const bool older = oldest == host.robots.end() || it->second.used < oldest->second.used;
      if (older && &it->second != &but && may_drop(host, it->first, it->second, now)) oldest = it;
    }
    if (oldest == host.robots.end()) return;
    host.drop(oldest);
  }
}

// Counts anew, and makes so much room that this is seldom needed.
void Scheduler::drop_rules(const OriginRobots& but, TimePoint now) {
  using Origin = std::map<std::string, OriginRobots>::iterator;
  std::vector<std::pair<Host*, Origin>> droppable;
  robots_bytes_ = 0;
  for (auto& [key, host] : hosts_) {
    for (auto it = host->robots.begin(); it != host->robots.end(); ++it) {
      const std::size_t bytes = it->second.state.bytes();
      robots_bytes_ += bytes;
      if (bytes > 0 && &it->second != &but && may_drop(*host, it->first, it->second, now))
        droppable.emplace_back(host.get(), it);
    }
  }
  std::sort(droppable.begin(), droppable.end(),
            [](const auto& a, const auto& b) { return a.second->second.used < b.second->second.used; });
  for (auto& [host, origin] : droppable) {
    if (robots_bytes_ <= options_.robots_memory / 4 * 3) break;
    robots_bytes_ -= origin->second.state.bytes();
    host->drop(origin);
  }
}

}  // namespace crawler
