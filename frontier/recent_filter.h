// Which URLs this worker has lately seen accepted by Redis, so that most repeated links need not ask again.
// Forgetting is harmless, so it is one fixed table without chains. Belongs to one worker's thread.
#pragma once

#include <cstdint>
#include <vector>

namespace frontier {

class RecentFilter {
 public:
  explicit RecentFilter(std::size_t entries = 1u << 16) : table_(entries) {}  // a power of two

  bool knows(std::uint64_t id) const { return table_[id & (table_.size() - 1)] == id; }
  void remember(std::uint64_t id) { table_[id & (table_.size() - 1)] = id; }
  void clear() { table_.assign(table_.size(), 0); }

 private:
  std::vector<std::uint64_t> table_;
};

}  // namespace frontier
