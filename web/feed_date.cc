#include "web/feed_date.h"

#include <array>

#include "web/date_reader.h"

namespace web {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// "+01:00" or "+0100": how far a zone is ahead of UTC.
minutes zone_offset(DateReader& reader) {
  const bool west = reader.rest.starts_with('-');
  reader.literal(west ? "-" : "+");
  const int hour = reader.number(2);
  reader.skip(':');
  const int minute = reader.number(2);
  reader.ok = reader.ok && hour < 24 && minute < 60;
  return west ? -(hours(hour) + minutes(minute)) : hours(hour) + minutes(minute);
}

// The names of RFC 822 5.1 that are not UTC.
minutes named_zone(DateReader& reader) {
  struct Zone {
    std::string_view name;
    int hours;
  };
  constexpr std::array kZones = {Zone{"est", -5}, Zone{"edt", -4}, Zone{"cst", -6}, Zone{"cdt", -5},
                                 Zone{"mst", -7}, Zone{"mdt", -6}, Zone{"pst", -8}, Zone{"pdt", -7}};
  const std::string_view name = reader.rest;
  reader.rest = {};
  for (const Zone& zone : kZones) {
    if (equals_ignoring_case(name, zone.name)) return hours(zone.hours);
  }
  reader.ok = reader.ok && std::all_of(name.begin(), name.end(), is_ascii_alpha);
  return minutes(0);
}

void skip_spaces(DateReader& reader) {
  while (reader.skip(' ')) {
  }
}

}  // namespace

std::optional<std::chrono::sys_seconds> parse_w3c_date(std::string_view text) {
  DateReader reader{trim_html_space(text)};
  const int year = reader.number(4);
  const bool has_month = reader.skip('-');
  const int month = has_month ? reader.number(2) : 1;
  const bool has_day = has_month && reader.skip('-');
  const int day = has_day ? reader.number(2) : 1;
  seconds time{0};
  if (has_day && (reader.skip('T') || reader.skip('t') || reader.skip(' '))) {
    time = reader.time_of_day();
    if (reader.skip('.') || reader.skip(',')) {
      reader.ok = reader.ok && reader.digit();
      while (reader.digit()) reader.rest.remove_prefix(1);
    }
    skip_spaces(reader);
    if (!reader.skip('Z') && !reader.skip('z') && !reader.rest.empty()) time -= zone_offset(reader);
  }
  return reader.point(year, static_cast<unsigned>(month), day, time);
}

std::optional<std::chrono::sys_seconds> parse_mail_date(std::string_view text) {
  DateReader reader{trim_html_space(text)};
  if (const std::size_t comma = reader.rest.find(','); comma != std::string_view::npos) {
    reader.rest.remove_prefix(comma + 1);
    skip_spaces(reader);
  }
  int day = reader.number(1);
  if (reader.digit()) day = day * 10 + reader.number(1);
  skip_spaces(reader);
  const unsigned month = reader.month();
  while (!reader.rest.empty() && is_ascii_alpha(reader.rest.front())) reader.rest.remove_prefix(1);  // "September"
  skip_spaces(reader);
  int year = reader.number(2);
  year = reader.digit() ? year * 100 + reader.number(2) : year + (year < 70 ? 2000 : 1900);
  skip_spaces(reader);
  seconds time = reader.time_of_day();
  skip_spaces(reader);
  if (reader.rest.starts_with('+') || reader.rest.starts_with('-')) {
    time -= zone_offset(reader);
  } else {
    time -= named_zone(reader);
  }
  return reader.point(year, month, day, time);
}

}  // namespace web
