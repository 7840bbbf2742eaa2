#include "crawler/boot_clock.h"

#include <time.h>

namespace crawler {
namespace {

std::chrono::nanoseconds read_clock(clockid_t clock) {
  timespec t{};
  clock_gettime(clock, &t);
  return std::chrono::seconds(t.tv_sec) + std::chrono::nanoseconds(t.tv_nsec);
}

}  // namespace

limiter::TimePoint boot_now() {
  return limiter::TimePoint(read_clock(CLOCK_BOOTTIME));
}

limiter::WallMs wall_now_ms() {
  return std::chrono::duration_cast<limiter::WallMs>(read_clock(CLOCK_REALTIME));
}

std::chrono::nanoseconds thread_cpu_now() {
  return read_clock(CLOCK_THREAD_CPUTIME_ID);
}

}  // namespace crawler
