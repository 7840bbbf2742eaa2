// What others see of a session: its status, in memory and in Redis, and the levers they have.
#include <spdlog/spdlog.h>

#include <array>
#include <utility>

#include "crawler/awaited.h"
#include "crawler/boot_clock.h"
#include "crawler/session.h"

namespace crawler {
namespace {

constexpr Duration kLoopsTick = seconds(10);  // a loop that does not tick for so long hangs

}  // namespace

std::string Session::state() const {
  switch (phase_) {
    case Phase::connecting:
      return "waiting";
    case Phase::running:
      break;
    default:
      return "draining";
  }
  if (shared_.paused.load() && pause_shown_) return "paused";
  return redis_.up() && shared_.trust.good() && facts_.storage_error.empty() ? "running" : "waiting";
}

void Session::publish() {
  facts_.state = phase_ == Phase::closed ? "stopped" : state();
  StatusPtr status = builder_.build(facts_, {books_.get(), jobs_.get(), auditor_.get(), intake_.get()}, boot_now());
  if (setup_.options.progress) setup_.options.progress(*status);
  const std::lock_guard lock(mutex_);
  status_ = std::move(status);
}

void Session::write_status_hash(const Status& s) {
  if (std::exchange(asked_status_, true)) return;
  std::int64_t failed = 0;
  for (const auto& [reason, n] : s.failed_by_reason) failed += n;
  const std::array<std::string, 8> values = {s.state,
                                             std::to_string(s.books.queued + s.books.waiting),
                                             std::to_string(s.books.in_flight),
                                             std::to_string(s.books.done),
                                             std::to_string(failed),
                                             std::to_string(s.books.refused),
                                             s.why_idle,
                                             s.admin_address};
  frontier_->tell_status({"state", values[0], "queued", values[1], "in_flight", values[2], "done", values[3], "failed",
                          values[4], "refused", values[5], "why_idle", values[6], "admin", values[7]},
                         [this] { asked_status_ = false; });
}

StatusPtr Session::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

bool Session::alive() const {
  const Duration last(last_tick_ns_.load(std::memory_order_relaxed));
  return workers_alive_.load() && boot_now().time_since_epoch() - last < kLoopsTick;
}

std::vector<std::string> Session::not_ready() const {
  std::vector<std::string> reasons;
  const StatusPtr s = status();
  if (!s->redis.up)
    reasons.push_back("Redis is away: " + s->redis.error);
  else if (!s->redis.error.empty())
    reasons.push_back("Redis: " + s->redis.error);
  if (!s->storage.error.empty()) reasons.push_back("storage: " + s->storage.error);
  if (s->state == "draining" || s->state == "stopped") reasons.push_back("it is stopping");
  return reasons;
}

void Session::set_paused(bool paused) {
  shared_.paused.store(paused);
  post([this, paused] {
    spdlog::info("{}", paused ? "paused" : "resumed");
    if (!paused) accept_redis();
    pause_shown_ = false;  // until the books have been read after it
    for (auto& worker : workers_) worker->wake();
    if (books_ && redis_.up() && !shared_.trust.lost()) {
      books_->read_last([this, paused] {
        pause_shown_ = paused;
        publish();
      });
    }
  });
}

bool Session::add_seeds(const std::vector<std::string>& entries, std::string& error) {
  const auto answer = std::make_shared<Awaited<std::string>>();  // why not; empty: they are in the inbox
  post([this, entries, answer] {
    std::string why = phase_ == Phase::running ? HostDesk::why_not_written(frontier_.get(), shared_.trust)
                                               : "It takes no seeds while it starts or stops.";
    if (!why.empty()) return answer->give(std::move(why));
    intake_->offer(entries, [answer](const std::string& why_not) { answer->give(why_not); });
  });
  error = answer->wait(seconds(2)).value_or("Redis did not take the seeds within 2 s; they may be taken later");
  return error.empty();
}

void Session::visit_counters(const std::function<void(int, const WorkerCounters&)>& visit) const {
  if (!workers_made_.load(std::memory_order_acquire)) return;
  for (const auto& worker : workers_) visit(worker->id(), worker->counters());
}

}  // namespace crawler
