// Reads a date from left to right, as the forms of dates need it.
// Pure functions over bytes; any thread. Private to headers_date.cc and feed_date.cc.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string_view>

#include "web/html_ascii.h"

namespace web {

// Once something does not fit, `ok` stays false.
struct DateReader {
  std::string_view rest;
  bool ok = true;

  void literal(std::string_view text) {
    ok = ok && rest.starts_with(text);
    if (ok) rest.remove_prefix(text.size());
  }

  // Passes `c` if it is next.
  bool skip(char c) {
    const bool there = ok && rest.starts_with(c);
    if (there) rest.remove_prefix(1);
    return there;
  }

  bool digit() const { return !rest.empty() && is_ascii_digit(rest.front()); }

  int number(std::size_t digits) {
    ok = ok && rest.size() >= digits && std::all_of(rest.begin(), rest.begin() + digits, is_ascii_digit);
    int value = 0;
    for (std::size_t i = 0; ok && i < digits; ++i) value = value * 10 + (rest[i] - '0');
    if (ok) rest.remove_prefix(digits);
    return value;
  }

  unsigned month() {
    constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                          "jul", "aug", "sep", "oct", "nov", "dec"};
    for (unsigned i = 0; ok && i < kMonths.size(); ++i) {
      if (!equals_ignoring_case(rest.substr(0, 3), kMonths[i])) continue;
      rest.remove_prefix(3);
      return i + 1;
    }
    ok = false;
    return 0;
  }

  // hh:mm, and :ss where it follows.
  std::chrono::seconds time_of_day() {
    const int hour = number(2);
    literal(":");
    const int minute = number(2);
    const int second = skip(':') ? number(2) : 0;
    ok = ok && hour < 24 && minute < 60 && second <= 60;  // 60: a leap second
    return std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second);
  }

  // That day, from 1970 to 2261, the range of the clock; nothing unless everything was read and all of it fitted.
  std::optional<std::chrono::sys_seconds> point(int year, unsigned month, int day, std::chrono::seconds time) const {
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!ok || !rest.empty() || !date.ok() || year < 1970 || year > 2261) return std::nullopt;
    return std::chrono::sys_days(date) + time;
  }
};

}  // namespace web
