#include "crawler/job_budget.h"

#include <algorithm>
#include <utility>

namespace crawler {

JobBudget::Standing JobBudget::standing(const std::string& job) const {
  if (!counts(job)) return {};
  const std::lock_guard lock(mutex_);
  const auto places = jobs_.find(job);
  if (places == jobs_.end()) return {.room = known_};
  return {known_ && has_room(places->second), of_each_.used_up(places->second.done)};
}

bool JobBudget::begin(const std::string& job) {
  if (!counts(job)) return true;
  const std::lock_guard lock(mutex_);
  if (!known_) return false;
  Places& places = jobs_[job];
  if (!has_room(places)) return false;
  ++places.open;
  return true;
}

void JobBudget::give_back(const std::string& job) {
  if (!counts(job)) return;
  const std::lock_guard lock(mutex_);
  --jobs_[job].open;
}

void JobBudget::settled(const std::string& job) {
  if (!counts(job)) return;
  const std::lock_guard lock(mutex_);
  Places& places = jobs_[job];
  --places.open;
  ++places.unlooked;
  ++places.while_look;
}

void JobBudget::look_begins() {
  const std::lock_guard lock(mutex_);
  for (auto& [job, places] : jobs_) places.while_look = 0;
}

void JobBudget::looked(const Done& done) {
  const std::lock_guard lock(mutex_);
  known_ = true;
  for (const auto& [job, now] : done) {  // what is done stays done, but for start_over()
    Spent& before = jobs_[job].done;
    before = {std::max(before.pages, now.pages), std::max(before.bytes, now.bytes), std::max(before.time, now.time)};
  }
  for (auto& [job, places] : jobs_) places.unlooked = places.while_look;
}

void JobBudget::start_over() {
  const std::lock_guard lock(mutex_);
  known_ = false;
  for (auto& [job, places] : jobs_) places = {.open = places.open};
}

}  // namespace crawler
