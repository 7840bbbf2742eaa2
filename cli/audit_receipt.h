// What one host was asked, as something that can be sent to its webmaster.
// Fed with the host's lines; main thread; owned by the audit.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

#include "cli/audit_line.h"
#include "cli/audit_report.h"

namespace cli {

class AuditReceipt {
 public:
  static constexpr std::size_t kMostKept = 100;  // of robots versions, push-backs, agents, addresses, reasons

  void add(const AuditLine& line);
  void add_wait(const AuditEntry& pushed, const AuditEntry& next);

  std::string text(const std::string& host, const AuditReport& report) const;
  nlohmann::ordered_json json(const std::string& host, const AuditReport& report) const;

 private:
  struct Robots {  // one version of one origin
    std::string origin, digest;
    std::int64_t fetched_wall_ms;
    std::uint64_t requests;  // that obeyed it
  };
  struct Wait {
    std::int64_t ended_wall_ms;
    bool asked;  // by Retry-After
    Nanos hold, waited;
  };
  using Counts = std::map<std::string, std::uint64_t>;
  static void count(Counts& counts, const std::string& name);
  void add_robots(const AuditLine& line);
  Counts errors() const;

  std::uint64_t requests_ = 0, robots_requests_ = 0, pushed_back_ = 0;
  std::map<std::int64_t, std::uint64_t> hours_;  // hours since 1970
  Counts agents_, addresses_, outcomes_, delay_from_, statuses_;
  std::vector<Robots> robots_;
  std::vector<Wait> waits_;
  std::uint64_t honoured_ = 0, broken_ = 0;
  Nanos least_delay_ = kMostNanos, most_delay_ = 0;
};

}  // namespace cli
