// What follows from the end of a request for its URL. The policy itself is the table in outcome.h.
// Pure functions over plain values; any thread.
#pragma once

#include "crawler/outcome.h"
#include "frontier/record.h"

namespace crawler {

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
