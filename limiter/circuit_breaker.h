// Whether a host that keeps failing is left alone for a while (closed, open, half-open with one probe).
// Pure: time comes in as an argument. Belongs to the worker that owns the host.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "limiter/time.h"

namespace limiter {

struct BreakerOptions {
  int failures = 5;                              // in a row that open it
  double rate = 0.5;                             // or this share of the last kWindow requests
  Duration slow = std::chrono::seconds(30);      // an answer that takes longer counts as a failure
  Duration open = std::chrono::seconds(30);      // the first opening; each further one is twice as long
  Duration max_open = std::chrono::minutes(30);  // at most
};

class CircuitBreaker {
 public:
  static constexpr int kWindow = 20;

  enum class State { closed, open, half_open };
  State state(TimePoint now) const;

  // The earliest moment of the next request: the end of the opening. While half-open there is one probe at a time.
  TimePoint next() const { return open_ ? until_ : TimePoint{}; }
  bool probing(TimePoint now) const { return state(now) == State::half_open; }

  // A request to the host ended, `random` uniform in [0, 1). Late answers of requests that were sent before it opened
  // change nothing while it is open.
  void succeeded(Duration took, TimePoint now, const BreakerOptions& options, double random);
  void failed(TimePoint now, const BreakerOptions& options, double random);

  void reset() { *this = CircuitBreaker(); }                       // nothing that failed was the host's fault
  int failed_probes() const { return open_ ? openings_ - 1 : 0; }  // in a row

  std::string encode(WallMs wall_now, TimePoint now) const;  // no line feed in it
  // What is left of an opening is clamped to its longest. Unreadable text leaves the breaker closed.
  void restore(std::string_view text, TimePoint now, WallMs wall_now, const BreakerOptions& options);

 private:
  void trip(TimePoint now, const BreakerOptions& options, double random);

  std::uint32_t recent_ = 0;  // one bit a request, the newest lowest; set: failed
  int requests_ = 0;          // bits in use
  int consecutive_ = 0;
  int openings_ = 0;
  bool open_ = false;
  TimePoint until_{};
};

}  // namespace limiter
