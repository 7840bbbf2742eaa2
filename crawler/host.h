// Everything a worker knows of one host. Belongs to the scheduler of the worker that owns the host's partition.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crawler/host_spending.h"
#include "crawler/lever_table.h"
#include "frontier/frontier.h"
#include "frontier/record.h"
#include "limiter/circuit_breaker.h"
#include "limiter/host_limiter.h"
#include "limiter/robots_state.h"
#include "web/url.h"

namespace crawler {

struct Ready {  // taken from the frontier and not yet started
  frontier::Record record;
  web::Url url;  // of the record, parsed once
};

struct OriginRobots {
  limiter::RobotsState state;
  web::Url target;              // what to ask next: /robots.txt, or where it was redirected to
  int hops = 0;                 // redirects that led there
  bool elsewhere = false;       // it lies on another host, whose owner is to ask for it
  bool sitemaps_filed = false;  // those it names now
  std::uint64_t used = 0;       // of the scheduler: the highest was used last
};

// A robots.txt that origins of other hosts wait for, redirected to this one.
struct RobotsErrand {
  std::uint64_t id;
  web::Url url;
  std::vector<frontier::Errand> askers;  // one request answers them all
  bool started = false;
};

struct Host {
  static std::int64_t number_in(std::string_view text) {
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
  }

  Host(std::string k, int p, const limiter::HostLimits& limits) : key(std::move(k)), partition(p), limiter(limits) {}

  // The longest that any of its origins asks for: the host is one, whatever its schemes and ports.
  std::optional<double> crawl_delay() const {
    std::optional<double> longest = dropped_delay;
    for (const auto& [origin, of_origin] : robots) longest = std::max(longest, of_origin.state.crawl_delay());
    return longest;
  }

  // Forgets an origin, but not its Crawl-delay. The frontier has the rest.
  void drop(std::map<std::string, OriginRobots>::iterator origin) {
    dropped_delay = std::max(dropped_delay, origin->second.state.crawl_delay());
    robots.erase(origin);
  }

  // What is kept of it in the frontier, a line each: gate, breaker, what it has spent. `restore` takes up what an
  // earlier life wrote.
  std::string encode(limiter::TimePoint now, limiter::WallMs wall_now, std::string_view time_line) const {
    return limiter.encode(now, time_line) + "\n" + breaker.encode(wall_now, now) + "\n" + spent.encode();
  }
  void restore(std::string_view text, limiter::Ownership owned, const limiter::BreakerOptions& options,
               limiter::TimePoint now, limiter::WallMs wall_now, std::string_view time_line) {
    const std::array<std::string_view, 3> lines = read(text);
    limiter.restore(lines[0], owned, now, time_line);
    breaker.restore(lines[1], now, wall_now, options);
    spent.restore(lines[2], now, wall_now);
  }
  // Of what the frontier has now, takes up what is its to know: what was spent, and the number of the state.
  void recall(std::string_view text) { spent.recall(read(text)[2]); }
  std::array<std::string_view, 3> read(std::string_view text) {
    const std::size_t mark = std::min(text.rfind("\n#"), text.size());
    saved_state = text.substr(0, mark);
    states = std::max(states, number_in(text.substr(std::min(mark + 2, text.size()))));
    std::array<std::string_view, 3> lines;
    text = text.substr(0, mark);
    for (std::string_view& line : lines) {
      line = text.substr(0, text.find('\n'));
      text.remove_prefix(std::min(line.size() + 1, text.size()));
    }
    return lines;
  }
  // What is to be kept of it now, where that is not kept already; else empty. Of two such texts the frontier keeps the
  // one with the higher number, whichever comes last.
  std::string changed_state(limiter::TimePoint now, limiter::WallMs wall_now, std::string_view time_line) {
    spent.keep(now, wall_now);
    std::string state = encode(now, wall_now, time_line);
    if (state == saved_state) return {};
    saved_state = state;
    return state + "\n#" + std::to_string(++states);
  }

  // What was taken and not started, as it goes back.
  std::vector<frontier::Record> take_ready() {
    std::vector<frontier::Record> records;
    for (Ready& one : ready) records.push_back(std::move(one.record));
    ready.clear();
    return records;
  }

  void order(HostLeversPtr orders) {
    levers = std::move(orders);
    limiter.set_operator_delay(levers ? levers->delay() : std::nullopt);
  }
  bool paused() const { return levers && levers->paused(); }    // by the operator: its URLs stay queued
  bool blocked() const { return levers && levers->blocked(); }  // by the operator: its URLs end
  bool stopped() const { return levers && levers->stopped(); }  // one of the two

  std::string key;  // politeness key
  int partition;
  limiter::HostLimiter limiter;
  limiter::CircuitBreaker breaker;
  std::deque<Ready> ready;
  std::map<std::string, OriginRobots> robots;  // by origin; those in use (scheduler_robots.cc)
  std::optional<double> dropped_delay;         // the longest Crawl-delay of the others, since it came into memory
  std::vector<RobotsErrand> errands;
  bool errand_turn = true;  // they go first, but pages get every other turn
  bool loaded = false;      // its state was read from the frontier
  bool taking = false;      // a take is under way
  bool more = true;         // the frontier holds further URLs of it
  bool held = false;        // not to be asked at all (no contact configured)
  int reading = 0;          // its pages whose reading takes long, and is not over
  HostLeversPtr levers;     // of the operator
  int beyond_mark = 0;      // URLs that are held or were asked for, past twice its low mark
  std::int64_t left = 0;    // in its queue, when it was last taken from
  HostSpending spent;
  std::optional<Budget::Kind> used_up;  // of its budget, as it was placed last
  std::string saved_state;              // as the frontier has it, so that it is written only when it changed
  std::int64_t states = 0;              // that were ever written of it
  std::uint64_t number = 0;             // of the scheduler, in the order in which hosts came
  limiter::TimePoint due{};             // its place in the ready queue, while queued
  bool queued = false;
  limiter::TimePoint address_free{};   // its turn at the gate of its address, where it waits for one
  bool answers = false;                // the last thing that was heard of it was an answer
  limiter::TimePoint failing_since{};  // the first failure after its last answer
  int failures = 0;                    // since then
  int fresh_connections = 0;           // requests to come that keep no connection
};

// In the order of kHostStates (counters.h).
enum class HostState { ready, in_flight, waiting, backing_off, blocked, paused, empty };

inline HostState state_of(const Host& host, limiter::TimePoint now) {
  if (host.held || host.blocked()) return HostState::blocked;
  if (host.limiter.in_flight() > 0) return HostState::in_flight;
  if (host.paused()) return HostState::paused;
  if (host.ready.empty() && host.errands.empty()) return HostState::empty;
  if (host.breaker.state(now) == limiter::CircuitBreaker::State::open) return HostState::blocked;
  if (host.limiter.backing_off(now)) return HostState::backing_off;
  if (host.queued && host.address_free > now) return HostState::waiting;
  if (host.queued && host.due > host.limiter.next()) return HostState::blocked;  // by an unreachable robots.txt
  return host.limiter.next() > now ? HostState::waiting : HostState::ready;
}

}  // namespace crawler
