// The three forms of an HTTP date.
#include <algorithm>

#include "web/date_reader.h"
#include "web/headers.h"

namespace web {
namespace {

struct Reader : DateReader {
  // Passes the name of a day, with `end` behind it.
  void weekday(char end) {
    const std::size_t length = std::min(rest.find(end), rest.size());
    ok = length >= 3 && length <= 9 && length < rest.size() &&
         std::all_of(rest.begin(), rest.begin() + length, is_ascii_alpha);
    if (ok) rest.remove_prefix(length + 1);
  }

  // hh:mm:ss, no shorter.
  std::chrono::seconds full_time() {
    ok = ok && rest.size() >= 8 && rest[5] == ':';
    return time_of_day();
  }
};

}  // namespace

std::optional<std::chrono::system_clock::time_point> parse_http_date(std::string_view value) {
  Reader reader{{value}};
  if (value.find(',') == std::string_view::npos) {  // "Sun Nov  6 08:49:37 1994"
    reader.weekday(' ');
    const unsigned month = reader.month();
    reader.literal(" ");
    const bool one_digit = reader.rest.starts_with(' ');
    if (one_digit) reader.literal(" ");
    const int day = reader.number(one_digit ? 1 : 2);
    reader.literal(" ");
    const std::chrono::seconds time = reader.full_time();
    reader.literal(" ");
    const int year = reader.number(4);
    return reader.point(year, month, day, time);
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
  const std::chrono::seconds time = reader.full_time();
  reader.literal(" GMT");
  return reader.point(year, month, day, time);
}

}  // namespace web
