// The log of refusals: each URL's once for a reason, and no more of them than refusal_sampler.h lets through. Counts
// the traps. Belongs to one worker's thread; owned by the page pipeline.
#pragma once

#include <string_view>

#include "crawler/committer.h"
#include "crawler/counters.h"
#include "crawler/refusal_sampler.h"
#include "frontier/recent_filter.h"
#include "frontier/record.h"
#include "storage/segment.h"

namespace crawler {

struct Refusal {
  std::string_view host;
  const frontier::Record& record;
  std::string_view reason, rule;  // all but the reason chosen by others, of any length
};

class RefusalLog {
 public:
  RefusalLog(storage::Segment& segment, Committer& committer, WorkerCounters& counters)
      : segment_(segment), committer_(committer), counters_(counters), told_(1u << 14) {}

  void tell(const Refusal& refusal);

 private:
  storage::Segment& segment_;
  Committer& committer_;
  WorkerCounters& counters_;
  frontier::RecentFilter told_;
  RefusalSampler sampler_;
};

}  // namespace crawler
