#include "crawler/next_for_url.h"

namespace crawler {

Next next_for_url(Outcome outcome, bool blamed, const frontier::Record& record, const UrlLimits& limits) {
  const OutcomePolicy& policy = policy_of(outcome);
  if (outcome == Outcome::put_back) return Next::back;
  if (!policy.refused.empty()) return Next::refuse;
  if (policy.blames_host && !blamed) return Next::back;
  if (policy.retry && record.attempts < limits.retries) return Next::wait;
  if (policy.pushback && record.pushbacks < limits.max_pushbacks) return Next::yield;
  return Next::end;
}

}  // namespace crawler
