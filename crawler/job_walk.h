// What the jobs of one host's URLs may use, each asked for once in a walk over them, since that takes the lock of all
// workers. Lives as long as one walk, in which the URLs stay where they are; belongs to its worker's thread.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "crawler/job_budget.h"

namespace crawler {

class JobWalk {
 public:
  explicit JobWalk(const JobBudget* jobs) : jobs_(jobs != nullptr && jobs->limited() ? jobs : nullptr) {}

  const JobBudget::Standing& of(const std::string& job) {
    if (jobs_ == nullptr || job.empty()) return free_;
    const auto [entry, fresh] = standings_.try_emplace(job);
    if (fresh) entry->second = jobs_->standing(job);
    return entry->second;
  }
  void took_last(const std::string& job) { standings_[job].room = false; }  // somebody else, meanwhile

 private:
  const JobBudget* jobs_;
  const JobBudget::Standing free_;
  std::unordered_map<std::string_view, JobBudget::Standing> standings_;
};

}  // namespace crawler
