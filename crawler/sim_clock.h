// The made-up time of a simulation: what is to happen when. Single-threaded; owned by the simulation.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <utility>
#include <vector>

#include "limiter/time.h"

namespace crawler {

class SimClock {
 public:
  using TimePoint = limiter::TimePoint;
  static constexpr TimePoint kStart{std::chrono::hours(1)};

  TimePoint now() const { return now_; }
  // Redis' clock, by which machines agree; it steps when told to.
  limiter::WallMs wall() const {
    return std::chrono::duration_cast<limiter::WallMs>(now_.time_since_epoch()) + wall_offset_;
  }
  void step_wall(limiter::WallMs by) { wall_offset_ += by; }

  void at(TimePoint when, std::function<void()> what) {
    events_.push({std::max(when, now_), next_++, std::move(what)});
  }
  void after(limiter::Duration wait, std::function<void()> what) { at(now_ + wait, std::move(what)); }

  void run_until(TimePoint end) {
    while (!events_.empty() && events_.top().when <= end) {
      Event event = std::move(const_cast<Event&>(events_.top()));
      events_.pop();
      now_ = event.when;
      event.what();
    }
    now_ = end;
  }

 private:
  struct Event {
    TimePoint when;
    std::uint64_t order;  // what was asked for first comes first
    std::function<void()> what;
    bool operator<(const Event& other) const { return std::pair(when, order) > std::pair(other.when, other.order); }
  };
  TimePoint now_ = kStart;
  limiter::WallMs wall_offset_{1'800'000'000'000};
  std::uint64_t next_ = 0;
  std::priority_queue<Event> events_;
};

// The simulation's dice: the same throws on every machine.
class SimDice {
 public:
  explicit SimDice(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15ull + 1) {}
  std::uint64_t bits() {  // splitmix64
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ull);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
  }
  double uniform() { return static_cast<double>(bits() >> 11) * 0x1.0p-53; }  // [0, 1)
  bool chance(double p) { return uniform() < p; }
  std::uint64_t below(std::uint64_t n) { return bits() % n; }
  limiter::Duration between(limiter::Duration low, limiter::Duration high) {
    return low + limiter::Duration(
                     static_cast<limiter::Duration::rep>(uniform() * static_cast<double>((high - low).count())));
  }

 private:
  std::uint64_t state_;
};

}  // namespace crawler
