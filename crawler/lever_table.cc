#include "crawler/lever_table.h"

namespace crawler {

using limiter::HostLevers;
using limiter::LeverKind;
using limiter::TimePoint;

HostLeversPtr LeverTable::find(const std::string& host) const {
  const auto entry = entries_.find(host);
  return entry == entries_.end() ? nullptr : entry->second.levers;
}

void LeverTable::count(const HostLevers& levers, int by) {
  const auto change = [by](std::size_t& n) { n = by > 0 ? n + 1 : n - 1; };
  if (levers.find(LeverKind::pause) != nullptr) change(counts_.paused);
  if (levers.find(LeverKind::slow) != nullptr) change(counts_.slowed);
  if (levers.find(LeverKind::block) != nullptr) change(counts_.blocked);
}

void LeverTable::erase(std::unordered_map<std::string, Entry>::iterator entry) {
  count(*entry->second.levers, -1);
  ends_.erase({entry->second.levers->first_end(), entry->first});
  entries_.erase(entry);
}

void LeverTable::set(const std::string& host, int partition, HostLevers levers) {
  if (const auto before = entries_.find(host); before != entries_.end()) erase(before);
  if (levers.empty()) return;
  count(levers, 1);
  if (levers.first_end() != TimePoint::max()) ends_.emplace(levers.first_end(), host);
  entries_.emplace(host, Entry{partition, std::make_shared<const HostLevers>(std::move(levers))});
}

std::vector<LeverTable::Ended> LeverTable::take_ended(TimePoint now) {
  std::vector<Ended> all;
  while (!ends_.empty() && ends_.begin()->first <= now) {
    const std::string host = ends_.begin()->second;
    const Entry entry = entries_.at(host);
    Ended ended{host, entry.partition, {}};
    for (const auto& lever : entry.levers->all()) {
      if (lever && lever->until <= now) ended.levers.push_back(*lever);
    }
    set(host, entry.partition, entry.levers->at(now));
    all.push_back(std::move(ended));
  }
  return all;
}

std::vector<std::string> LeverTable::hosts_of(int partition) const {
  std::vector<std::string> hosts;
  for (const auto& [host, entry] : entries_) {
    if (entry.partition == partition) hosts.push_back(host);
  }
  return hosts;
}

void LeverTable::forget(int partition) {
  for (const std::string& host : hosts_of(partition)) erase(entries_.find(host));
}

void LeverTable::visit(const std::function<void(const std::string&, const HostLevers&)>& visitor) const {
  for (const auto& [host, entry] : entries_) visitor(host, *entry.levers);
}

}  // namespace crawler
