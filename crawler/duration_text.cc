#include "crawler/duration_text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <utility>

namespace crawler {
namespace {

using Unit = std::pair<std::string_view, std::int64_t>;

constexpr std::array<Unit, 7> kTimes = {{{"d", 86'400'000'000'000},
                                         {"h", 3'600'000'000'000},
                                         {"m", 60'000'000'000},
                                         {"s", 1'000'000'000},
                                         {"ms", 1'000'000},
                                         {"us", 1'000},
                                         {"ns", 1}}};
constexpr double kLongest = 100.0 * 365.25 * 86'400e9;

constexpr std::array<Unit, 9> kSizes = {{{"TiB", 1LL << 40},
                                         {"GiB", 1LL << 30},
                                         {"MiB", 1LL << 20},
                                         {"KiB", 1LL << 10},
                                         {"TB", 1'000'000'000'000},
                                         {"GB", 1'000'000'000},
                                         {"MB", 1'000'000},
                                         {"kB", 1'000},
                                         {"B", 1}}};
constexpr double kLargest = 9.2e18;

// Reads digits with at most one point from the front of `text`. Nothing if it does not start with a digit.
std::optional<double> take_number(std::string_view& text) {
  if (text.empty() || text[0] < '0' || text[0] > '9') return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

std::string_view take_letters(std::string_view& text) {
  std::size_t n = 0;
  while (n < text.size() && ((text[n] >= 'a' && text[n] <= 'z') || (text[n] >= 'A' && text[n] <= 'Z'))) ++n;
  const std::string_view letters = text.substr(0, n);
  text.remove_prefix(n);
  return letters;
}

template <std::size_t N>
std::int64_t unit_of(const std::array<Unit, N>& units, std::string_view name) {  // 0: unknown
  for (const auto& [unit, factor] : units)
    if (unit == name) return factor;
  return 0;
}

}  // namespace

std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  if (text == "0") return std::chrono::nanoseconds(0);
  if (text.empty()) return std::nullopt;
  double total = 0;
  std::int64_t last = INT64_MAX;
  while (!text.empty()) {
    const auto number = take_number(text);
    const std::int64_t factor = unit_of(kTimes, take_letters(text));
    if (!number || factor == 0 || factor >= last) return std::nullopt;
    last = factor;
    total += *number * static_cast<double>(factor);
    if (total > kLongest) return std::nullopt;
  }
  return std::chrono::nanoseconds(std::llround(total));
}

std::string duration_text(std::chrono::nanoseconds value) {
  if (value.count() == 0) return "0s";
  for (const auto& [unit, factor] : kTimes) {
    const bool usual = unit != "d" && (unit != "m" || value >= std::chrono::minutes(2));  // "24h", "60s"
    if (usual && value.count() % factor == 0) return std::to_string(value.count() / factor) + std::string(unit);
  }
  return std::to_string(value.count()) + "ns";
}

std::optional<web::Bytes> parse_size(std::string_view text) {
  const auto number = take_number(text);
  if (!number) return std::nullopt;
  std::int64_t factor = 1;
  if (!text.empty()) {
    const std::string_view unit = take_letters(text);
    factor = unit == "KB" ? 1'000 : unit_of(kSizes, unit);
    if (factor == 0 || !text.empty()) return std::nullopt;
  }
  const double bytes = *number * static_cast<double>(factor);
  if (bytes > kLargest || bytes != std::floor(bytes)) return std::nullopt;
  return web::Bytes{static_cast<std::uint64_t>(bytes)};
}

std::string size_text(web::Bytes value) {
  for (const auto& [unit, factor] : kSizes) {
    const auto f = static_cast<std::uint64_t>(factor);
    if (unit.size() == 3 && value.n > 0 && value.n % f == 0) return std::to_string(value.n / f) + std::string(unit);
  }
  return std::to_string(value.n) + "B";
}

}  // namespace crawler
