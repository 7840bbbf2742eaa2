#include "crawler/next_for_url.h"

namespace crawler {

Next next_for_url(const RequestEnd& request, const frontier::Record& record, const UrlLimits& limits) {
  const OutcomePolicy& policy = policy_of(request.outcome);
  const bool once = request.sent && !policy.pushback && !record.request.idempotent();
  if (once) return Next::end;
  if (request.outcome == Outcome::put_back) return Next::back;
  if (!policy.refused.empty()) return Next::refuse;
  if (policy.blames_host && !request.blamed) return Next::back;
  if (policy.retry && record.attempts < limits.retries) return Next::wait;
  if (policy.pushback && record.pushbacks < limits.max_pushbacks) return Next::yield;
  return Next::end;
}

}  // namespace crawler
