// The made-up web of a simulation, which sees every request as servers do and checks the promises from their side:
// the gap, one request at a time, Retry-After, robots.txt first and obeyed. It shares nothing with the code it checks.
// Single-threaded; owned by the simulation.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "crawler/outcome.h"
#include "crawler/sim_clock.h"

namespace crawler {

struct SimWindow {
  limiter::TimePoint from, to;
  bool holds(limiter::TimePoint t) const { return from <= t && t < to; }
};

struct SimHost {
  std::string name;
  std::string address;        // shared with others; empty: its own
  limiter::Duration delay{};  // of the operator's config
  std::optional<int> crawl_delay;
  bool has_robots = true;
  int urls = 0;
  limiter::Duration latency{};
  double errors = 0, push_backs = 0, timeouts = 0;  // shares of its answers
  std::optional<SimWindow> dead, slow, robots_down;
  bool slow_robots = false;
  bool always_dead = false;

  // As the server sees it.
  limiter::TimePoint last_arrival{}, busy_until{}, rest_until{}, hold_until{}, last_sign{};
  limiter::Duration required{}, required_last{};  // by its delays and answers, for all its requests and for the last
  std::optional<limiter::TimePoint> robots_served;
  std::uint64_t arrivals = 0;
};

struct SimOptions {
  int hours = 24;
  int hosts = 1000;
  std::uint64_t seed = 1;
  int max_urls = 200;                                     // of a host
  limiter::Duration min_delay = std::chrono::seconds(1);  // of a host, spread to max_delay
  limiter::Duration max_delay = std::chrono::hours(1);
  limiter::Duration ip_delay = std::chrono::seconds(2);  // of a shared address
  int daemons = 2;                                       // faults want at least two
  std::size_t max_in_flight = 64;                        // of a daemon
  bool faults = true;                                    // false: a quiet day, to plan by
  double planted_bug = 1;  // the crawler is told delays of this share of the true ones; tests only
};

struct SimReply {
  Outcome outcome = Outcome::timeout;
  int status = 0;
  std::string robots;  // the text, of a good answer to /robots.txt
  std::optional<limiter::Duration> retry_after;
  limiter::Duration first_byte{}, whole{};  // after the arrival
};

class SimWeb {
 public:
  SimWeb(const SimOptions& options, SimDice& dice, const SimClock& clock);  // `options` outlive it

  SimHost& host(const std::string& name) { return hosts_.at(name); }
  std::map<std::string, SimHost>& hosts() { return hosts_; }

  // A request arrives now, after `travelled`. `outage`: our own network is down, and it never does.
  SimReply arrive(const std::string& host, const std::string& path, limiter::Duration travelled, bool outage);
  // Whoever asked was killed or fell out of its lease before it could write down what it heard. Nobody else can know of
  // that request or its answer; what holds then is one full delay.
  void unheard(const std::string& host);

  const std::vector<std::string>& broken() const { return broken_; }  // promises, a line each
  std::uint64_t arrivals() const { return arrivals_; }
  const std::map<std::string, std::uint64_t>& faults() const { return faults_; }

 private:
  limiter::Duration delay_of(const SimHost& host) const;
  void check(SimHost& host, const std::string& path);
  void breaks(const SimHost& host, const std::string& what);
  SimReply reply(SimHost& host, const std::string& path);

  const SimOptions& options_;
  SimDice& dice_;
  const SimClock& clock_;
  std::map<std::string, SimHost> hosts_;
  std::map<std::string, limiter::TimePoint> address_free_;
  std::vector<std::string> broken_;
  std::map<std::string, std::uint64_t> faults_;
  std::uint64_t arrivals_ = 0;
};

}  // namespace crawler
