// What each job may use: how many more of its pages may be begun, and whether it is used up. The workers' own places
// are counted here, exactly; what became of them, what other daemons do, bytes and time are read from the books of the
// jobs once a second by the control loop.
// Thread-safe; in Shared.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "crawler/budget.h"

namespace crawler {

class JobBudget {
 public:
  using Done = std::map<std::string, Spent>;  // job -> URLs that are done, bytes for it, of all daemons; its age

  explicit JobBudget(Budget of_each) : of_each_(std::move(of_each)) {}
  bool limited() const { return of_each_.limited(); }
  std::string rule(Budget::Kind kind) const { return of_each_.rule(kind); }

  // A page of the job takes a place. False: there is none, or it is not known yet what was done before.
  bool begin(const std::string& job);
  void give_back(const std::string& job);  // the page came to nothing
  void settled(const std::string& job);    // the books of the job have it
  struct Standing {
    bool room = true;                     // whether begin() would find a place
    std::optional<Budget::Kind> used_up;  // by the books, as of the last look: all else of the job ends
    bool waits() const { return !room && !used_up; }
  };
  Standing standing(const std::string& job) const;
  std::optional<Budget::Kind> used_up(const std::string& job) const { return standing(job).used_up; }

  // A look into the books, from before the first of them is read until all are.
  void look_begins();
  void looked(const Done& done);
  void start_over();  // the books are others now: nothing begins until they were looked into

 private:
  struct Places {
    std::int64_t open = 0;        // begun and neither settled nor given back
    std::int64_t unlooked = 0;    // settled since the last look began
    std::int64_t while_look = 0;  // of them, since the one under way began
    Spent done;                   // by the books, as of the last look
  };
  bool counts(const std::string& job) const { return of_each_.limited() && !job.empty(); }
  // At most so many may be done when what is open is; a page settled while it was looked may count twice for a second.
  bool has_room(const Places& places) const { return of_each_.has_room(places.done, places.open + places.unlooked); }

  const Budget of_each_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Places> jobs_;  // as many as the books hold
  bool known_ = false;                            // a look was finished
};

}  // namespace crawler
