#include "web/html_directives.h"

#include <algorithm>
#include <string>

#include "web/html_ascii.h"

namespace web {
namespace {

// Takes from `rest` what comes before the first of `separators` there, and that one too.
std::string_view take_until(std::string_view& rest, std::string_view separators) {
  const std::size_t end = std::min(rest.find_first_of(separators), rest.size());
  const std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return taken;
}

bool is_agent_name(std::string_view name) {
  constexpr std::string_view kWithValues[] = {"unavailable_after", "max-snippet", "max-image-preview",
                                              "max-video-preview"};
  for (const auto directive : kWithValues) {
    if (equals_ignoring_case(name, directive)) return false;
  }
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return is_ascii_alpha(c) || is_ascii_digit(c) || c == '-' || c == '_' || c == '*';
  });
}

void skip_space(std::string_view& rest) {
  while (!rest.empty() && is_html_space(rest.front())) rest.remove_prefix(1);
}

// The value of a parameter, a token or a quoted string; leaves `rest` behind it.
std::string_view take_parameter_value(std::string_view& rest) {
  skip_space(rest);
  if (!rest.starts_with('"')) {
    const std::size_t end = std::min(rest.find_first_of(";,"), rest.size());
    const std::string_view value = trim_html_space(rest.substr(0, end));
    rest.remove_prefix(end);
    return value;
  }
  rest.remove_prefix(1);
  std::size_t end = 0;
  while (end < rest.size() && rest[end] != '"') end += rest[end] == '\\' ? 2 : 1;
  end = std::min(end, rest.size());
  const std::string_view value = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return value;
}

}  // namespace

void RobotsDirectives::add(std::string_view list) {
  while (!list.empty()) {
    const std::string_view word = take_until(list, ", \t\n\r\f;");
    const bool none = equals_ignoring_case(word, "none");
    noindex = noindex || none || equals_ignoring_case(word, "noindex");
    nofollow = nofollow || none || equals_ignoring_case(word, "nofollow");
  }
}

void RobotsDirectives::add_header(std::string_view value, std::string_view agent_token) {
  const std::string agent = to_ascii_lower(agent_token);
  bool for_us = true;  // until the value names somebody
  while (!value.empty()) {
    std::string_view piece = take_until(value, ",");
    const std::size_t colon = piece.find(':');
    if (colon != std::string_view::npos) {
      const std::string_view name = trim_html_space(piece.substr(0, colon));
      if (is_agent_name(name)) {
        for_us = name == "*" || equals_ignoring_case(name, agent) || equals_ignoring_case(name, "robots");
        piece.remove_prefix(colon + 1);
      }
    }
    if (for_us) add(piece);
  }
}

std::optional<RefreshValue> parse_refresh(std::string_view value) {
  RefreshValue refresh;
  skip_space(value);
  if (value.empty() || (!is_ascii_digit(value.front()) && value.front() != '.')) return std::nullopt;
  for (; !value.empty() && is_ascii_digit(value.front()); value.remove_prefix(1)) {
    refresh.delay_seconds = std::min(refresh.delay_seconds * 10 + (value.front() - '0'), 1e9);
  }
  while (!value.empty() && (is_ascii_digit(value.front()) || value.front() == '.')) value.remove_prefix(1);
  if (value.empty() || (value.front() != ';' && value.front() != ',' && !is_html_space(value.front()))) {
    return std::nullopt;
  }
  skip_space(value);
  if (!value.empty() && (value.front() == ';' || value.front() == ',')) value.remove_prefix(1);
  skip_space(value);

  if (value.size() > 3 && equals_ignoring_case(value.substr(0, 3), "url")) {
    std::string_view after = value.substr(3);
    skip_space(after);
    if (after.starts_with('=')) {
      value = after.substr(1);
      skip_space(value);
    }
  }
  if (!value.empty() && (value.front() == '"' || value.front() == '\'')) {
    const char quote = value.front();
    value.remove_prefix(1);
    value = value.substr(0, value.find(quote));
  }
  refresh.url = trim_html_space(value);
  if (refresh.url.empty()) return std::nullopt;
  return refresh;
}

std::vector<HeaderLink> parse_link_header(std::string_view value) {
  std::vector<HeaderLink> links;
  while (!value.empty()) {
    const std::size_t open = value.find('<');
    if (open == std::string_view::npos) break;
    const std::size_t close = value.find('>', open);
    if (close == std::string_view::npos) break;
    HeaderLink link{value.substr(open + 1, close - open - 1), {}};
    value.remove_prefix(close + 1);
    bool has_rel = false, has_anchor = false;
    for (skip_space(value); value.starts_with(';'); skip_space(value)) {
      value.remove_prefix(1);
      const std::size_t end = std::min(value.find_first_of("=;,"), value.size());
      const std::string_view name = trim_html_space(value.substr(0, end));
      value.remove_prefix(end);
      if (!value.starts_with('=')) continue;
      value.remove_prefix(1);
      const std::string_view parameter = take_parameter_value(value);
      if (equals_ignoring_case(name, "anchor")) has_anchor = true;
      if (!equals_ignoring_case(name, "rel") || has_rel) continue;
      has_rel = true;
      link.rel = parameter;
    }
    if (!has_anchor) links.push_back(link);
  }
  return links;
}

bool has_token(std::string_view list, std::string_view token) {
  while (!list.empty()) {
    if (equals_ignoring_case(take_until(list, " \t\n\r\f"), token)) return true;
  }
  return false;
}

}  // namespace web
