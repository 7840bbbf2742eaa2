// The three forms of an HTTP date.
#include <algorithm>
#include <array>

#include "web/headers.h"
#include "web/html_ascii.h"

namespace web {
namespace {

using std::chrono::days;

constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                      "jul", "aug", "sep", "oct", "nov", "dec"};

// Reads a date from left to right; once something does not fit, `ok` stays false.
struct Reader {
  std::string_view rest;
  bool ok = true;

  void literal(std::string_view text) {
    ok = ok && rest.starts_with(text);
    if (ok) rest.remove_prefix(text.size());
  }

  int number(std::size_t digits) {
    ok = ok && rest.size() >= digits && std::all_of(rest.begin(), rest.begin() + digits, is_ascii_digit);
    int value = 0;
    for (std::size_t i = 0; ok && i < digits; ++i) value = value * 10 + (rest[i] - '0');
    if (ok) rest.remove_prefix(digits);
    return value;
  }

  unsigned month() {
    for (unsigned i = 0; ok && i < kMonths.size(); ++i) {
      if (!equals_ignoring_case(rest.substr(0, 3), kMonths[i])) continue;
      rest.remove_prefix(3);
      return i + 1;
    }
    ok = false;
    return 0;
  }

  std::chrono::seconds time_of_day() {
    const int hour = number(2);
    literal(":");
    const int minute = number(2);
    literal(":");
    const int second = number(2);
    ok = ok && hour < 24 && minute < 60 && second <= 60;  // 60: a leap second
    return std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second);
  }

  // Passes the name of a day, with `end` behind it.
  void weekday(char end) {
    const std::size_t length = std::min(rest.find(end), rest.size());
    ok = length >= 3 && length <= 9 && length < rest.size() &&
         std::all_of(rest.begin(), rest.begin() + length, is_ascii_alpha);
    if (ok) rest.remove_prefix(length + 1);
  }
};

std::optional<std::chrono::system_clock::time_point> point_of(const Reader& reader, int year, unsigned month, int day,
                                                              std::chrono::seconds time) {
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!reader.ok || !reader.rest.empty() || !date.ok() || year < 1970 || year > 2261) return std::nullopt;
  return std::chrono::sys_days(date) + time;
}

}  // namespace

std::optional<std::chrono::system_clock::time_point> parse_http_date(std::string_view value) {
  Reader reader{value};
  if (value.find(',') == std::string_view::npos) {  // "Sun Nov  6 08:49:37 1994"
    reader.weekday(' ');
    const unsigned month = reader.month();
    reader.literal(" ");
    const bool one_digit = reader.rest.starts_with(' ');
    if (one_digit) reader.literal(" ");
    const int day = reader.number(one_digit ? 1 : 2);
    reader.literal(" ");
    const std::chrono::seconds time = reader.time_of_day();
    reader.literal(" ");
    const int year = reader.number(4);
    return point_of(reader, year, month, day, time);
  }
  reader.weekday(',');
  reader.literal(" ");
  const int day = reader.number(2);
  const bool dashes = reader.rest.starts_with('-');  // "Sunday, 06-Nov-94 08:49:37 GMT"; else "Sun, 06 Nov 1994 ..."
  const std::string_view separator = dashes ? "-" : " ";
  reader.literal(separator);
  const unsigned month = reader.month();
  reader.literal(separator);
  const bool two_digits = dashes && reader.rest.size() > 2 && reader.rest[2] == ' ';
  int year = reader.number(two_digits ? 2 : 4);
  if (two_digits) year += year < 70 ? 2000 : 1900;
  reader.literal(" ");
  const std::chrono::seconds time = reader.time_of_day();
  reader.literal(" GMT");
  return point_of(reader, year, month, day, time);
}

}  // namespace web
