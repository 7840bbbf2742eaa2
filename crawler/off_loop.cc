#include "crawler/off_loop.h"

#include <unistd.h>

#include <utility>

namespace crawler {
namespace {

constexpr int kNice = 10;  // of this thread alone, as Linux has it

}  // namespace

OffLoop::OffLoop(Mailbox& mailbox) : mailbox_(mailbox) {}

OffLoop::~OffLoop() {
  stop();
}

void OffLoop::stop() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void OffLoop::run(std::function<void()> work, std::function<void()> done) {
  if (!thread_.joinable()) thread_ = std::thread([this] { serve(); });
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back({std::move(work), std::move(done)});
  }
  changed_.notify_one();
}

// The loops go first: what is due to leave has its moment, and reading has not.
void OffLoop::serve() {
  [[maybe_unused]] const int refused = nice(kNice);
  for (;;) {
    Task task;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return ending_ || !tasks_.empty(); });
      if (ending_) return;
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    task.work();
    mailbox_.post(std::move(task.done));
  }
}

}  // namespace crawler
