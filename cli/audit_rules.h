// The arithmetic of the audit: is each request of a host as late as the contract's gap rule wants it, reckoned from the
// ledger alone? It shares nothing with what decided when to send.
// Pure; main thread; owned by the audit.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/audit_entry.h"

namespace cli {

enum class AuditRule {
  in_flight,      // asked while as many as may be were under way
  gap,            // sooner than the delay after the first byte of the one before
  bucket,         // of a burst: a window held more than burst + rate x t
  response_time,  // sooner than factor x response time after the end of the one before
  retry_after,    // inside the wait that a 429 or 503 asked for
  backoff,        // inside the wait that an answer caused
  address,        // sooner than ip_delay at the gate of its address (cli/audit_address.h)
  robots,         // a page of an origin whose robots.txt was not had
  ledger,         // the line contradicts itself, or the lines around it
};
inline constexpr std::size_t kAuditRules = 9;
std::string_view audit_rule_name(AuditRule rule);

struct AuditFinding {
  AuditRule rule;
  AuditEntry at;
  std::optional<AuditEntry> before;  // the request that it came too soon after
  std::string what;                  // "199.9 ms after the first byte before it; the delay is 200 ms"
};

struct SmallestGap {  // of those whose delay is not zero
  double ratio = 0;   // gap over delay
  Nanos gap = 0, delay = 0;
  AuditEntry at, before;
};

// Gaps between two time lines: other machines, or other boots. No clock is common to both.
struct AuditSeams {
  std::uint64_t count = 0;
  std::uint64_t overlapping = 0;    // of them: both were in use at once, by the wall clock, which proves nothing
  std::uint64_t looking_short = 0;  // of them: by the wall clock shorter than the delay
};

class HostRules {
 public:
  struct Events {
    std::function<void(AuditFinding)> found;
    // The first request after an answer that made the host wait.
    std::function<void(const AuditEntry& pushed, const AuditEntry& next)> waited;  // may be empty
  };
  explicit HostRules(Events events) : events_(std::move(events)) {}

  // Entries of one host, boot by boot, in the order in which they were sent within each (audit_order()).
  void take(const AuditEntry& entry);
  void finish();  // after the last one of all hosts

  std::uint64_t verified() const { return verified_; }
  const std::optional<SmallestGap>& smallest() const { return smallest_; }
  const AuditSeams& seams() const { return seams_; }

 private:
  struct Stretch {  // what a host was asked on one time line, by the wall clock
    std::int64_t first_sent, last_first_byte;
    Nanos first_delay;
  };
  struct OriginRobots {
    bool answered = false;
  };
  void begin_host();
  void begin_boot(const AuditEntry& entry);
  bool is_consistent(const AuditEntry& entry);
  bool check_hold(const AuditEntry& entry);
  bool check_in_flight(const AuditEntry& entry);
  bool check_gap(const AuditEntry& entry);
  bool check_bucket(const AuditEntry& entry);
  bool check_response_time(const AuditEntry& entry);
  void check_stated_gap(const AuditEntry& entry);
  void check_robots(const AuditEntry& entry);
  void remember(const AuditEntry& entry);
  void judge_seams();
  void find(AuditRule rule, const AuditEntry& at, const std::optional<AuditEntry>& before, std::string what);

  Events events_;
  std::uint64_t verified_ = 0;
  std::optional<SmallestGap> smallest_;
  AuditSeams seams_;

  // Of the host.
  bool any_ = false;
  std::uint32_t host_ = 0, boot_ = 0;
  std::map<std::uint32_t, OriginRobots> robots_;
  std::vector<Stretch> stretches_;

  // Of its time line.
  std::vector<AuditEntry> open_;                          // may still be under way
  std::optional<AuditEntry> newest_, slowest_, longest_;  // latest first byte, end + factor wait, end + hold
  std::optional<AuditEntry> previous_;
  Nanos bucket_ = 0;  // when the bucket has drained
  bool wait_told_ = true;
};

// The order in which HostRules wants its entries.
bool audit_order(const AuditEntry& a, const AuditEntry& b);

// "200.000001 ms", "1.5 s".
std::string nanos_text(Nanos n);

}  // namespace cli
