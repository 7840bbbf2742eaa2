// What the audit keeps of each line while it sorts: plain bytes, 120 of them.
// Plain values; main thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "cli/audit_line.h"

namespace cli {

struct AuditEntry {
  static constexpr Nanos kNotStated = -kMostNanos - 1;

  Nanos sent = 0, first_byte = 0, ended = 0;
  std::int64_t sent_wall_ms = 0, first_byte_wall_ms = 0, ended_wall_ms = 0;
  Nanos delay = 0, factor_wait = 0;
  Nanos gap = kNotStated;  // as the line states it
  Nanos hold = 0;          // from its end on; what it says, and what Retry-After asked for up to kHonoured
  Nanos ip_delay = 0;      // of the gate of its address; 0: it went through none
  std::uint32_t host = 0, origin = 0, boot = 0, ip = 0, file = 0, line = 0;
  std::uint16_t burst = 1, concurrency = 1;
  bool robots = false, robots_answered = false;  // asks for robots.txt; and got an answer that lets pages be asked
  bool names_robots = false;                     // states which robots.txt it obeyed
  bool retry_after = false;                      // `hold` is what Retry-After asked for
};

// Texts that come again and again, as small numbers.
class AuditNames {
 public:
  std::uint32_t id(std::string_view text);
  const std::string& text(std::uint32_t id) const { return *texts_[id]; }
  std::size_t size() const { return texts_.size(); }

 private:
  std::unordered_map<std::string, std::uint32_t> ids_;
  std::vector<const std::string*> texts_;
};

inline std::uint32_t AuditNames::id(std::string_view text) {
  const auto [entry, fresh] = ids_.try_emplace(std::string(text), static_cast<std::uint32_t>(texts_.size()));
  if (fresh) texts_.push_back(&entry->first);
  return entry->second;
}

}  // namespace cli
