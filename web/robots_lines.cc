#include "web/robots_lines.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>

#include "web/charset_utf8.h"
#include "web/html_ascii.h"
#include "web/robots.h"

namespace web {
namespace {

constexpr bool is_end_of_line(char c) {
  return c == '\n' || c == '\r';
}
constexpr bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

// UTF-16 to UTF-8; half a pair becomes U+FFFD.
std::string decoded_utf16(std::string_view bytes, bool big_endian) {
  std::string out;
  out.reserve(bytes.size());
  char32_t high = 0;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    const unsigned char first = static_cast<unsigned char>(bytes[i]), second = static_cast<unsigned char>(bytes[i + 1]);
    const char32_t unit = big_endian ? first << 8 | second : second << 8 | first;
    const bool low = unit >= 0xdc00 && unit < 0xe000;
    if (high != 0) append_utf8(out, low ? 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00) : 0xfffd);
    const bool paired = high != 0 && low;
    high = unit >= 0xd800 && unit < 0xdc00 ? unit : 0;
    if (!paired && high == 0) append_utf8(out, low ? 0xfffd : unit);
  }
  if (high != 0) append_utf8(out, 0xfffd);
  return out;
}

// How many letters must be put in, taken out, replaced or swapped with their neighbour to make `b` of `a`.
// Both are short.
int spelling_distance(std::string_view a, std::string_view b) {
  constexpr std::size_t kMax = 16;
  std::array<std::array<int, kMax>, kMax> cost;
  if (a.size() >= kMax || b.size() >= kMax) return kMax;
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        cost[i][j] = static_cast<int>(i + j);
        continue;
      }
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
      }
    }
  }
  return cost[a.size()][b.size()];
}

// How far from its right spelling a key is still obeyed. "allow" is not in the table: taken for nothing it forbids
// more.
struct Spelling {
  std::string_view right;
  int mistakes;
  RobotsKey key;
};
constexpr std::array kSpellings = {
    Spelling{"disallow", 2, RobotsKey::disallow},
    Spelling{"user-agent", 1, RobotsKey::user_agent},
    Spelling{"crawl-delay", 1, RobotsKey::crawl_delay},
    Spelling{"sitemap", 1, RobotsKey::sitemap},
};

RobotsKey key_of(std::string_view text) {
  if (text.empty() || text.size() > 13) return RobotsKey::other;
  const std::string lower = to_ascii_lower(text);
  if (lower == "allow") return RobotsKey::allow;
  for (const Spelling& spelling : kSpellings) {
    if (lower == spelling.right) return spelling.key;
  }
  for (const Spelling& spelling : kSpellings) {
    const auto missing = static_cast<int>(spelling.right.size()) - static_cast<int>(lower.size());
    if (std::abs(missing) <= spelling.mistakes && lower[0] == spelling.right[0] &&
        spelling_distance(lower, spelling.right) <= spelling.mistakes)
      return spelling.key;
  }
  return RobotsKey::other;
}

// Parts "key: value", else "key value" where there are just these two words.
void part(std::string_view record, RobotsLine& line) {
  const std::size_t colon = record.find(':');
  if (colon != std::string_view::npos) {
    line.key = key_of(trim(record.substr(0, colon)));
    line.value = trim(record.substr(colon + 1));
    if (line.key != RobotsKey::other) return;
  }
  const std::size_t space =
      static_cast<std::size_t>(std::find_if(record.begin(), record.end(), is_space) - record.begin());
  const std::string_view value = trim(record.substr(space));
  if (std::any_of(value.begin(), value.end(), is_space)) return;
  line.key = key_of(record.substr(0, space));
  line.value = value;
}

// A robots.txt that some editor kept as HTML: "10<br>".
std::string_view before_markup(std::string_view value) {
  return value.substr(0, value.find('<'));
}

}  // namespace

std::string_view robots_text(std::string_view body, std::string& storage) {
  const bool torn = body.size() > kRobotsLimit.n && !is_end_of_line(body[kRobotsLimit.n]);
  std::string_view text = body.substr(0, kRobotsLimit.n);
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) {
    storage = decoded_utf16(text.substr(2), text[0] == '\xfe');
    text = storage;
  } else {
    for (const char mark : {'\xef', '\xbb', '\xbf'}) {  // also where only its start is there
      if (!text.starts_with(mark)) break;
      text.remove_prefix(1);
    }
  }
  while (torn && !text.empty() && !is_end_of_line(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<RobotsLine> RobotsLines::next() {
  while (!rest_.empty()) {
    const std::size_t end =
        static_cast<std::size_t>(std::find_if(rest_.begin(), rest_.end(), is_end_of_line) - rest_.begin());
    RobotsLine line;
    line.number = ++number_;
    const std::string_view text = rest_.substr(0, end);
    const std::string_view record = trim(text.substr(0, text.find('#')));
    line.written = truncate_utf8(record, kWrittenLimit.n);
    rest_.remove_prefix(rest_.substr(end).starts_with("\r\n") ? end + 2 : std::min(end + 1, rest_.size()));
    if (!record.empty()) part(record, line);
    if (line.key != RobotsKey::other) return line;
  }
  return std::nullopt;
}

std::string_view robots_token(std::string_view text) {
  text = before_markup(text);
  if (text.starts_with('*') && (text.size() == 1 || is_space(text[1]))) return text.substr(0, 1);
  const auto is_token = [](char c) { return is_ascii_alpha(c) || c == '_' || c == '-'; };
  return text.substr(0, static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_token) - text.begin()));
}

std::optional<double> parse_crawl_delay(std::string_view value, double max) {
  value = before_markup(value);
  const auto is_number = [](char c) { return is_ascii_digit(c) || c == '.'; };
  if (!std::all_of(value.begin(), value.end(), is_number)) return std::nullopt;
  double seconds = 0;
  const auto [end, error] =
      std::from_chars(value.data(), value.data() + value.size(), seconds, std::chars_format::fixed);
  if (end != value.data() + value.size() || error == std::errc::invalid_argument) return std::nullopt;
  if (error == std::errc::result_out_of_range) return value[0] == '0' || value[0] == '.' ? 0 : max;
  return std::min(seconds, max);
}

}  // namespace web
