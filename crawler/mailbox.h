// The one door into another thread's loop: functions posted from anywhere, run there in order.
// post() from any thread; the rest on the loop's thread; owned by whoever owns the loop.
#pragma once

#include <functional>
#include <memory>

struct uv_loop_s;

namespace crawler {

class Mailbox {
 public:
  explicit Mailbox(uv_loop_s* loop);
  ~Mailbox();  // after close() has called back

  void post(std::function<void()> task);
  void close(std::function<void()> closed);  // what is posted later is dropped

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace crawler
