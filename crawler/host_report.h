// What the end of a request tells of its host, and what the ledger then says of it.
// Plain values; any thread.
#pragma once

#include <optional>

#include "crawler/outcome.h"
#include "limiter/host_limiter.h"
#include "web/bytes.h"

namespace crawler {

// What a request told about its host.
struct HostReport {
  Outcome outcome = Outcome::put_back;
  bool reached_out = false;  // bytes or a connection attempt left us: the gap counts from it
  limiter::HostLimiter::Exchange exchange;
  web::Bytes received;
  std::optional<limiter::Duration> retry_after;
  bool retry = false;    // it was one, of whatever kind
  bool our_own = false;  // it failed by our own outage: nobody is blamed
};

// What the ledger says of it.
struct Account {
  std::optional<limiter::Duration> gap;   // since the first byte of the one before, where that is known here
  std::optional<limiter::Duration> hold;  // how long the answer makes the host wait
  bool violation = false;
};

}  // namespace crawler
