#include "limiter/levers.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace limiter {
namespace {

using std::chrono::duration_cast;

constexpr std::size_t kMaxId = 64;
constexpr std::int64_t kMaxWallMs = 1'000'000'000'000'000;  // far beyond any clock, and no sum with it overflows

std::string_view next_word(std::string_view& text) {
  const std::size_t space = text.find(' ');
  const std::string_view word = text.substr(0, space);
  text.remove_prefix(space == text.npos ? text.size() : space + 1);
  return word;
}

bool read_ms(std::string_view& text, std::int64_t most, std::int64_t& out) {
  const std::string_view word = next_word(text);
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), out);
  return error == std::errc() && end == word.data() + word.size() && out >= 0 && out <= most;
}

std::int64_t in_ms(Duration duration) {
  return duration_cast<WallMs>(duration).count();
}

std::size_t index_of(LeverKind kind) {
  return static_cast<std::size_t>(kind);
}

}  // namespace

std::string_view lever_name(LeverKind kind) {
  switch (kind) {
    case LeverKind::pause:
      return "pause";
    case LeverKind::slow:
      return "slow";
    case LeverKind::block:
      break;
  }
  return "block";
}

std::optional<LeverKind> lever_kind(std::string_view name) {
  const auto found =
      std::find_if(kLeverKinds.begin(), kLeverKinds.end(), [&](LeverKind kind) { return lever_name(kind) == name; });
  return found == kLeverKinds.end() ? std::nullopt : std::optional(*found);
}

std::optional<WallMs> Lever::left(WallMs store_now) const {
  if (length.count() == 0) return std::nullopt;
  return std::clamp(since + length - store_now, WallMs(0), length);
}

std::string encode_terms(const Lever& lever) {
  return std::to_string(lever.length.count()) + " " + std::to_string(in_ms(lever.delay)) + " " + lever.why;
}

std::optional<Lever> decode_lever(std::string_view text) {
  if (next_word(text) != "1") return std::nullopt;
  Lever lever;
  lever.id = next_word(text);
  std::int64_t since = 0, length = 0, delay = 0;
  const bool readable = !lever.id.empty() && lever.id.size() <= kMaxId && read_ms(text, kMaxWallMs, since) &&
                        read_ms(text, in_ms(kMaxLeverTime), length) && read_ms(text, in_ms(kMaxSlowDelay), delay) &&
                        text.size() <= kMaxWhy;
  if (!readable) return std::nullopt;
  lever.since = WallMs(since);
  lever.length = WallMs(length);
  lever.delay = WallMs(delay);
  lever.why = text;
  return lever;
}

void HostLevers::set(LeverInForce lever) {
  levers_[index_of(lever.kind)] = std::move(lever);
}

const LeverInForce* HostLevers::find(LeverKind kind) const {
  const auto& lever = levers_[index_of(kind)];
  return lever ? &*lever : nullptr;
}

bool HostLevers::empty() const {
  return std::none_of(levers_.begin(), levers_.end(), [](const auto& lever) { return lever.has_value(); });
}

std::optional<Duration> HostLevers::delay() const {
  const LeverInForce* slow = find(LeverKind::slow);
  return slow == nullptr ? std::nullopt : std::optional(slow->lever.delay);
}

std::string HostLevers::rule() const {
  const LeverInForce* block = find(LeverKind::block);
  return block == nullptr || block->lever.why.empty() ? "operator" : "operator: " + block->lever.why;
}

TimePoint HostLevers::first_end() const {
  TimePoint first = TimePoint::max();
  for (const auto& lever : levers_) {
    if (lever) first = std::min(first, lever->until);
  }
  return first;
}

HostLevers HostLevers::at(TimePoint now) const {
  HostLevers left;
  for (const auto& lever : levers_) {
    if (lever && lever->until > now) left.set(*lever);
  }
  return left;
}

HostLevers read_levers(const std::vector<StoredLever>& stored, WallMs store_now, TimePoint now,
                       const HostLevers& before) {
  HostLevers levers;
  for (const StoredLever& one : stored) {
    std::optional<Lever> lever = decode_lever(one.text);
    if (!lever) {
      levers.set({LeverKind::pause, {.why = "the order cannot be read; undo it with resume"}});
      continue;
    }
    const std::optional<WallMs> left = lever->left(store_now);
    TimePoint until = left ? now + *left : TimePoint::max();
    const LeverInForce* known = before.find(one.kind);
    if (known != nullptr && known->lever.id == lever->id) until = known->until;
    if (until > now) levers.set({one.kind, std::move(*lever), until});
  }
  return levers;
}

}  // namespace limiter
