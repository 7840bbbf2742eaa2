// When one host may be asked next: the contract's gap rule over a leaky bucket, Retry-After and back-off.
// Everything that limits a host is in here, and it can be written down and read back (encode, restore).
// Pure: time comes in as an argument. Belongs to the worker that owns the host.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "limiter/latency_watch.h"
#include "limiter/time.h"

namespace limiter {

enum class DelayFrom { config, crawl_delay, response_time, retry_after, backoff, operator_set };
std::string_view delay_from_name(DelayFrom from);

struct HostLimits {
  Duration delay = std::chrono::seconds(1);  // config, or the [[host]] block's
  int burst = 1;        // capacity of the bucket; gives way to Crawl-delay, operator, Retry-After, back-off
  int concurrency = 1;  // requests in flight at once; gives way likewise
  double factor = 1.0;  // times the response time, from the end
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
  // full delay from the start of our ownership. `line` names the time line of `now`: what was written on the same one
  // holds to the moment; of another, whose clock nobody can vouch for, what was left of a wait is waited for whole.
  // Unreadable text counts as "asked".
  void restore(std::string_view text, Ownership owned, TimePoint now, std::string_view line);
  std::string encode(TimePoint now, std::string_view line) const;

  // The earliest moment of one more request, beside `in_flight` others. Each of those may reach the server as late as
  // now, so it is reckoned as if it had. A host without room() waits for an end, whatever this says.
  TimePoint next(int in_flight) const;
  TimePoint next() const { return next(in_flight_); }
  bool room() const { return in_flight_ < concurrency(); }
  int in_flight() const { return in_flight_; }
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

  void start();
  void put_back() { --in_flight_; }  // nothing was sent

  // What the server saw of a request: sent, first answer byte, end. All equal for a failed connect.
  struct Exchange {
    TimePoint sent, first_byte, ended;
    bool answered = false;
  };
  struct Ledger {
    std::optional<Duration> gap;  // since the first byte of the one before; nothing for the first
    bool violation = false;
  };
  Ledger finish(const Exchange& exchange);

  void set_crawl_delay(std::optional<double> seconds);  // of robots.txt; slower only, capped
  // Slower only; nothing undoes it. The wait that runs becomes as long as it says, and as short again once it is
  // undone.
  void set_operator_delay(std::optional<Duration> delay);

  // Back-off. Each push-back and each failure raises the host's strain, each good answer lowers it a little; while
  // there is strain, it sets a delay of its own (strain / kRecovery x backoff_initial), so a host recovers slowly.
  //
  // 429 or 503: the host waits Retry-After (bounded), else an exponential back-off with full jitter.
  // `random` is uniform in [0, 1). Returns the wait.
  Duration push_back(std::optional<Duration> retry_after, TimePoint now, double random);
  void failed();     // 5xx, timeout, reset: slower from here on
  void recovered();  // a good answer
  bool backing_off(TimePoint now) const { return hold_until_ > now && hold_from_ != DelayFrom::response_time; }
  TimePoint held_until() const { return hold_until_; }
  static constexpr int kRecovery = 4;  // good answers that undo one push-back

  bool asked() const { return asked_; }

 private:
  Duration floor() const { return std::max({limits_.delay, crawl_delay_, operator_delay_}); }
  // Whoever asks for a delay asks for one request after the other, also where the delay is no longer than ours.
  bool slowed() const { return crawl_delay_ > Duration(0) || operator_delay_ > Duration(0) || strain_ > 0; }
  int gives_way(int many) const { return slowed() ? 1 : many; }
  int burst() const { return gives_way(limits_.burst); }
  int concurrency() const { return gives_way(limits_.concurrency); }
  Duration backoff_delay() const;
  void lengthen(Duration before);  // the wait that runs was reckoned with a delay of `before`

  HostLimits limits_;
  LatencyWatch latency_;
  Duration crawl_delay_{0}, operator_delay_{0};
  TimePoint bucket_full_{};  // when the bucket has drained: the next start adds `delay` to it
  TimePoint factor_until_{}, hold_until_{};
  DelayFrom hold_from_ = DelayFrom::backoff;
  TimePoint last_first_byte_{};
  TimePoint due_{};  // next() when the last one was started
  int strain_ = 0;
  int in_flight_ = 0;
  bool asked_ = false, asked_here_ = false;
};

}  // namespace limiter
