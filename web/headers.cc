#include "web/headers.h"

#include <algorithm>

#include "web/html_ascii.h"

namespace web {
namespace {

// Takes the next line off `text`, without its end.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// Takes a parameter's value, a token or a quoted string, off the front of `rest`, which then starts at the next ';'.
std::string take_value(std::string_view& rest) {
  std::string value;
  if (!rest.starts_with('"')) {
    const std::size_t end = std::min(rest.find(';'), rest.size());
    value = trim_html_space(rest.substr(0, end));
    rest.remove_prefix(end);
    return value;
  }
  std::size_t i = 1;
  for (; i < rest.size() && rest[i] != '"'; ++i) {
    if (rest[i] == '\\' && i + 1 < rest.size()) ++i;
    value += rest[i];
  }
  rest.remove_prefix(std::min(rest.find(';', i), rest.size()));
  return value;
}

}  // namespace

bool is_token(std::string_view text) {
  const auto is_tchar = [](char c) {
    return is_ascii_alpha(c) || is_ascii_digit(c) ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  };
  return !text.empty() && std::all_of(text.begin(), text.end(), is_tchar);
}

Headers Headers::parse(std::string_view head) {
  Headers headers;
  bool continues = false;  // whether the line before was a field
  while (!head.empty()) {
    const std::string_view line = take_line(head);
    if (line.empty()) break;
    if (line[0] == ' ' || line[0] == '\t') {
      if (continues) headers.fields_.back().second.append(" ").append(trim_html_space(line));
      continue;
    }
    const std::size_t colon = line.find(':');
    const std::string_view name = trim_html_space(line.substr(0, colon));
    continues = colon != std::string_view::npos && is_token(name);
    if (continues) headers.fields_.emplace_back(name, trim_html_space(line.substr(colon + 1)));
  }
  return headers;
}

std::string_view Headers::get(std::string_view name) const {
  const std::string lower = to_ascii_lower(name);
  for (const auto& [field, value] : fields_) {
    if (equals_ignoring_case(field, lower)) return trim_html_space(value);
  }
  return {};
}

std::vector<std::string_view> Headers::all(std::string_view name) const {
  const std::string lower = to_ascii_lower(name);
  std::vector<std::string_view> values;
  for (const auto& [field, value] : fields_) {
    if (equals_ignoring_case(field, lower)) values.push_back(trim_html_space(value));
  }
  return values;
}

ContentType parse_content_type(std::string_view value) {
  ContentType type;
  const std::size_t end = std::min(value.find_first_of(";,"), value.size());
  const std::string_view mime = trim_html_space(value.substr(0, end));
  const std::size_t slash = mime.find('/');
  if (slash == std::string_view::npos || !is_token(mime.substr(0, slash)) || !is_token(mime.substr(slash + 1))) {
    return type;
  }
  type.mime = to_ascii_lower(mime);
  std::string_view rest = value.substr(end);
  while (type.charset.empty() && !rest.empty()) {
    rest.remove_prefix(1);
    const std::size_t equals = rest.find_first_of("=;");
    if (equals == std::string_view::npos) break;
    const std::string_view name = trim_html_space(rest.substr(0, equals));
    const bool has_value = rest[equals] == '=';
    rest = has_value ? trim_html_space(rest.substr(equals + 1)) : rest.substr(equals);
    if (!has_value) continue;
    const std::string parameter = take_value(rest);
    if (equals_ignoring_case(name, "charset")) type.charset = parameter;
  }
  return type;
}

std::optional<std::chrono::seconds> parse_retry_after(std::string_view value, std::string_view date,
                                                      std::chrono::system_clock::time_point now) {
  const std::string_view text = trim_html_space(value);
  if (!text.empty() && std::all_of(text.begin(), text.end(), is_ascii_digit)) {
    std::chrono::seconds wait{0};
    for (const char c : text) wait = std::min(wait * 10 + std::chrono::seconds(c - '0'), kMaxRetryAfter);
    return wait;
  }
  const auto until = parse_http_date(text);
  const auto from = parse_http_date(trim_html_space(date)).value_or(now);
  if (!until || *until <= from) return std::nullopt;
  return std::min(std::chrono::ceil<std::chrono::seconds>(*until - from), kMaxRetryAfter);
}

}  // namespace web
