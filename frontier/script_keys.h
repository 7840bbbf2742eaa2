// What the scripts over the seen set need from their callers: each key once, and how a refusal is spelt in `out`.
// Plain values; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace frontier {

// Refused ids are kept as 56 bits followed by two decimal digits, which fits a signed 64-bit integer.
inline constexpr std::uint64_t kOutIdMask = (std::uint64_t{1} << 56) - 1;

// The two digits of a reason: its place in `reasons`.
inline std::string reason_code(const std::vector<std::string_view>& reasons, std::string_view reason) {
  std::size_t code = 0;
  while (code < reasons.size() && reasons[code] != reason) ++code;
  return {static_cast<char>('0' + code / 10), static_cast<char>('0' + code % 10)};
}

// Key indices of one script call, each key once.
class KeyTable {
 public:
  explicit KeyTable(std::vector<std::string> fixed) : keys_(std::move(fixed)) {}
  std::string index(const std::string& key) {
    const auto [entry, fresh] = indices_.try_emplace(key, keys_.size() + 1);
    if (fresh) keys_.push_back(key);
    return std::to_string(entry->second);
  }
  const std::vector<std::string>& keys() const { return keys_; }

 private:
  std::vector<std::string> keys_;
  std::unordered_map<std::string, std::size_t> indices_;
};

}  // namespace frontier
