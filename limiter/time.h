// The time line of politeness: nanoseconds since boot, suspend included (CLOCK_BOOTTIME).
// This folder never reads it; every function takes `now`.
#pragma once

#include <chrono>

namespace limiter {

struct BootClock {  // no now(): who decides does not look at the clock
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<BootClock>;
  static constexpr bool is_steady = true;
};
using TimePoint = BootClock::time_point;
using Duration = BootClock::duration;
using WallMs = std::chrono::milliseconds;  // since 1970, for what must outlive a boot

}  // namespace limiter
