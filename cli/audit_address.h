// The audit of politeness.ip_delay: of the requests that went through the gate of an address, was each as late as that
// wants it, whichever hosts and daemons they were of?
// Pure; main thread; owned by the audit.
#pragma once

#include <functional>
#include <optional>

#include "cli/audit_rules.h"

namespace cli {

class AddressRules {
 public:
  explicit AddressRules(std::function<void(AuditFinding)> found) : found_(std::move(found)) {}

  // Entries with an ip_delay, in address_order(). Those whose own times contradict each other are left out.
  void take(const AuditEntry& entry);

  std::uint64_t verified() const { return verified_; }

 private:
  std::function<void(AuditFinding)> found_;
  std::uint64_t verified_ = 0;
  std::optional<AuditEntry> newest_, last_;  // of the address: latest first byte, latest end
};

bool address_order(const AuditEntry& a, const AuditEntry& b);

}  // namespace cli
