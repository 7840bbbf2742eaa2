// One line of the ledger (docs/ledger.md) as the audit reads it: every field checked, times in whole nanoseconds.
// Pure functions; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cli {

using Nanos = std::int64_t;

// What the audit takes at most for a point in time or a duration, so that sums with it are safe.
inline constexpr Nanos kMostNanos = 1'000'000'000'000'000'000;  // 31 years

struct AuditLine {
  std::string url, host, origin, ip, boot, agent, delay_from, outcome, retry_after, date;
  bool robots = false;                                                       // a request for robots.txt
  int status = 0;                                                            // 0: none arrived
  std::int64_t sent_wall_ms = 0, first_byte_wall_ms = 0, ended_wall_ms = 0;  // since 1970
  Nanos sent = 0, first_byte = 0, ended = 0;                                 // on the time line of `boot`
  Nanos delay = 0, factor_wait = 0;  // what the next request is bound to: from the first byte, and from the end
  std::optional<Nanos> gap, hold;    // as stated
  std::optional<Nanos> ip_delay;     // of the gate of its address, where it went through one
  int burst = 1, concurrency = 1;
  // The version of robots.txt that was obeyed: when it was fetched (nothing: not stated), and its digest (empty: there
  // was none).
  std::optional<std::int64_t> robots_fetched_wall_ms;
  std::string robots_digest;
};

// Reads a line. Returns what is wrong with it, empty if nothing is.
std::string read_audit_line(std::string_view text, AuditLine& line);

// "2026-01-31T23:59:59.123Z" in milliseconds since 1970.
std::optional<std::int64_t> wall_ms_of(std::string_view rfc3339);
std::string wall_rfc3339(std::int64_t ms);
std::string wall_text(std::int64_t ms);  // "2026-01-31 23:59:59.123"

// The outcome says that an answer arrived (docs/ledger.md).
bool was_answered(std::string_view outcome);

// How long Retry-After asked for, counted from the end of a 429 or 503; 0 for none. A date counts from the answer's
// `date`; where that is not known from its end by the wall clock, in whole seconds.
Nanos asked_wait(const AuditLine& line);

}  // namespace cli
