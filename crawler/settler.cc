#include "crawler/settler.h"

#include <spdlog/spdlog.h>

#include <memory>
#include <utility>

#include "crawler/boot_clock.h"

namespace crawler {

void Settler::hold(const std::string& id, int partition) {
  if (held_.emplace(id, partition).second) ++by_partition_[static_cast<std::size_t>(partition)];
}

void Settler::let_go(const std::string& id) {
  const auto entry = held_.find(id);
  if (entry == held_.end()) return;
  --by_partition_[static_cast<std::size_t>(entry->second)];
  held_.erase(entry);
}

std::string Settler::changed_state(const std::string& key) {
  Host* host = scheduler_.find(key);
  if (host == nullptr || !host->loaded) return {};
  return host->changed_state(boot_now(), wall_now_ms(), boot_id());
}

void Settler::settle(const std::string& host, int partition, std::vector<frontier::Settlement> settlements,
                     Permit permit, std::function<void(bool ours)> done) {
  const std::string state = changed_state(host);
  if (settlements.empty() && state.empty()) return;
  auto held =
      std::make_shared<std::pair<std::vector<frontier::Settlement>, Permit>>(std::move(settlements), std::move(permit));
  frontier_.settle(partition, host, state, held->first,
                   [this, host, partition, held, done = std::move(done)](frontier::SettleAnswer answer) {
                     if (answer == frontier::SettleAnswer::fenced && !held->first.empty()) {
                       spdlog::warn("partition {} is not ours any more: {} of {} is left to its new owner", partition,
                                    held->first.size(), host);
                     }
                     for (const auto& settlement : held->first) {
                       let_go(settlement.id);
                       if (settlement.verb == frontier::Verb::wait && answer == frontier::SettleAnswer::ok)
                         events_.waits(partition, boot_now() + settlement.wait);
                     }
                     held->second.release();
                     if (done) done(answer == frontier::SettleAnswer::ok);
                     events_.settled();
                   });
}

void Settler::put_back(const std::string& host, int partition, std::vector<frontier::Record> records) {
  std::vector<frontier::Settlement> settlements;
  settlements.reserve(records.size());
  for (auto& record : records) {
    std::string id = record.id();
    settlements.push_back({.verb = frontier::Verb::back, .id = std::move(id), .record = std::move(record)});
  }
  settle(host, partition, std::move(settlements));
}

void Settler::save_state(const std::string& host, int partition) {
  settle(host, partition, {});
}

}  // namespace crawler
