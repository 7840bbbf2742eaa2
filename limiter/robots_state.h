// What we know of one origin's robots.txt (RFC 9309 2.3.1): its rules, that it has none, or that it cannot be had; and
// when it is to be asked for again. A good copy decides while it is refreshed, and through failures for 30 days.
// Pure: time comes in as an argument. Belongs to the worker that owns the host.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "limiter/time.h"
#include "web/robots.h"

namespace limiter {

struct RobotsOptions {
  std::string agent_token = "decorum";
  Duration ttl = std::chrono::hours(24);  // at most 24 h (RFC 9309 2.4)
  bool give_up = false;                   // after the 4th failed attempt (`crawl`); else ask again each hour
};

// What is known, for people and for the ledger. Views live as long as the state is not changed.
struct RobotsView {
  std::string_view phase;  // unknown, fetching, known, unavailable, unreachable, stale
  std::string_view body;   // of the copy, as read; empty where there is none
  std::string_view digest;
  std::optional<Duration> age;                // of the copy, or of the verdict that there is none
  bool in_force = false;                      // the copy, or that verdict, decides now
  int attempts = 0;                           // failed ones in a row
  std::optional<TimePoint> unreachable_from;  // the first of them
  TimePoint again_at{};                       // after a failure; not before
};

class RobotsState {
 public:
  enum class Step {
    load,      // ask the store first: an earlier life may have fetched it
    wait,      // a load or fetch is under way, and nothing else decides
    fetch,     // ask the host now
    later,     // unreachable: nothing of this origin before again_at()
    ready,     // check() answers
    gave_up,   // unreachable for good: refuse
    hopeless,  // the host cannot be asked at all: its URLs end with why(), without a request
  };
  Step step(TimePoint now, const RobotsOptions& options) const;
  TimePoint again_at() const { return query_ == Query::elsewhere ? ask_again_at_ : again_at_; }
  std::string_view why() const { return why_; }

  // Whether `path_and_query` may be fetched; of use only at Step::ready.
  web::RobotsRules::Verdict check(std::string_view path_and_query) const;
  std::optional<double> crawl_delay() const;
  const std::vector<std::string>* sitemaps() const;
  std::string_view odd() const;        // about the file, for people
  bool in_force(TimePoint now) const;  // a copy decides, fresh or not
  RobotsView view(TimePoint now, const RobotsOptions& options) const;

  void loading() { query_ = Query::loading; }
  void loaded(const std::optional<std::string>& text, TimePoint now, WallMs wall_now, const RobotsOptions& options);
  void fetching() { query_ = Query::fetching; }
  // The owner of another host was asked to fetch it there. What was lost on the way is asked for again: step() says so.
  void asked_elsewhere(TimePoint now);
  bool elsewhere() const { return query_ == Query::elsewhere; }
  int asks() const { return asks_; }                    // in a row, for the same answer
  void put_back() { query_ = Query::none, asks_ = 0; }  // not sent: it is still to be fetched

  // 2xx. `digest` names the bytes that arrived, for whoever asks which version was obeyed.
  void fetched(std::string body, TimePoint now, const RobotsOptions& options, std::string digest = {});
  void unavailable(TimePoint now);  // 4xx but 429: everything is allowed
  // No such host, or an address we do not connect to: `why` is the fate or reason its URLs get. Found out anew after a
  // while.
  void hopeless(std::string_view why, TimePoint now);
  // 5xx, 429, network: nothing is allowed, but by a good copy. That there was none (4xx) is no copy.
  void unreachable(TimePoint now, double random);
  void forgive();  // that it was unreachable was our own fault: it is still to be fetched

  bool lasting() const { return why_.empty() && (copy_ != Copy::none || attempts_ > 0); }
  std::string encode(WallMs wall_now, TimePoint now) const;  // for the store; of a lasting() verdict
  int attempts() const { return attempts_; }

  bool under_way() const { return query_ == Query::loading || query_ == Query::fetching; }
  std::size_t bytes() const;  // of memory, about: the copy and its rules; 0 where there is none

 private:
  static constexpr std::chrono::hours kLongWait{1};                  // after the fourth failure and each further one
  static constexpr int kMostAttempts = 1000;                         // counted
  enum class Query { unasked, loading, none, fetching, elsewhere };  // unasked: not even the store
  enum class Copy { none, rules, no_rules };
  bool load(std::string_view text, TimePoint now, WallMs wall_now, const RobotsOptions& options);
  void answered(Copy copy, TimePoint now);
  bool fresh(TimePoint now, const RobotsOptions& options) const;

  Query query_ = Query::unasked;
  Copy copy_ = Copy::none;
  std::shared_ptr<const web::RobotsRules> rules_;
  std::string body_, digest_;
  TimePoint fetched_at_{};     // the copy
  TimePoint failing_since_{};  // where attempts_ > 0
  TimePoint again_at_{};       // after a failure, or where hopeless
  TimePoint ask_again_at_{};   // while elsewhere
  std::string_view why_;       // of hopeless, else empty; static storage
  int attempts_ = 0, asks_ = 0;
};

}  // namespace limiter
