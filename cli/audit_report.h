// What an audit came to, and how it is told: for people and as JSON.
// Plain values; main thread.
#pragma once

#include <array>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cli/audit_rules.h"

namespace cli {

// A line of a file: "fetches-20260131.jsonl:17".
struct AuditPlace {
  std::string file;
  std::uint32_t line = 0;

  std::string text() const { return file + ":" + std::to_string(line); }
};

struct AuditViolation {
  AuditRule rule;
  std::string host, what;
  AuditPlace at;
  std::optional<AuditPlace> before;
};

struct AuditReport {
  static constexpr std::size_t kMostTold = 1000;  // violations that are named; all are counted
  static constexpr std::size_t kMostGarbage = 20;

  std::vector<std::string> files;       // as given
  std::vector<std::string> unreadable;  // "FILE: why"
  std::uint64_t requests = 0, hosts = 0;
  std::int64_t first_wall_ms = 0, last_wall_ms = 0;
  std::uint64_t gaps = 0;          // reckoned exactly
  std::uint64_t address_gaps = 0;  // likewise, at the gates of addresses
  AuditSeams seams;
  struct Smallest {
    double ratio;
    Nanos gap, delay;
    std::string host;
    AuditPlace at, before;
  };
  std::optional<Smallest> smallest;
  std::uint64_t violations = 0;
  std::array<std::uint64_t, kAuditRules> by_rule{};
  std::vector<AuditViolation> told;
  std::uint64_t garbage = 0, torn = 0;
  std::vector<std::string> garbage_told;  // "FILE:17: why"
  std::string error;                      // the audit could not be made; the rest counts for nothing

  bool good() const { return violations == 0 && unreadable.empty() && error.empty(); }
};

std::string report_text(const AuditReport& report);
nlohmann::ordered_json report_json(const AuditReport& report);

// The part of both that a receipt has too.
std::string violations_text(const AuditReport& report);
nlohmann::ordered_json verification_json(const AuditReport& report);

}  // namespace cli
