// What follows from the end of a request: for its host, and for its URL. The policy itself is the table in outcome.h.
// Pure functions over plain values; any thread.
#pragma once

#include <optional>

#include "crawler/outcome.h"
#include "frontier/record.h"
#include "limiter/host_limiter.h"

namespace crawler {

// What a request told about its host.
struct HostReport {
  Outcome outcome = Outcome::put_back;
  bool reached_out = false;  // bytes or a connection attempt left us: the gap counts from it
  limiter::HostLimiter::Exchange exchange;
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

enum class Next {
  end,     // it has its fate
  refuse,  // it has its reason of refusal
  wait,    // tried again after a back-off of its own; one attempt is counted
  yield,   // its host asked for a pause: back to the front of the queue; one push-back is counted
  back,    // back to the front of the queue as if nothing had been
};

struct UrlLimits {
  int retries = 3;
  int max_pushbacks = 4;
};

// `blamed`: the failure counts against the URL; not so in an outage of ours, nor where it was a breaker's probe.
Next next_for_url(Outcome outcome, bool blamed, const frontier::Record& record, const UrlLimits& limits);

}  // namespace crawler
