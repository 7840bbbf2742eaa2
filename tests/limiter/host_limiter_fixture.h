// Made-up time and requests for the tests of the host limiter.
#pragma once

#include "limiter/host_limiter.h"

namespace limiter {

using namespace std::chrono_literals;

inline constexpr TimePoint kStart{1000s};  // of the made-up time: this long since boot

inline HostLimits limits_with(Duration delay, double factor = 0, int burst = 1) {
  HostLimits limits;
  limits.delay = delay;
  limits.factor = factor;
  limits.burst = burst;
  return limits;
}

// One request that is sent at `sent`, first answered `latency` later and ended `body` after that.
inline HostLimiter::Ledger ask(HostLimiter& host, TimePoint sent, Duration latency = 0ns, Duration body = 0ns) {
  host.start();
  return host.finish({sent, sent + latency, sent + latency + body, true});
}

inline HostLimiter::Ledger fail(HostLimiter& host, TimePoint at) {
  host.start();
  return host.finish({at, at, at, false});
}

}  // namespace limiter
