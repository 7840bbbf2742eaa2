// Exponential back-off with full jitter.
// A pure function; any thread.
#pragma once

#include <algorithm>

#include "limiter/time.h"

namespace limiter {

// The wait before try number `failures` + 1: uniform in (0, min(max, initial * 2^(failures-1))], and never less than
// a quarter of it, so that a herd spreads and nobody comes back at once. `random` is uniform in [0, 1); failures >= 1.
inline Duration backoff_wait(Duration initial, Duration max, int failures, double random) {
  const int doublings = std::clamp(failures - 1, 0, 30);
  const double ceiling =
      std::min(static_cast<double>(max.count()), static_cast<double>(initial.count()) * (1 << doublings));
  return Duration(static_cast<Duration::rep>(ceiling * (0.25 + 0.75 * random)));
}

}  // namespace limiter
