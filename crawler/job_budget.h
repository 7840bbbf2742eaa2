// budget.job_pages: how many more pages of each job may be begun. The workers' own places are counted here, exactly;
// what became of them, and what other daemons do, is read from the books of the jobs once a second by the control loop.
// Thread-safe; in Shared.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace crawler {

class JobBudget {
 public:
  using Done = std::map<std::string, std::int64_t>;  // job -> URLs that are done, of all daemons

  explicit JobBudget(std::optional<std::int64_t> limit) : limit_(limit) {}
  bool limited() const { return limit_.has_value(); }
  std::string rule() const { return "budget.job_pages = " + std::to_string(limit_.value_or(0)); }

  // A page of the job takes a place. False: there is none, or it is not known yet what was done before.
  bool begin(const std::string& job);
  bool has_room(const std::string& job) const;  // whether begin() would find one
  void give_back(const std::string& job);       // the page came to nothing
  void settled(const std::string& job);         // the books of the job have it
  bool used_up(const std::string& job) const;   // that many are done: all else of the job ends

  // A look into the books, from before the first of them is read until all are.
  void look_begins();
  void looked(const Done& done);
  void start_over();  // the books are others now: nothing begins until they were looked into

 private:
  struct Places {
    std::int64_t open = 0;        // begun and neither settled nor given back
    std::int64_t unlooked = 0;    // settled since the last look began
    std::int64_t while_look = 0;  // of them, since the one under way began
    std::int64_t done = 0;        // by the books, as of the last look
  };
  bool counts(const std::string& job) const { return limit_ && !job.empty(); }
  // At most so many may be done when what is open is; a page settled while it was looked may count twice for a second.
  std::int64_t taken(const Places& places) const { return places.done + places.open + places.unlooked; }

  const std::optional<std::int64_t> limit_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Places> jobs_;  // as many as the books hold
  bool known_ = false;                            // a look was finished
};

}  // namespace crawler
