// Puts the audit's entries in order with bounded memory: what does not fit is sorted in pieces, kept in a nameless file
// and merged. Blocking; main thread; owned by the audit.
#pragma once

#include <cstddef>
#include <functional>
#include <system_error>
#include <vector>

#include "cli/audit_entry.h"
#include "storage/file.h"

namespace cli {

class AuditSort {
 public:
  using Less = bool (*)(const AuditEntry&, const AuditEntry&);
  static constexpr std::size_t kInMemory = 500'000;  // entries: 53 MiB

  explicit AuditSort(Less less, std::size_t in_memory = kInMemory) : less_(less), in_memory_(in_memory) {}

  // False, and error() says why, if the pieces cannot be written to the folder for temporary files.
  bool add(const AuditEntry& entry);

  // Calls `each` with every entry in order. Once.
  bool visit(const std::function<void(const AuditEntry&)>& each);

  const std::error_code& error() const { return error_; }

 private:
  bool spill();
  bool merge(const std::function<void(const AuditEntry&)>& each);

  Less less_;
  std::size_t in_memory_;
  std::vector<AuditEntry> entries_;
  storage::Fd file_;
  std::vector<std::size_t> ends_;  // of the pieces in the file, in entries
  std::error_code error_;
};

}  // namespace cli
