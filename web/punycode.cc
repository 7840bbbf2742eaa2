#include "web/punycode.h"

#include <algorithm>
#include <cstdint>

#include "web/html_ascii.h"

namespace web {
namespace {

constexpr std::uint64_t kBase = 36, kTMin = 1, kTMax = 26, kSkew = 38, kDamp = 700;

// RFC 3492 6.1.
std::uint64_t adapted_bias(std::uint64_t delta, std::uint64_t points, bool first) {
  delta = first ? delta / kDamp : delta / 2;
  delta += delta / points;
  std::uint64_t k = 0;
  for (; delta > (kBase - kTMin) * kTMax / 2; k += kBase) delta /= kBase - kTMin;
  return k + (kBase - kTMin + 1) * delta / (delta + kSkew);
}

char digit(std::uint64_t value) {
  return static_cast<char>(value < 26 ? 'a' + value : '0' + value - 26);
}

// -1 for what is no digit.
int digit_value(char c) {
  if (is_ascii_digit(c)) return c - '0' + 26;
  return is_ascii_alpha(c) ? ascii_lower(c) - 'a' : -1;
}

std::uint64_t threshold_of(std::uint64_t k, std::uint64_t bias) {
  return k <= bias ? kTMin : std::min(k - bias, kTMax);
}

// A generalised variable-length integer (RFC 3492 3.3).
void append_integer(std::string& out, std::uint64_t value, std::uint64_t bias) {
  for (std::uint64_t k = kBase;; k += kBase) {
    const std::uint64_t threshold = threshold_of(k, bias);
    if (value < threshold) break;
    out += digit(threshold + (value - threshold) % (kBase - threshold));
    value = (value - threshold) / (kBase - threshold);
  }
  out += digit(value);
}

// Takes one from the front of `text`; nothing where none is there, or one that counts further than Unicode reaches.
std::optional<std::uint64_t> take_integer(std::string_view& text, std::uint64_t bias) {
  constexpr std::uint64_t kMost = std::uint64_t{1} << 32;
  std::uint64_t value = 0, weight = 1;
  for (std::uint64_t k = kBase; !text.empty(); k += kBase) {
    const int next = digit_value(text.front());
    if (next < 0) return std::nullopt;
    text.remove_prefix(1);
    value += static_cast<std::uint64_t>(next) * weight;
    if (value > kMost) return std::nullopt;
    const std::uint64_t threshold = threshold_of(k, bias);
    if (static_cast<std::uint64_t>(next) < threshold) return value;
    weight = std::min(weight * (kBase - threshold), kMost + 1);
  }
  return std::nullopt;
}

}  // namespace

std::string punycode(std::u32string_view code_points) {
  std::string out;
  for (const char32_t c : code_points) {
    if (c < 0x80) out += static_cast<char>(c);
  }
  const std::uint64_t basic = out.size();
  if (basic > 0) out += '-';
  std::uint64_t bias = 72, delta = 0, handled = basic;
  char32_t from = 0x80;
  while (handled < code_points.size()) {
    char32_t next = U'\x10ffff';
    for (const char32_t c : code_points) {
      if (c >= from) next = std::min(next, c);
    }
    delta += (next - from) * (handled + 1);
    for (const char32_t c : code_points) {
      if (c < next) ++delta;
      if (c != next) continue;
      append_integer(out, delta, bias);
      bias = adapted_bias(delta, handled + 1, handled == basic);
      delta = 0;
      ++handled;
    }
    ++delta;
    from = next + 1;
  }
  return out;
}

std::optional<std::u32string> punycode_decoded(std::string_view label) {
  const std::size_t hyphen = label.rfind('-');
  const std::size_t basic = hyphen == std::string_view::npos ? 0 : hyphen;
  std::u32string points(label.begin(), label.begin() + basic);
  label.remove_prefix(basic > 0 ? basic + 1 : 0);
  std::uint64_t bias = 72, next = 0x80, at = 0;
  for (bool first = true; !label.empty(); first = false) {
    const std::optional<std::uint64_t> delta = take_integer(label, bias);
    if (!delta) return std::nullopt;
    const std::uint64_t count = points.size() + 1;
    bias = adapted_bias(*delta, count, first);
    next += (at + *delta) / count;
    at = (at + *delta) % count;
    if (next > 0x10ffff || (next >= 0xd800 && next < 0xe000)) return std::nullopt;
    points.insert(points.begin() + at++, static_cast<char32_t>(next));
  }
  return points;
}

}  // namespace web
