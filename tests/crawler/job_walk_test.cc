#include "crawler/job_walk.h"

#include <gtest/gtest.h>

namespace crawler {
namespace {

TEST(JobWalkTest, AJobIsAskedForOnceInAWalk) {
  JobBudget jobs(Budget("job", {.pages = 1}));
  jobs.looked({});
  const std::string j = "j", k = "k", none;
  JobWalk walk(&jobs);
  EXPECT_TRUE(walk.of(j).room);
  EXPECT_TRUE(jobs.begin(j));
  EXPECT_TRUE(walk.of(j).room) << "as it was";
  EXPECT_TRUE(JobWalk(&jobs).of(j).waits());
  walk.took_last(j);
  EXPECT_FALSE(walk.of(j).room);
  EXPECT_TRUE(walk.of(k).room && walk.of(none).room);
  EXPECT_TRUE(JobWalk(nullptr).of(j).room);
}

}  // namespace
}  // namespace crawler
