// What the settings say of hosts: their limits, and which of them may not be asked at all.
// Pure functions; any thread. The options refer to `shared`, which outlives them.
#pragma once

#include <functional>
#include <string>

#include "crawler/scheduler.h"
#include "crawler/shared.h"

namespace crawler {

struct SchedulerRules {  // what the worker's other parts say; each may be empty
  std::function<HostLeversPtr(const std::string& host)> levers_of;
  std::function<std::string(const Ready&)> trap;
  JobBudget* jobs = nullptr;
};
SchedulerOptions scheduler_options(const Shared& shared, SchedulerRules rules);

}  // namespace crawler
