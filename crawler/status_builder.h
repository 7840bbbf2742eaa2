// Puts together what the daemon tells about itself, from the books, the workers' counters and the session's facts.
// Lives on the control loop; owned by the session.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "crawler/auditor.h"
#include "crawler/bookkeeper.h"
#include "crawler/intake.h"
#include "crawler/job_books.h"
#include "crawler/shared.h"
#include "crawler/status.h"
#include "crawler/worker.h"

namespace crawler {

struct SessionFacts {  // what only the session knows
  std::string state, admin_address, config_file, instance, redis_error, redis_warning, storage_error;
  bool redis_up = false, embedded = false, aof = false;
  std::uint64_t used_memory = 0, max_memory = 0, free_bytes = 0;
  std::optional<std::chrono::seconds> memory_full_in;
  limiter::TimePoint started{};
};

class StatusBuilder {
 public:
  using Workers = std::vector<std::unique_ptr<Worker>>;
  StatusBuilder(const Shared& shared, const Workers& workers) : shared_(shared), workers_(workers) {}

  struct Accounts {  // null as long as Redis has not answered
    const Bookkeeper* books;
    const JobBooks* jobs;
    const Auditor* auditor;
    const Intake* intake;
  };
  StatusPtr build(const SessionFacts& facts, const Accounts& accounts, limiter::TimePoint now);

 private:
  struct Sample {
    limiter::TimePoint at;
    std::uint64_t pages, bytes;
  };
  static void add_books(Status& status, const Bookkeeper& books);
  void add_workers(Status& status) const;
  void add_rates(Status& status, limiter::TimePoint now);
  std::string why_idle(const Status& status, const SessionFacts& facts, limiter::TimePoint now) const;

  const Shared& shared_;
  const Workers& workers_;
  std::deque<Sample> samples_;
  limiter::TimePoint last_moved_{};
};

}  // namespace crawler
