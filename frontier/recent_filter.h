// Which URLs this worker has lately seen accepted by Redis, so that most repeated links need not ask again.
// Forgetting is harmless, so it is one fixed table: sets of a cache line each, whose longest unused entry makes room.
// Ids are kept whole: one that only resembled another would be a URL lost. Belongs to one worker's thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace frontier {

class RecentFilter {
 public:
  static constexpr std::size_t kWays = 8;

  explicit RecentFilter(std::size_t entries = 1u << 18) : table_(entries) {}  // a power of two, kWays at least

  bool knows(std::uint64_t id) { return find(id) != kWays; }
  void remember(std::uint64_t id) {
    const std::size_t place = find(id);
    if (place == kWays) to_front(id, kWays - 1);
  }
  void forget(std::uint64_t id) {
    const std::size_t place = find(id);
    if (place != kWays) *set_of(id) = 0;
  }
  void clear() { table_.assign(table_.size(), 0); }

 private:
  std::uint64_t* set_of(std::uint64_t id) { return &table_[(id * kWays) & (table_.size() - 1)]; }

  // Its place before it was moved to the front of its set; kWays: it is not there.
  std::size_t find(std::uint64_t id) {
    const std::uint64_t* set = set_of(id);
    const std::size_t place = static_cast<std::size_t>(std::find(set, set + kWays, id) - set);
    if (place != kWays && place != 0) to_front(id, place);
    return place;
  }
  void to_front(std::uint64_t id, std::size_t from) {
    std::uint64_t* set = set_of(id);
    std::move_backward(set, set + from, set + from + 1);
    set[0] = id;
  }

  std::vector<std::uint64_t> table_;
};

}  // namespace frontier
