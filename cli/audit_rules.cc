#include "cli/audit_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <tuple>
#include <utility>

namespace cli {
namespace {

constexpr std::array<std::string_view, kAuditRules> kNames = {
    "in_flight", "gap", "bucket", "response_time", "retry_after", "backoff", "address", "robots", "ledger"};

constexpr std::int64_t kWallSlackMs = 2;  // times of the wall clock are cut to milliseconds
constexpr Nanos kGapSlack = 2000;         // a stated gap is cut to microseconds
constexpr Nanos kMostBucketDelay = 1e15;  // 11 days; so that burst x delay is safe
constexpr std::size_t kMostOpen = 10'000;

Nanos hold_end(const AuditEntry& e) {
  return e.ended + e.hold;
}
Nanos factor_end(const AuditEntry& e) {
  return e.ended + e.factor_wait;
}

}  // namespace

std::string_view audit_rule_name(AuditRule rule) {
  return kNames[static_cast<std::size_t>(rule)];
}

bool audit_order(const AuditEntry& a, const AuditEntry& b) {
  return std::tie(a.host, a.boot, a.sent, a.ended, a.file, a.line) <
         std::tie(b.host, b.boot, b.sent, b.ended, b.file, b.line);
}

std::string nanos_text(Nanos n) {
  const double size = std::abs(static_cast<double>(n));
  if (size >= 1e9) return fmt::format("{:.10g} s", static_cast<double>(n) / 1e9);
  return fmt::format("{:.9g} ms", static_cast<double>(n) / 1e6);
}

void HostRules::take(const AuditEntry& entry) {
  if (!any_ || entry.host != host_) {
    begin_host();
    begin_boot(entry);
  } else if (entry.boot != boot_) {
    begin_boot(entry);
  }
  any_ = true;
  host_ = entry.host;
  boot_ = entry.boot;
  check_robots(entry);
  if (!is_consistent(entry)) return;  // its times are worth nothing
  std::erase_if(open_, [&](const AuditEntry& e) { return e.ended <= entry.sent; });
  if (previous_) {
    ++verified_;
    // One cause is enough for a request.
    static_cast<void>(check_hold(entry) && check_in_flight(entry) && check_gap(entry) && check_response_time(entry));
    check_stated_gap(entry);
  }
  remember(entry);
}

void HostRules::finish() {
  begin_host();
  any_ = false;
}

void HostRules::begin_host() {
  judge_seams();
  stretches_.clear();
  robots_.clear();
}

void HostRules::begin_boot(const AuditEntry& entry) {
  open_.clear();
  newest_ = slowest_ = longest_ = previous_ = std::nullopt;
  bucket_ = 0;
  wait_told_ = true;
  stretches_.push_back({entry.sent_wall_ms, entry.first_byte_wall_ms, entry.delay});
}

bool HostRules::is_consistent(const AuditEntry& e) {
  if (e.sent > e.first_byte || e.first_byte > e.ended) {
    find(AuditRule::ledger, e, std::nullopt, "sent, first byte and end are not in this order");
    return false;
  }
  const auto differs = [](std::int64_t wall_ms, Nanos exact) {
    return std::abs(wall_ms - exact / 1'000'000) > kWallSlackMs;
  };
  if (differs(e.first_byte_wall_ms - e.sent_wall_ms, e.first_byte - e.sent) ||
      differs(e.ended_wall_ms - e.sent_wall_ms, e.ended - e.sent)) {
    find(AuditRule::ledger, e, std::nullopt, "its times of day and its nanoseconds disagree");
    return false;
  }
  return true;
}

bool HostRules::check_hold(const AuditEntry& e) {
  if (!longest_) return true;
  const AuditEntry& pushed = *longest_;
  if (!std::exchange(wait_told_, true) && events_.waited) events_.waited(pushed, e);
  if (e.sent >= hold_end(pushed)) return true;
  find(pushed.retry_after ? AuditRule::retry_after : AuditRule::backoff, e, pushed,
       fmt::format("{} after the end of an answer that made the host wait {}", nanos_text(e.sent - pushed.ended),
                   nanos_text(pushed.hold)));
  return false;
}

bool HostRules::check_in_flight(const AuditEntry& e) {
  if (open_.size() < e.concurrency) return true;
  find(AuditRule::in_flight, e, open_.front(),
       fmt::format("sent while {} {} under way; {} may be", open_.size(), open_.size() == 1 ? "was" : "were",
                   e.concurrency));
  return false;
}

bool HostRules::check_gap(const AuditEntry& e) {
  const AuditEntry& before = *newest_;
  const Nanos gap = e.sent - before.first_byte;
  if (e.concurrency == 1 && e.delay > 0) {
    const double ratio = static_cast<double>(gap) / static_cast<double>(e.delay);
    if (!smallest_ || ratio < smallest_->ratio) smallest_ = SmallestGap{ratio, gap, e.delay, e, before};
  }
  if (e.burst > 1 || e.concurrency > 1) return check_bucket(e);
  if (gap >= e.delay) return true;
  find(AuditRule::gap, e, before,
       fmt::format("{} after the first byte before it; the delay is {}", nanos_text(gap), nanos_text(e.delay)));
  return false;
}

// A window of t that holds n requests needs t >= (n - burst) x delay. Of several at once it is known when each was
// sent; when it arrived is known only of one after the other, as its first byte at the latest.
bool HostRules::check_bucket(const AuditEntry& e) {
  const Nanos delay = std::min(e.delay, kMostBucketDelay);
  const Nanos earliest = bucket_ + std::min(previous_->delay, delay) - (e.burst - 1) * delay;
  if (e.sent >= earliest) return true;
  find(AuditRule::bucket, e, previous_,
       fmt::format("{} too soon for a bucket of {} that drains one each {}", nanos_text(earliest - e.sent), e.burst,
                   nanos_text(e.delay)));
  return false;
}

bool HostRules::check_response_time(const AuditEntry& e) {
  if (e.concurrency > 1 || e.sent >= factor_end(*slowest_)) return true;
  find(AuditRule::response_time, e, slowest_,
       fmt::format("{} after the end before it; the response time asks for {}", nanos_text(e.sent - slowest_->ended),
                   nanos_text(slowest_->factor_wait)));
  return false;
}

// Whoever wrote the line knew the request before it: it must be here, and leave that gap.
void HostRules::check_stated_gap(const AuditEntry& e) {
  if (e.gap == AuditEntry::kNotStated || e.concurrency > 1 || previous_->concurrency > 1) return;
  const Nanos gap = e.sent - newest_->first_byte;
  if (std::abs(gap - e.gap) <= kGapSlack) return;
  find(AuditRule::ledger, e, newest_,
       fmt::format("it states a gap of {}, the line before it leaves {}: a line is missing or was changed",
                   nanos_text(e.gap), nanos_text(gap)));
}

void HostRules::check_robots(const AuditEntry& e) {
  OriginRobots& robots = robots_[e.origin];
  if (e.robots) {
    robots.answered |= e.robots_answered;
  } else if (!robots.answered && !e.names_robots) {
    find(AuditRule::robots, e, std::nullopt, "no answer for robots.txt of its origin stands before it");
  }
}

void HostRules::remember(const AuditEntry& e) {
  const Nanos arrived = e.concurrency > 1 ? e.sent : e.first_byte;
  const Nanos delay = previous_ ? std::min({previous_->delay, e.delay, kMostBucketDelay}) : 0;
  bucket_ = std::max(bucket_ + delay, arrived);
  if (!newest_ || e.first_byte >= newest_->first_byte) newest_ = e;
  if (!slowest_ || factor_end(e) >= factor_end(*slowest_)) slowest_ = e;
  if (e.hold > 0 && (!longest_ || hold_end(e) >= hold_end(*longest_))) {
    longest_ = e;
    wait_told_ = false;
  }
  if (open_.size() < kMostOpen) open_.push_back(e);
  previous_ = e;
  Stretch& stretch = stretches_.back();
  stretch.last_first_byte = std::max(stretch.last_first_byte, e.first_byte_wall_ms);
}

void HostRules::judge_seams() {
  std::sort(stretches_.begin(), stretches_.end(),
            [](const Stretch& a, const Stretch& b) { return a.first_sent < b.first_sent; });
  for (std::size_t i = 1; i < stretches_.size(); ++i) {
    ++seams_.count;
    const std::int64_t gap_ms = stretches_[i].first_sent - stretches_[i - 1].last_first_byte;
    if (gap_ms < 0)
      ++seams_.overlapping;
    else if (gap_ms < stretches_[i].first_delay / 1'000'000)
      ++seams_.looking_short;
  }
}

void HostRules::find(AuditRule rule, const AuditEntry& at, const std::optional<AuditEntry>& before, std::string what) {
  events_.found({rule, at, before, std::move(what)});
}

}  // namespace cli
