// How a session begins: the namespace and the server are checked, then workers, leases and seeds.
#include <spdlog/spdlog.h>

#include <memory>
#include <utility>

#include "crawler/boot_clock.h"
#include "crawler/random_hex.h"
#include "crawler/session.h"

namespace crawler {

void Session::on_redis_up(bool again) {
  if (phase_ == Phase::connecting) return check_namespace();
  if (again) {
    spdlog::info("Redis is back");
    if (!frontier_) return;
    frontier_->forget_recent();
    redis_.hold();
    frontier_->witness(
        [this](const std::string& epoch, std::uint64_t beats) { redis_.go_on(!shared_.trust.see(epoch, beats)); });
  }
}

void Session::begin() {
  phase_ = Phase::running;
  const frontier::Owner self{setup_.instance, random_hex(12)};
  shared_.frontier.fence = self.text();
  frontier_ = std::make_unique<frontier::RedisFrontier>(redis_, shared_.frontier);
  frontier_->on_news([this](int partition) { shared_.nudge(partition); });
  intake_ = std::make_unique<Intake>(shared_, *frontier_);
  books_ = std::make_unique<Bookkeeper>(*frontier_, shared_.trust);
  jobs_ = std::make_unique<JobBooks>(*frontier_, shared_.jobs);
  jobs_->look(boot_now());
  if (config_.budget.bytes) {
    received_ = std::make_unique<ByteBooks>(*frontier_, setup_.instance);
    received_->look(0);
  }
  auditor_ = std::make_unique<Auditor>(*frontier_);
  for (int i = 0; i < config_.thread_count(); ++i) workers_.push_back(std::make_unique<Worker>(i, shared_));
  worker_ticks_.assign(workers_.size(), 0);
  worker_moved_.assign(workers_.size(), boot_now());
  leases_ = std::make_unique<LeaseKeeper>(
      LeaseKeeper::Parts{shared_, *frontier_, workers_, [this](std::function<void()> task) { post(std::move(task)); },
                         [this](int partition, bool ours) {
                           if (partition == 0) intake_->activate(ours);
                         }},
      self);
  workers_made_.store(true, std::memory_order_release);
  for (auto& worker : workers_) worker->start();
  leases_->beat();
  last_beat_ = boot_now();
  if (!shared_.finite) return;
  books_->read([this] {  // what an earlier run of the same crawl has left
    if (phase_ != Phase::running) return;
    know_pages();
    const Books& b = books_->books();
    known_finished_ = b.discovered > 0 && b.discovered == b.done + b.refused;
    if (b.discovered > 0 && !known_finished_) {
      spdlog::info("resuming: {} URLs are queued, {} are done", b.queued + b.in_flight + b.waiting, b.done);
    }
    offer_seeds();
  });
}

void Session::know_pages() {
  if (!shared_.pages.known()) shared_.pages.limit_to(*config_.budget.pages - books_->pages());
}

void Session::offer_seeds() {
  intake_->offer(setup_.options.seeds, [this](const std::string& why_not) {
    if (!why_not.empty()) return fail(Exit::config, why_not);
    seeds_offered_ = true;
    books_->start_over();
  });
}

}  // namespace crawler
