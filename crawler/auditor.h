// Compares the books with the structures, one partition after the other, as long as the daemon lives
// (docs/decisions/0016-books-and-structures.md). Every daemon looks at every partition.
// Lives on the control loop; owned by the session.
#pragma once

#include <array>
#include <cstdint>

#include "crawler/boot_clock.h"
#include "crawler/config.h"
#include "frontier/frontier.h"
#include "frontier/partition_tally.h"

namespace crawler {

class Auditor {
 public:
  explicit Auditor(frontier::RedisFrontier& frontier)
      : frontier_(frontier), tally_(frontier.redis(), frontier.keys()) {}

  void tick(limiter::TimePoint now);  // begins with the next partition when it is time

  std::int64_t imbalance() const { return imbalance_; }  // of all partitions, as last seen
  std::uint64_t compared() const { return compared_; }   // partitions since the start; 256 are a round

 private:
  void note(int partition, const frontier::Tally& tally);

  frontier::RedisFrontier& frontier_;
  frontier::PartitionTally tally_;
  std::array<std::int64_t, frontier::kPartitions> seen_{};
  std::int64_t imbalance_ = 0;
  std::uint64_t compared_ = 0;
  int next_ = 0;
  bool asked_ = false, second_look_ = false;
  limiter::TimePoint due_{};
};

}  // namespace crawler
