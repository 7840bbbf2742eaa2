#include "crawler/worker.h"

#include <utility>

#include "crawler/worker_loop.h"

namespace crawler {

Worker::Worker(int id, Shared& shared) : id_(id), shared_(shared) {}

Worker::~Worker() {
  if (thread_.joinable()) thread_.join();
}

void Worker::start() {
  loop_ = std::make_unique<WorkerLoop>(*this, shared_);
  thread_ = std::thread([this] {
    loop_->run();
    stopped_.store(true);
  });
}

void Worker::own(int partition, bool in_doubt) {
  loop_->mailbox().post([this, partition, in_doubt] { loop_->partitions().own(partition, in_doubt); });
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
