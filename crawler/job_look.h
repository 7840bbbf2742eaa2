// Sums the books of the jobs over all partitions, for budget.job_pages.
// Lives on the control loop; owned by the session.
#pragma once

#include "crawler/job_budget.h"
#include "frontier/frontier.h"

namespace crawler {

class JobLook {
 public:
  JobLook(frontier::RedisFrontier& frontier, JobBudget& budget) : frontier_(frontier), budget_(budget) {}

  void look();  // once a second; nothing where there is no such budget, or a look is under way

 private:
  frontier::RedisFrontier& frontier_;
  JobBudget& budget_;
  JobBudget::Done done_;
  int open_ = 0;  // partitions that have not answered
};

}  // namespace crawler
