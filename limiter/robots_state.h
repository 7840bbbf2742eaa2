// What we know of one origin's robots.txt (RFC 9309 2.3.1): its rules, that it has none, or that it cannot be had.
// Pure: time comes in as an argument. Belongs to the worker that owns the host.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "limiter/host_limiter.h"
#include "limiter/time.h"
#include "web/robots.h"

namespace limiter {

struct RobotsOptions {
  std::string agent_token = "decorum";
  Duration ttl = std::chrono::hours(24);  // at most 24 h (RFC 9309 2.4)
  bool give_up = false;                   // after the 4th failed attempt (`crawl`); else ask again each hour
};

class RobotsState {
 public:
  enum class Step {
    load,      // ask the store first: an earlier life may have fetched it
    wait,      // a load or fetch is under way
    fetch,     // ask the host now
    later,     // unreachable: nothing of this origin before again_at()
    ready,     // check() answers
    gave_up,   // unreachable for good: refuse
    hopeless,  // the host cannot be asked at all: its URLs end with why(), without a request
  };
  Step step(TimePoint now, const RobotsOptions& options) const;
  TimePoint again_at() const { return again_at_; }
  std::string_view why() const { return why_; }

  // Whether `path_and_query` may be fetched; of use only at Step::ready.
  web::RobotsRules::Verdict check(std::string_view path_and_query) const;
  std::optional<double> crawl_delay() const;
  const std::vector<std::string>* sitemaps() const;

  void loading() { phase_ = Phase::loading; }
  void loaded(const std::optional<std::string>& text, TimePoint now, WallMs wall_now, const RobotsOptions& options);
  void fetching() { phase_ = Phase::fetching; }
  void put_back() { phase_ = before_fetch(); }  // not sent: it is still to be fetched

  void fetched(std::string body, TimePoint now, const RobotsOptions& options);  // 2xx
  void unavailable(TimePoint now);                                              // 4xx but 429: everything is allowed
  // No such host, or an address we do not connect to: `why` is the fate or reason its URLs get. Found out anew after a
  // while.
  void hopeless(std::string_view why, TimePoint now);
  void unreachable(TimePoint now, double random);  // 5xx, 429, network: nothing is

  bool lasting() const {
    return phase_ == Phase::known || phase_ == Phase::unavailable || phase_ == Phase::unreachable;
  }
  std::string encode(WallMs wall_now, TimePoint now) const;  // for the store; of a lasting() verdict
  int attempts() const { return attempts_; }

 private:
  enum class Phase { unknown, loading, wanted, fetching, known, unavailable, unreachable, hopeless };
  Phase before_fetch() const { return attempts_ > 0 ? Phase::unreachable : Phase::wanted; }

  Phase phase_ = Phase::unknown;
  std::shared_ptr<const web::RobotsRules> rules_;
  std::string body_;   // as fetched, for the store and for people
  TimePoint since_{};  // when it was fetched, or found unreachable
  TimePoint again_at_{};
  std::string_view why_;  // of hopeless; static storage
  int attempts_ = 0;      // failed ones in a row
};

}  // namespace limiter
