// Reads the books of the jobs: for whoever asks how a job is going, and for what each may use (job_budget.h).
// Lives on the control loop; owned by the session.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>

#include "crawler/boot_clock.h"
#include "crawler/job_budget.h"
#include "crawler/status.h"
#include "frontier/frontier.h"
#include "frontier/job_names.h"

namespace crawler {

class JobBooks {
 public:
  JobBooks(frontier::RedisFrontier& frontier, JobBudget& budget)
      : frontier_(frontier), budget_(budget), names_(frontier.redis(), frontier.keys()) {}

  // One look at all partitions. Nothing while Redis is away, a look is under way, or the last one took so long that
  // Redis should rest.
  void look(limiter::TimePoint now);
  void start_over();  // the books are others now: a look that is under way counts for nothing

  // As of the last look. A job is finished when all its URLs had left by one look and no more had come by the next,
  // since partitions are read one after the other; until then, and while seeds wait in the inbox, it is running.
  const std::map<std::string, JobStatus>& jobs() const { return jobs_; }
  std::int64_t imbalance() const { return imbalance_; }  // discovered against all states, by partition and job; 0

 private:
  struct Sum {
    std::array<std::int64_t, 6> states{};  // in the order of Books
    std::int64_t bytes = 0;
    std::chrono::milliseconds age{};
  };
  void read_inbox();
  void read_books();
  void add(const frontier::RedisFrontier::Counts& counts);
  void close();

  frontier::RedisFrontier& frontier_;
  JobBudget& budget_;
  frontier::JobNames names_;
  std::map<std::string, Sum> sums_;           // of the look under way
  std::map<std::string, std::int64_t> left_;  // done and refused by the last look
  std::map<std::string, JobStatus> jobs_;
  int open_ = 0;                                  // answers that are to come
  std::int64_t imbalance_ = 0, found_ = 0;        // of the last look, of the one under way
  bool inbox_empty_ = false, was_empty_ = false;  // as this look began, and the last one
  bool stale_ = false;                            // the look under way is
  limiter::TimePoint began_{}, due_{};
};

}  // namespace crawler
