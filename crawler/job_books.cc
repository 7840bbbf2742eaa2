#include "crawler/job_books.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace crawler {
namespace {

constexpr int kRest = 40;  // times as long as the look took
constexpr std::array<std::string_view, 6> kStates = {"discovered", "queued", "in_flight", "waiting", "done", "refused"};

}  // namespace

void JobBooks::look(limiter::TimePoint now) {
  if (open_ > 0 || now < due_ || !frontier_.redis().up()) return;
  began_ = now;
  open_ = 1;
  stale_ = false;
  names_.list([this](const std::optional<std::vector<frontier::JobNames::Job>>& names) {
    open_ = 0;
    if (!names) return;
    sums_.clear();
    for (const auto& job : *names) sums_[job.name] = {.age = job.age};
    budget_.look_begins();
    names->empty() ? close() : read_inbox();
  });
}

void JobBooks::start_over() {
  stale_ = true;
  due_ = {};
  left_.clear();
  budget_.start_over();
}

void JobBooks::read_inbox() {
  open_ = 1;
  frontier_.inbox([this](std::int64_t waiting) {
    was_empty_ = std::exchange(inbox_empty_, waiting == 0);
    read_books();
  });
}

void JobBooks::read_books() {
  open_ = frontier::kPartitions;
  for (int partition = 0; partition < frontier::kPartitions; ++partition) {
    frontier_.job_counts(partition, [this](const frontier::RedisFrontier::Counts& counts) {
      add(counts);
      if (--open_ == 0) close();
    });
  }
}

void JobBooks::add(const frontier::RedisFrontier::Counts& counts) {
  std::map<std::string_view, std::int64_t> balance;
  for (const auto& [field, n] : counts) {  // "STATE JOB", "bytes JOB"
    const std::size_t space = std::min(field.find(' '), field.size());
    const std::string_view name = std::string_view(field).substr(0, space);
    const auto job = space == field.size() ? sums_.end() : sums_.find(field.substr(space + 1));
    if (job == sums_.end()) continue;
    if (name == "bytes") job->second.bytes += n;
    const auto state = std::find(kStates.begin(), kStates.end(), name);
    if (state == kStates.end()) continue;
    job->second.states[static_cast<std::size_t>(state - kStates.begin())] += n;
    balance[job->first] += state == kStates.begin() ? n : -n;
  }
  for (const auto& [job, n] : balance) found_ += std::abs(n);
}

void JobBooks::close() {
  if (stale_) {
    found_ = 0;
    return;
  }
  std::map<std::string, std::int64_t> left;
  JobBudget::Done done;
  jobs_.clear();
  for (const auto& [name, sum] : sums_) {
    JobStatus& job = jobs_[name];
    const auto& n = sum.states;
    job.books = {n[0], n[1], n[2], n[3], n[4], n[5]};
    job.bytes = static_cast<std::uint64_t>(sum.bytes);
    done[name] = {job.books.done, {job.bytes}, sum.age};
    left[name] = job.books.done + job.books.refused;
    const auto before = left_.find(name);
    job.finished = was_empty_ && inbox_empty_ && before != left_.end() && before->second == job.books.discovered;
  }
  left_ = std::move(left);
  imbalance_ = std::exchange(found_, 0);
  budget_.looked(done);
  const auto now = boot_now();
  due_ = now + kRest * (now - began_);
}

}  // namespace crawler
