// One host as people see it: its state, its gap, what the operator ordered and what its robots.txt say.
// Plain values; any thread. They are filled on the thread that owns the host, or from what Redis keeps.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crawler/host.h"
#include "limiter/levers.h"

namespace crawler {

inline constexpr std::size_t kShownRobotsBytes = 64 * 1024;  // of each robots.txt
inline constexpr int kShownOrigins = 8;                      // of each host

struct OriginView {
  std::string origin, phase, digest;
  std::optional<limiter::Duration> age, again_in;
  std::optional<double> crawl_delay;
  int attempts = 0;
  std::uint64_t bytes = 0;
  std::string text;  // only where the whole host is shown; cut
};

struct HostView {
  std::string host, state;
  int partition = 0;
  std::optional<int> worker;  // whose memory holds it
  std::string owner;          // of its partition, where it was asked for
  bool asked = false, in_flight = false;
  std::size_t ready = 0;               // URLs at hand
  std::optional<std::int64_t> queued;  // URLs in its queue, as last heard
  std::optional<limiter::Duration> next_due_in, backing_off_for;
  Spent spent;
  int failed_probes = 0;  // of its open breaker, in a row
  limiter::Duration delay{};
  std::string delay_from;
  std::vector<limiter::LeverInForce> levers;
  std::vector<OriginView> robots;
};

enum class ShowRobots { facts, text };

HostView view_of(const Host& host, limiter::TimePoint now, const limiter::RobotsOptions& robots, ShowRobots show);

// The name of a state as the contract spells it.
std::string state_name(HostState state);

}  // namespace crawler
