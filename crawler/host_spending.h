// What a host has spent of its budget: pages, bytes, and since when, and how the frontier keeps that with its state.
// Belongs to its host.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "crawler/budget.h"
#include "limiter/time.h"

namespace crawler {

class HostSpending {
 public:
  // A request left us then, and brought so much.
  void asked(limiter::TimePoint sent, web::Bytes received) {
    if (!since_) since_ = sent;
    bytes_ += received.n;
  }
  void page_ended() { ++pages_; }
  void page_undone() { --pages_; }        // it is to be fetched again
  void page_settles() { ++pages_kept_; }  // it is written with its settlement
  bool settled() const { return pages_ == pages_kept_; }

  // By its memory the time runs steadily; over restarts and hand-overs by the wall clock.
  Spent as_of(limiter::TimePoint now) const {
    Spent spent{pages_, {static_cast<std::uint64_t>(bytes_)}};
    if (since_) spent.time = now - *since_;
    return spent;
  }

  // What is written is what is kept then: pages that are settled, and all bytes.
  void keep(limiter::TimePoint now, limiter::WallMs wall_now) {
    bytes_kept_ = bytes_;
    if (since_ && since_wall_ == 0) {
      since_wall_ = (wall_now - std::chrono::duration_cast<limiter::WallMs>(now - *since_)).count();
    }
  }
  std::string encode() const {  // "PAGES BYTES SINCE", in ms; 0: never asked
    return std::to_string(pages_kept_) + " " + std::to_string(bytes_kept_) + " " + std::to_string(since_wall_);
  }
  // Of what is kept now; what only we know yet comes on top. Where Redis was set back it forgets what it tells no more.
  void recall(std::string_view line) { take_up(read(line)); }
  void restore(std::string_view line, limiter::TimePoint now, limiter::WallMs wall_now) {
    const Kept kept = read(line);
    take_up(kept);
    if (kept[2] <= 0) return;
    since_wall_ = kept[2];
    const auto ago = std::max(limiter::WallMs(0), wall_now - limiter::WallMs(since_wall_));
    since_ = std::min(since_.value_or(now), now - ago);
  }

 private:
  using Kept = std::array<std::int64_t, 3>;
  static Kept read(std::string_view line) {
    Kept kept{};
    for (std::int64_t& number : kept) {
      const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), number);
      line.remove_prefix(std::min(static_cast<std::size_t>(end - line.data()) + 1, line.size()));
    }
    return kept;
  }
  void take_up(const Kept& kept) {
    pages_ += kept[0] - std::exchange(pages_kept_, kept[0]);
    bytes_ += kept[1] - std::exchange(bytes_kept_, kept[1]);
  }

  std::int64_t pages_ = 0, pages_kept_ = 0;  // ever; of them, those that are settled, or are just being
  std::int64_t bytes_ = 0, bytes_kept_ = 0;  // ever; of them, those that were written
  std::optional<limiter::TimePoint> since_;  // its first request left
  std::int64_t since_wall_ = 0;              // as it is written: it stays as it was first
};

}  // namespace crawler
