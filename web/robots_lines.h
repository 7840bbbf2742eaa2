// The lines of a robots.txt: its text out of the bytes, and each record's key and value (RFC 9309 2.2).
// Pure functions over bytes; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "web/bytes.h"

namespace web {

inline constexpr Bytes kWrittenLimit{200};

enum class RobotsKey { user_agent, allow, disallow, crawl_delay, sitemap, other };

struct RobotsLine {
  RobotsKey key = RobotsKey::other;
  std::string_view value;    // trimmed, without its comment
  std::string_view written;  // the line for people: trimmed, without its comment, at most kWrittenLimit of it
  int number = 0;            // 1-based
};

// The first 500 KiB of `body` as UTF-8, without a byte order mark and without a last line that the limit tore.
// A view of `body`, or of `storage` where it had to be decoded.
std::string_view robots_text(std::string_view body, std::string& storage);

// Walks the records of a text; lines that hold none are passed over.
class RobotsLines {
 public:
  explicit RobotsLines(std::string_view text) : rest_(text) {}
  std::optional<RobotsLine> next();

 private:
  std::string_view rest_;
  int number_ = 0;
};

// The product token (RFC 9309 2.2.1) at the start of `text`, "*" for the one of everybody, else empty.
std::string_view robots_token(std::string_view text);

// A number of seconds, plain decimal ("10", "0.5"), at most `max`; nothing for anything else.
std::optional<double> parse_crawl_delay(std::string_view value, double max);

}  // namespace web
