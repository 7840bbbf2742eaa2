#include "crawler/worker.h"

#include <utility>

#include "crawler/boot_clock.h"
#include "crawler/worker_loop.h"

namespace crawler {

Worker::Worker(int id, Shared& shared) : id_(id), shared_(shared) {}

Worker::~Worker() {
  join();
}

void Worker::join() {
  if (thread_.joinable()) thread_.join();
}

void Worker::start() {
  loop_ = std::make_unique<WorkerLoop>(*this, shared_);
  thread_ = std::thread([this] {
    loop_->run();
    stopped_.store(true);
  });
}

void Worker::own(int partition, bool in_doubt, Duration quiet) {
  loop_->mailbox().post([this, partition, owned = limiter::Ownership{boot_now() + quiet, in_doubt}] {
    loop_->partitions().own(partition, owned);
  });
}

void Worker::lose(int partition) {
  loop_->mailbox().post([this, partition] { loop_->partitions().lose(partition); });
}

void Worker::give_up(int partition, std::function<void()> done) {
  loop_->mailbox().post([this, partition, done = std::move(done)] { loop_->partitions().give_up(partition, done); });
}

void Worker::look_for_news(int partition) {
  std::atomic<bool>& nudged = nudged_[static_cast<std::size_t>(partition)];
  if (nudged.exchange(true)) return;  // it will look anyway
  loop_->mailbox().post([this, partition, &nudged] {
    nudged.store(false);
    loop_->partitions().poll(partition);
  });
}

void Worker::wake() {
  loop_->mailbox().post([this] { loop_->wake(); });
}

void Worker::forget_recent() {
  loop_->mailbox().post([this] { loop_->forget_recent(); });
}

void Worker::begin_anew(std::uint64_t hash_key) {
  loop_->mailbox().post([this, hash_key] { loop_->begin_anew(hash_key); });
}

void Worker::note_order(std::string line) {
  loop_->mailbox().post([this, line = std::move(line)] { loop_->levers().note(line); });
}

struct Worker::Question {
  HostSurvey survey;
  std::function<void(std::vector<HostRow>, std::uint64_t)> done;
};

void Worker::survey(const HostQuery& query, std::function<void(std::vector<HostRow>, std::uint64_t)> done) {
  go_on(std::make_shared<Question>(Question{HostSurvey(query), std::move(done)}));
}

// One slice, then the loop does its own work before the next.
void Worker::go_on(std::shared_ptr<Question> question) {
  loop_->mailbox().post([this, question] {
    const LeverTable& levers = loop_->levers().table();
    if (!question->survey.step(loop_->scheduler(), levers, boot_now())) return go_on(question);
    std::vector<HostRow> rows = question->survey.rows(loop_->scheduler(), levers, boot_now());
    for (HostRow& row : rows) {
      if (loop_->scheduler().find(row.view.host) != nullptr) row.view.worker = id_;
    }
    question->done(std::move(rows), question->survey.matched());
  });
}

void Worker::show(const std::string& key, std::function<void(std::optional<HostView>)> done) {
  loop_->mailbox().post([this, key, done = std::move(done)] {
    const Host* host = loop_->scheduler().find(key);
    if (host == nullptr) return done(std::nullopt);
    HostView view = view_of(*host, boot_now(), loop_->scheduler().options().robots, ShowRobots::text);
    view.worker = id_;
    done(std::move(view));
  });
}

void Worker::stop(Duration patience) {
  loop_->mailbox().post([this, patience] { loop_->drain(patience); });
}

std::string Worker::storage_error() const {
  const std::lock_guard lock(error_mutex_);
  return storage_error_;
}

void Worker::set_storage_error(const std::string& error) {
  const std::lock_guard lock(error_mutex_);
  storage_error_ = error;
}

}  // namespace crawler
