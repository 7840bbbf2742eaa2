// The hosts of one worker that a list asks for: the first so many by some order, looked through in slices so that the
// worker's loop never waits for it. Lives on its worker's thread; owned by the question.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crawler/host_view.h"
#include "crawler/lever_table.h"
#include "crawler/scheduler.h"

namespace crawler {

enum class HostSort { due, host, ready, delay, backoff };
inline constexpr std::string_view kHostSorts[] = {"due", "host", "ready", "delay", "backoff"};

inline constexpr std::size_t kMostHostsListed = 1000;

struct HostQuery {
  std::string state;  // empty: any
  HostSort sort = HostSort::due;
  std::size_t limit = 100;
};

struct HostRank {  // the smaller comes first
  std::int64_t value = 0;
  std::string host;
  auto operator<=>(const HostRank&) const = default;
};

struct HostRow {
  HostRank rank;
  HostView view;
};

class HostSurvey {
 public:
  explicit HostSurvey(HostQuery query) : query_(std::move(query)) {}

  // Looks through one slice. True once all hosts were seen.
  bool step(const Scheduler& scheduler, const LeverTable& levers, limiter::TimePoint now);
  std::vector<HostRow> rows(const Scheduler& scheduler, const LeverTable& levers, limiter::TimePoint now) const;
  std::uint64_t matched() const { return matched_; }

 private:
  void consider(std::int64_t value, const std::string& host, HostState state);
  void start_over(std::size_t buckets);

  const HostQuery query_;
  std::size_t bucket_ = 0, buckets_ = 0;
  std::uint64_t matched_ = 0;
  std::vector<HostRank> best_;  // a heap with the last on top
};

}  // namespace crawler
