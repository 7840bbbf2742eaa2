// Whether a link that was found is queued: scope, nofollow, what its job and its host may still give, traps. In this
// order, so that the first that refuses gives the reason. Lives on its worker's thread; owned by the page pipeline.
#pragma once

#include <string>
#include <string_view>

#include "crawler/config.h"
#include "crawler/job_budget.h"
#include "crawler/scheduler.h"
#include "crawler/scope.h"
#include "crawler/traps.h"
#include "frontier/record.h"
#include "web/url.h"

namespace crawler {

class LinkJudge {
 public:
  // `jobs`, `scheduler` and `traps` outlive it.
  LinkJudge(const Config& config, const JobBudget& jobs, const Scheduler& scheduler, const Traps& traps)
      : scope_(config.scope), jobs_(jobs), scheduler_(scheduler), traps_(traps) {}

  struct Link {
    const web::Url& url;
    const web::Url& page;  // where it was found
    const frontier::Record& record;
    const std::string& host;  // its politeness key
    bool nofollow;
  };
  struct Verdict {
    std::string_view refused;  // reason of the contract; empty: it is queued
    std::string rule;          // what decided: "scope.exclude[2]"
    bool low = false;          // and not before others of its host
  };
  Verdict judge(const Link& link) const;

  // One that was queued, and is to be fetched now: by which rule it has become a trap. Empty: it is none.
  std::string trap(const Ready& ready) const;

 private:
  Scope scope_;
  const JobBudget& jobs_;
  const Scheduler& scheduler_;
  const Traps& traps_;
};

}  // namespace crawler
