#include "crawler/refiller.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "crawler/boot_clock.h"

namespace crawler {

void Refiller::refill() {
  for (const Scheduler::Refill& refill : p_.scheduler.refills()) {
    ++under_way_[static_cast<std::size_t>(refill.partition)];
    p_.frontier.take(refill.partition, refill.host, refill.count,
                     [this, refill](frontier::Taken taken) { heard(refill, std::move(taken)); });
  }
}

// What was taken goes on when the queues are in order: until then nothing more is taken of the host.
void Refiller::heard(const Scheduler::Refill& refill, frontier::Taken taken) {
  for (const auto& record : taken.records) p_.settler.hold(record.id(), refill.partition);
  const bool packs = taken.longest_head > static_cast<std::int64_t>(frontier::kLongestHead);
  if (taken.lost || taken.fenced || (!packs && taken.unpack.empty())) return deliver(refill, std::move(taken));
  auto kept = std::make_shared<frontier::Taken>(std::move(taken));
  const auto done = [this, refill, kept](frontier::Repacked answer) {
    if (answer == frontier::Repacked::lost) kept->lost = true;
    tell(answer, refill.host);
    deliver(refill, std::move(*kept));
  };
  if (kept->unpack.empty()) return p_.frontier.cold().pack(refill.partition, refill.host, done);
  const auto count = std::max(frontier::kUnpacked, static_cast<std::size_t>(refill.count) * 4);
  p_.frontier.cold().unpack(refill.partition, refill.host, kept->unpack, count, done);
}

void Refiller::deliver(const Scheduler::Refill& refill, frontier::Taken taken) {
  --under_way_[static_cast<std::size_t>(refill.partition)];
  if (taken.lost) return;
  if (taken.fenced) {
    spdlog::warn("partition {} is not ours any more: nothing of {} is taken", refill.partition, refill.host);
  }
  if (Host* host = p_.scheduler.find(refill.host)) host->left = taken.left;
  bool more = taken.left > 0;
  if (!p_.scheduler.starts(refill.partition, refill.host) || p_.stopping()) {
    more |= !taken.records.empty();
    p_.settler.put_back(refill.host, refill.partition, std::exchange(taken.records, {}));
  }
  p_.scheduler.taken(refill.host, taken.host_state, std::move(taken.records), more, boot_now(), wall_now_ms());
  p_.wake();
}

void Refiller::grown(int partition, const std::string& host) {
  if (!p_.scheduler.pause_refill(host)) return;
  ++under_way_[static_cast<std::size_t>(partition)];
  p_.frontier.cold().pack(partition, host, [this, partition, host](frontier::Repacked answer) {
    --under_way_[static_cast<std::size_t>(partition)];
    tell(answer, host);
    p_.scheduler.resume_refill(host);
    p_.wake();
  });
}

void Refiller::tell(frontier::Repacked answer, const std::string& host) const {
  if (answer != frontier::Repacked::damaged) return;
  spdlog::error(
      "of what {} has queued something cannot be read: a packed block that cannot is set aside, the rest goes on",
      host);
}

}  // namespace crawler
