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

struct RequestEnd {
  Outcome outcome;
  bool blamed;  // the failure counts against the URL; not so in an outage of ours, nor where it was a breaker's probe
  bool sent;    // the host saw the request
};

// What may have been carried out is not sent again where that would be done twice (RFC 9110 9.2.2), unless the host
// says that it was not: by 429 or 503.
Next next_for_url(const RequestEnd& request, const frontier::Record& record, const UrlLimits& limits);

}  // namespace crawler
