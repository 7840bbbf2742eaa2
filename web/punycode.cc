#include "web/punycode.h"

#include <algorithm>
#include <cstdint>

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

// A generalised variable-length integer (RFC 3492 3.3).
void append_integer(std::string& out, std::uint64_t value, std::uint64_t bias) {
  for (std::uint64_t k = kBase;; k += kBase) {
    const std::uint64_t threshold = k <= bias ? kTMin : std::min(k - bias, kTMax);
    if (value < threshold) break;
    out += digit(threshold + (value - threshold) % (kBase - threshold));
    value = (value - threshold) / (kBase - threshold);
  }
  out += digit(value);
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

}  // namespace web
