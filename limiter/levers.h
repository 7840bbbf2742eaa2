// What an operator has ordered for one host: that it is not asked, asked slower, or its URLs end. Each order has a
// reason, and may have an end. Plain values and pure functions: time comes in as an argument; any thread.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "limiter/time.h"

namespace limiter {

enum class LeverKind {
  pause,  // not asked; its URLs stay queued
  slow,   // a delay of its own, where it is the longest
  block,  // not asked; its URLs end as refused. Stronger than a pause
};
inline constexpr std::array<LeverKind, 3> kLeverKinds = {LeverKind::pause, LeverKind::slow, LeverKind::block};
std::string_view lever_name(LeverKind kind);  // "pause", "slow", "block"
std::optional<LeverKind> lever_kind(std::string_view name);

inline constexpr std::size_t kMaxWhy = 200;  // bytes
inline constexpr Duration kMinSlowDelay = std::chrono::milliseconds(1);
inline constexpr Duration kMaxSlowDelay = std::chrono::hours(24);
inline constexpr Duration kMinLeverTime = std::chrono::milliseconds(1);
inline constexpr Duration kMaxLeverTime = std::chrono::hours(24 * 366);

struct Lever {
  std::string id;     // of the order: what is read twice is the same lever
  WallMs since{0};    // by the store's clock
  WallMs length{0};   // 0: until it is undone
  Duration delay{0};  // of slow
  std::string why;

  // What is left of it by the store's clock; the clock may have stepped, so never more than the whole. Nothing where it
  // has no end.
  std::optional<WallMs> left(WallMs store_now) const;
};

// "LENGTH_MS DELAY_MS WHY", to which the store adds the rest: "1 ID SINCE_MS LENGTH_MS DELAY_MS WHY".
std::string encode_terms(const Lever& lever);
std::optional<Lever> decode_lever(std::string_view text);

struct LeverInForce {
  LeverKind kind = LeverKind::pause;
  Lever lever;
  TimePoint until = TimePoint::max();
};

// The levers of one host that are in force. Empty ones are not kept.
class HostLevers {
 public:
  void set(LeverInForce lever);
  const LeverInForce* find(LeverKind kind) const;
  const std::array<std::optional<LeverInForce>, 3>& all() const { return levers_; }
  bool empty() const;

  bool blocked() const { return find(LeverKind::block) != nullptr; }
  bool paused() const { return find(LeverKind::pause) != nullptr && !blocked(); }
  bool stopped() const { return find(LeverKind::pause) != nullptr || blocked(); }  // nothing of it is sent
  std::optional<Duration> delay() const;                                           // of slow
  std::string rule() const;                                                        // why its URLs end: "operator: WHY"

  TimePoint first_end() const;         // max: none of them ends by itself
  HostLevers at(TimePoint now) const;  // those whose end has not come

 private:
  std::array<std::optional<LeverInForce>, 3> levers_;
};

struct StoredLever {
  LeverKind kind = LeverKind::pause;
  std::string text;
};

// What the store's texts mean at `now`, which is `store_now` by the store's clock. What cannot be read pauses the host,
// so that nothing is asked by mistake. A lever that `before` holds already keeps its end, whatever the store's clock
// has done since.
HostLevers read_levers(const std::vector<StoredLever>& stored, WallMs store_now, TimePoint now,
                       const HostLevers& before);

}  // namespace limiter
