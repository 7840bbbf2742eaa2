// One audit: reads the files, puts their lines in order, verifies every gap and gathers what is to be told.
// Blocking; main thread; owned by the command. Memory: AuditSort::kInMemory entries, twice that where there is a gate
// of addresses, and the names of hosts, origins and addresses.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cli/audit_entry.h"
#include "cli/audit_receipt.h"
#include "cli/audit_report.h"
#include "cli/audit_sort.h"

namespace cli {

class Audit {
 public:
  // `host`: that one only, with a receipt; empty: all of them.
  explicit Audit(std::string host, std::size_t in_memory = AuditSort::kInMemory);

  void read(const std::vector<std::filesystem::path>& files);
  void verify();

  bool knows_host() const { return !only_.empty() && report_.requests > 0; }
  std::vector<std::string> hosts_like(const std::string& name, std::size_t most) const;
  const AuditReport& report() const { return report_; }
  const AuditReceipt& receipt() const { return receipt_; }

 private:
  void take(std::string_view text, std::uint32_t file, std::uint32_t number, bool whole);
  AuditPlace place_of(const AuditEntry& entry) const;
  void tell(AuditFinding finding);
  void garbage(std::uint32_t file, std::uint32_t number, const std::string& why);

  std::string only_;
  AuditSort entries_;
  AuditSort gated_;  // again, by address: those that went through the gate of one
  AuditNames hosts_, origins_, boots_, addresses_;
  AuditReport report_;
  AuditReceipt receipt_;
};

}  // namespace cli
