#include "storage/timestamp.h"

#include <cstdio>

namespace storage {
namespace {

struct Fields {
  int year;
  unsigned month, day, hour, minute, second, millisecond;
};

Fields split(WallTime time) {
  using namespace std::chrono;
  const auto ms = floor<milliseconds>(time);
  const auto day = floor<days>(ms);
  const year_month_day date{day};
  const hh_mm_ss<milliseconds> clock{ms - day};
  return {int{date.year()},
          unsigned{date.month()},
          unsigned{date.day()},
          static_cast<unsigned>(clock.hours().count()),
          static_cast<unsigned>(clock.minutes().count()),
          static_cast<unsigned>(clock.seconds().count()),
          static_cast<unsigned>(clock.subseconds().count())};
}

}  // namespace

std::string warc_date(WallTime time) {
  const Fields f = split(time);
  char text[64];
  const int n = std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02u:%02u:%02uZ", f.year, f.month, f.day, f.hour,
                              f.minute, f.second);
  return {text, static_cast<std::size_t>(n)};
}

std::string file_stamp(WallTime time) {
  const Fields f = split(time);
  char text[64];
  const int n = std::snprintf(text, sizeof text, "%04d%02u%02u%02u%02u%02u%03u", f.year, f.month, f.day, f.hour,
                              f.minute, f.second, f.millisecond);
  return {text, static_cast<std::size_t>(n)};
}

std::string index_stamp(std::string_view date) {
  std::string digits;
  for (const char c : date) {
    if (c >= '0' && c <= '9') digits.push_back(c);
    if (digits.size() == 14) break;
  }
  return digits;
}

}  // namespace storage
