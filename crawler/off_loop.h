// One thread beside a worker's loop, for work that would hold the loop up: in order, each result handed back to the
// loop. Lives on its worker's loop thread, but for the work itself; owned by the worker.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "crawler/mailbox.h"

namespace crawler {

class OffLoop {
 public:
  explicit OffLoop(Mailbox& mailbox);  // of the loop; outlives it
  ~OffLoop();

  // `work` is called on the thread, then `done` on the loop; never, once the mailbox is closed. The caller bounds how
  // much waits: by permits.
  void run(std::function<void()> work, std::function<void()> done);

  void stop();  // waits for what is under way; what has not begun is dropped

 private:
  struct Task {
    std::function<void()> work, done;
  };
  void serve();

  Mailbox& mailbox_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Task> tasks_;
  bool ending_ = false;
  std::thread thread_;  // begun with the first task
};

}  // namespace crawler
