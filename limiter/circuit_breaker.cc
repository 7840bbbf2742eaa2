#include "limiter/circuit_breaker.h"

#include <algorithm>
#include <bit>
#include <charconv>

namespace limiter {
namespace {

using std::chrono::duration_cast;

constexpr int kMaxOpenings = 1000;
constexpr std::uint32_t kAll = (1u << CircuitBreaker::kWindow) - 1;

}  // namespace

CircuitBreaker::State CircuitBreaker::state(TimePoint now) const {
  if (!open_) return State::closed;
  return now < until_ ? State::open : State::half_open;
}

void CircuitBreaker::trip(TimePoint now, const BreakerOptions& options, double random) {
  open_ = true;
  openings_ = std::min(openings_ + 1, kMaxOpenings);
  const int doublings = std::min(openings_ - 1, 20);
  const Duration length = std::min(options.max_open, options.open * (1 << doublings));
  // Never longer than its cap, never shorter than the opening before it.
  until_ = now + duration_cast<Duration>(length * (0.9 + 0.1 * random));
}

void CircuitBreaker::succeeded(Duration took, TimePoint now, const BreakerOptions& options, double random) {
  if (took > options.slow) return failed(now, options, random);
  const State before = state(now);
  if (before == State::open) return;
  if (before == State::half_open) return reset();
  consecutive_ = 0;
  recent_ = (recent_ << 1) & kAll;
  requests_ = std::min(requests_ + 1, kWindow);
}

void CircuitBreaker::failed(TimePoint now, const BreakerOptions& options, double random) {
  const State before = state(now);
  if (before == State::open) return;
  if (before == State::half_open) return trip(now, options, random);
  ++consecutive_;
  recent_ = ((recent_ << 1) | 1) & kAll;
  requests_ = std::min(requests_ + 1, kWindow);
  const bool often = requests_ == kWindow && std::popcount(recent_) >= options.rate * kWindow;
  if (consecutive_ >= options.failures || often) trip(now, options, random);
}

// "OPENINGS LEFT_MS WALL_MS CONSECUTIVE"; LEFT_MS -1: closed.
std::string CircuitBreaker::encode(WallMs wall_now, TimePoint now) const {
  const auto left = duration_cast<WallMs>(std::max(Duration(0), until_ - now));
  return std::to_string(openings_) + " " + std::to_string(open_ ? left.count() : -1) + " " +
         std::to_string(open_ ? wall_now.count() : 0) + " " + std::to_string(consecutive_);
}

void CircuitBreaker::restore(std::string_view text, TimePoint now, WallMs wall_now, const BreakerOptions& options) {
  std::int64_t fields[4] = {};
  const char* at = text.data();
  const char* const end = at + text.size();
  for (int i = 0; i < 4; ++i) {
    const auto [after, error] = std::from_chars(at, end, fields[i]);
    if (error != std::errc() || (i < 3 ? after == end || *after != ' ' : after != end)) return;
    at = after + 1;
  }
  consecutive_ = static_cast<int>(std::clamp<std::int64_t>(fields[3], 0, options.failures));
  if (fields[1] < 0) return;
  openings_ = static_cast<int>(std::clamp<std::int64_t>(fields[0], 1, kMaxOpenings));
  open_ = true;
  constexpr std::int64_t kFar = 1'000'000'000'000'000;
  const WallMs length(std::clamp<std::int64_t>(fields[1], 0, duration_cast<WallMs>(options.max_open).count()));
  const WallMs set_at(std::clamp<std::int64_t>(fields[2], 0, kFar));
  until_ = now + std::clamp(set_at + length - wall_now, WallMs(0), length);
}

}  // namespace limiter
