// Wakes a loop at a point of the politeness time line, to the microsecond: libuv's own timers know only milliseconds,
// which at short delays is a percent of the crawl's speed.
// Lives on its loop's thread; owned by the worker.
#pragma once

#include <functional>
#include <memory>

#include "limiter/time.h"

struct uv_loop_s;

namespace crawler {

class BootTimer {
 public:
  BootTimer(uv_loop_s* loop, std::function<void()> fire);
  ~BootTimer();  // after close() has called back

  void arm(limiter::TimePoint at);  // replaces what was armed; a time in the past fires at the next turn
  void disarm();
  void close(std::function<void()> closed);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace crawler
