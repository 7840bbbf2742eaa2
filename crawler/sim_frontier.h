// The frontier of a simulation: what Redis would hold, with books that are checked at every step.
// Single-threaded; owned by the simulation.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "frontier/record.h"
#include "limiter/time.h"

namespace crawler {

class SimFrontier {
 public:
  struct Host {
    int partition = 0;
    std::deque<frontier::Record> queue;
    std::map<std::string, frontier::Record> flight;  // by URL
    std::string state;
    std::map<std::string, std::string> robots;  // by origin
  };

  void add(const std::string& host, int partition, frontier::Record record) {
    Host& at = hosts_[host];
    at.partition = partition;
    at.queue.push_back(std::move(record));
    ++discovered_;
  }
  std::vector<frontier::Record> take(const std::string& host, int count) {
    Host& at = hosts_.at(host);
    std::vector<frontier::Record> taken;
    for (; count > 0 && !at.queue.empty(); --count) {
      taken.push_back(at.queue.front());
      at.flight.emplace(at.queue.front().url, at.queue.front());
      at.queue.pop_front();
    }
    return taken;
  }
  // Each of these ends what was in flight; false where it was not.
  bool done(const std::string& host, const std::string& url, std::string_view fate) {
    if (hosts_.at(host).flight.erase(url) == 0) return false;
    ++fates_[std::string(fate)];
    return fated_.insert(url).second;
  }
  bool back(const std::string& host, frontier::Record record) {
    Host& at = hosts_.at(host);
    if (at.flight.erase(record.url) == 0) return false;
    at.queue.push_front(std::move(record));
    return true;
  }
  bool wait(const std::string& host, frontier::Record record) {
    if (hosts_.at(host).flight.erase(record.url) == 0) return false;
    const std::string url = record.url;
    waiting_.emplace(url, std::pair(host, std::move(record)));
    return true;
  }
  void wake(const std::string& url) {
    auto entry = waiting_.extract(url);
    if (!entry.empty()) hosts_.at(entry.mapped().first).queue.push_front(std::move(entry.mapped().second));
  }
  // The gate of an address that hosts share: one is inside at a time, and after it the gate stays closed. Nothing: it
  // is in, for `hold` at the longest. A time: to be asked again then.
  std::optional<limiter::TimePoint> enter(const std::string& address, std::uint64_t token, limiter::TimePoint now,
                                          limiter::Duration hold) {
    Gate& gate = gates_[address];
    if (now < gate.open) return gate.holder != 0 ? std::min(gate.open, now + kLook) : gate.open;
    gate = {token, now + hold};
    return std::nullopt;
  }
  void leave(const std::string& address, std::uint64_t token, limiter::TimePoint open) {
    Gate& gate = gates_[address];
    if (gate.holder == token) gate = {0, open};
  }

  // A take-over: what was in flight in the partition and not with `held` goes back.
  void reclaim(int partition) {
    for (auto& [name, host] : hosts_) {
      if (host.partition != partition) continue;
      for (auto& [url, record] : std::exchange(host.flight, {})) host.queue.push_front(std::move(record));
    }
  }

  Host& host(const std::string& name) { return hosts_.at(name); }
  const std::map<std::string, Host>& hosts() const { return hosts_; }
  const std::map<std::string, std::uint64_t>& fates() const { return fates_; }
  bool balanced() const {
    std::size_t sum = waiting_.size() + fated_.size();
    for (const auto& [name, host] : hosts_) sum += host.queue.size() + host.flight.size();
    return sum == discovered_;
  }

 private:
  struct Gate {
    std::uint64_t holder = 0;
    limiter::TimePoint open{};
  };
  static constexpr limiter::Duration kLook = std::chrono::milliseconds(50);
  std::map<std::string, Gate> gates_;  // by address
  std::map<std::string, Host> hosts_;
  std::map<std::string, std::pair<std::string, frontier::Record>> waiting_;  // by URL
  std::set<std::string> fated_;
  std::map<std::string, std::uint64_t> fates_;
  std::size_t discovered_ = 0;
};

}  // namespace crawler
