#include "crawler/auditor.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace crawler {
namespace {

constexpr Duration kPace = milliseconds(50);  // a round takes 13 s
constexpr int kRest = 40;                     // at least so many times what the look took, before the next

}  // namespace

void Auditor::tick(limiter::TimePoint now) {
  if (asked_ || now < due_ || !frontier_.redis().up()) return;
  asked_ = true;
  const int partition = next_;
  tally_.compare(partition, [this, partition, began = now](std::optional<frontier::Tally> tally) {
    asked_ = false;
    const auto ended = boot_now();
    due_ = began + std::max(kPace, kRest * (ended - began));
    // One that differs is looked at again at once, and told of when it has differed twice.
    const bool again = tally && tally->difference() != 0 && !second_look_;
    if (tally && !again) note(partition, *tally);
    second_look_ = again;
    if (!again) next_ = (partition + 1) % frontier::kPartitions;
  });
}

void Auditor::note(int partition, const frontier::Tally& tally) {
  std::int64_t& seen = seen_[static_cast<std::size_t>(partition)];
  const std::int64_t difference = tally.difference();
  ++compared_;
  if (difference == seen) return;
  if (difference != 0) {
    spdlog::error(
        "the books of partition {} differ from its structures: queued {} and {}, in flight {} and {}, waiting {} and "
        "{}",
        partition, tally.queued.counted, tally.queued.held, tally.in_flight.counted, tally.in_flight.held,
        tally.waiting.counted, tally.waiting.held);
  } else {
    spdlog::info("the books of partition {} agree with its structures again", partition);
  }
  imbalance_ += difference - std::exchange(seen, difference);
}

}  // namespace crawler
