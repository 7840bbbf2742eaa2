// When one host may be asked next: the contract's gap rule over a leaky bucket, Retry-After and back-off.
// Everything that limits a host is in here, and it can be written down and read back (encode, restore).
// Pure: time comes in as an argument. Belongs to the worker that owns the host.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "limiter/time.h"

namespace limiter {

enum class DelayFrom { config, crawl_delay, response_time, retry_after, backoff, operator_set };
std::string_view delay_from_name(DelayFrom from);

struct HostLimits {
  Duration delay = std::chrono::seconds(1);  // config, or the [[host]] block's
  int burst = 1;                             // capacity of the bucket; gives way to Crawl-delay, Retry-After, back-off
  double factor = 1.0;                       // times the response time, from the end
  Duration max_factor_delay = std::chrono::seconds(60);
  Duration max_crawl_delay = std::chrono::seconds(60);
  Duration backoff_initial = std::chrono::seconds(1);
  Duration backoff_max = std::chrono::minutes(5);
  Duration max_retry_after = std::chrono::hours(1);
};

// Since when a host is ours. In doubt: its owner before us may have asked it without having written that down.
struct Ownership {
  TimePoint since{};
  bool in_doubt = false;
};

class HostLimiter {
 public:
  explicit HostLimiter(const HostLimits& limits) : limits_(limits) {}

  // Takes up what encode() wrote, perhaps on another machine. A host that was ever asked, or may have been, waits one
  // full delay from the start of our ownership; what is left of a back-off is clamped to its length.
  // Unreadable text counts as "asked".
  void restore(std::string_view text, Ownership owned, TimePoint now, WallMs wall_now);
  std::string encode(WallMs wall_now, TimePoint now) const;

  // The earliest moment of the next request. Does not look at in_flight().
  TimePoint next() const;
  bool in_flight() const { return in_flight_; }
  Duration delay() const;        // d of the gap rule in force
  DelayFrom delay_from() const;  // what sets next()

  // What one more request is bound to now; goes into the ledger, so that others can reckon the gap again.
  struct Terms {
    Duration delay{};
    DelayFrom from = DelayFrom::config;
    int burst = 1, concurrency = 1;  // in force: they give way
    double factor = 0;
    Duration max_factor_delay{};
  };
  Terms terms() const;

  void start() { in_flight_ = true; }
  void put_back() { in_flight_ = false; }  // nothing was sent

  // What the server saw of a request: sent, first answer byte, end. All equal for a failed connect.
  struct Exchange {
    TimePoint sent, first_byte, ended;
    bool answered = false;
  };
  struct Ledger {
    std::optional<Duration> gap;  // since the first byte of the one before; nothing for the first
    Duration delay{};             // that was in force
    DelayFrom from = DelayFrom::config;
    bool violation = false;
  };
  Ledger finish(const Exchange& exchange);

  void set_crawl_delay(std::optional<double> seconds);  // of robots.txt; slower only, capped

  // 429 or 503: the host waits Retry-After (bounded), else an exponential back-off with full jitter.
  // `random` is uniform in [0, 1). Returns the wait.
  Duration push_back(std::optional<Duration> retry_after, TimePoint now, double random);
  void recovered() { pushbacks_ = pushbacks_ > 0 ? pushbacks_ - 1 : 0; }  // a good answer: slowly back
  bool backing_off(TimePoint now) const { return hold_until_ > now; }
  bool asked() const { return asked_; }

 private:
  int burst() const { return crawl_delay_ > limits_.delay || pushbacks_ > 0 ? 1 : limits_.burst; }

  HostLimits limits_;
  Duration crawl_delay_{0};
  TimePoint bucket_full_{};  // when the bucket has drained: the next start adds `delay` to it
  TimePoint factor_until_{}, hold_until_{};
  Duration hold_length_{0};
  DelayFrom hold_from_ = DelayFrom::backoff;
  TimePoint last_first_byte_{};
  int pushbacks_ = 0;
  bool asked_ = false, asked_here_ = false, in_flight_ = false;
};

}  // namespace limiter
