// A map of bounded size that forgets what was not used for longest: two generations, and the older one goes as a whole.
// A plain value; belongs to one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <utility>

namespace crawler {

template <typename Value>
class Generations {
 public:
  explicit Generations(std::size_t most) : half_(most / 2 + 1) {}  // about so many values are held at most

  const Value* find(std::uint64_t id) const {
    if (const auto entry = young_.find(id); entry != young_.end()) return &entry->second;
    const auto entry = old_.find(id);
    return entry == old_.end() ? nullptr : &entry->second;
  }

  // The value of `id`, a fresh one where it is not known. Holds until the next call.
  Value& use(std::uint64_t id) {
    const auto known = young_.find(id);
    if (known != young_.end()) return known->second;
    if (young_.size() >= half_) {
      old_ = std::move(young_);
      young_.clear();
    }
    auto earlier = old_.extract(id);
    if (earlier) return young_.insert(std::move(earlier)).position->second;
    return young_[id];
  }

  std::size_t size() const { return young_.size() + old_.size(); }

 private:
  std::size_t half_;
  std::unordered_map<std::uint64_t, Value> young_, old_;
};

}  // namespace crawler
