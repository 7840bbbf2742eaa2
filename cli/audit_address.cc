#include "cli/audit_address.h"

#include <fmt/format.h>

#include <tuple>

namespace cli {

bool address_order(const AuditEntry& a, const AuditEntry& b) {
  return std::tie(a.ip, a.boot, a.sent, a.ended, a.file, a.line) <
         std::tie(b.ip, b.boot, b.sent, b.ended, b.file, b.line);
}

void AddressRules::take(const AuditEntry& e) {
  if (e.sent > e.first_byte || e.first_byte > e.ended) return;
  if (newest_ && (newest_->ip != e.ip || newest_->boot != e.boot)) newest_ = last_ = std::nullopt;
  if (newest_) {
    ++verified_;
    const Nanos gap = e.sent - newest_->first_byte;
    if (e.sent < last_->ended) {
      found_({AuditRule::address, e, last_, "sent while another request to its address was under way"});
    } else if (gap < newest_->ip_delay) {
      found_({AuditRule::address, e, newest_,
              fmt::format("{} after the first byte before it from its address; ip_delay was {}", nanos_text(gap),
                          nanos_text(newest_->ip_delay))});
    }
  }
  if (!newest_ || e.first_byte >= newest_->first_byte) newest_ = e;
  if (!last_ || e.ended >= last_->ended) last_ = e;
}

}  // namespace cli
