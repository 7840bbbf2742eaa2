// Header fields of an HTTP answer and the values the crawler reads from them.
// Pure functions over bytes; any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace web {

// The fields of one answer, in order, names as sent.
class Headers {
 public:
  // Reads a raw head ("HTTP/1.1 200 OK\r\nName: value\r\n...\r\n") up to its empty line. A line that starts with white
  // space goes on with the value before it (obs-fold); lines that are no field are passed over.
  static Headers parse(std::string_view head);

  std::string_view get(std::string_view name) const;               // first value, trimmed; empty if absent
  std::vector<std::string_view> all(std::string_view name) const;  // every value, in order
  const std::vector<std::pair<std::string, std::string>>& fields() const { return fields_; }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

// Whether `text` is a token (RFC 9110 5.6.2), as the names of fields are.
bool is_token(std::string_view text);

struct ContentType {
  std::string mime;     // lower-case "type/subtype", empty if absent or malformed
  std::string charset;  // as sent, without quotes; empty if absent
};
ContentType parse_content_type(std::string_view value);

// Retry-After (RFC 9110 10.2.3), seconds or HTTP date, as a wait; nothing if unreadable. A date is of the sender's
// clock: it counts from the same answer's `date`, its Date field, and from `now` only where that is unreadable; a date
// that is not after it asks for nothing. At most kMaxRetryAfter: what is longer, however many digits it has, comes out
// as that, so that sums with it are safe.
inline constexpr std::chrono::seconds kMaxRetryAfter{1'000'000'000};
std::optional<std::chrono::seconds> parse_retry_after(std::string_view value, std::string_view date,
                                                      std::chrono::system_clock::time_point now);

// IMF-fixdate, RFC 850 and asctime dates (RFC 9110 5.6.7), from 1970 to 2261, the range of the clock. Two-digit years
// are of 1970-2069.
std::optional<std::chrono::system_clock::time_point> parse_http_date(std::string_view value);

}  // namespace web
