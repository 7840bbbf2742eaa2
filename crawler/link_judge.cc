#include "crawler/link_judge.h"

#include <utility>

namespace crawler {

LinkJudge::Verdict LinkJudge::judge(const Link& link) const {
  const auto seed = web::parse_url(link.record.seed);
  Scope::Verdict scope = scope_.judge(link.url, seed ? *seed : link.page, link.record.depth);
  if (!scope.refused.empty()) return {scope.refused, std::move(scope.rule)};
  if (link.nofollow) return {"nofollow", "rel or robots directive nofollow"};
  if (const auto over = jobs_.used_up(link.record.job)) return {"budget_job", jobs_.rule(*over)};
  if (const auto over = scheduler_.used_up(link.host)) {
    return {"budget_host", scheduler_.options().budget.rule(*over)};
  }
  if (link.record.via.empty()) return {};  // somebody asked for it, or for what redirects to it
  Traps::Verdict trap = traps_.judge({link.url, link.page, link.record.depth});
  if (!trap.rule.empty()) return {"trap", std::move(trap.rule)};
  return {{}, {}, trap.low};
}

std::string LinkJudge::trap(const Ready& ready) const {
  const auto via = web::parse_url(ready.record.via);
  return via ? traps_.judge({ready.url, *via, ready.record.depth}).rule : std::string();
}

}  // namespace crawler
