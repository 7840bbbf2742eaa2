#include "web/parameter_filter.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "web/html_ascii.h"

namespace web {
namespace {

constexpr std::size_t kLongestToken = 1000;

constexpr int kChanges = 4;  // between letters and digits, in a token: words with a number or two have fewer

// Letters and digits alone, so mixed as chance does it.
bool is_token(std::string_view value) {
  int changes = 0;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (!is_ascii_alpha(value[i]) && !is_ascii_digit(value[i])) return false;
    changes += i > 0 && is_ascii_digit(value[i]) != is_ascii_digit(value[i - 1]) ? 1 : 0;
  }
  return changes >= kChanges;
}

// The name a rule begins with, and the length behind its slash. Nothing: it is no rule.
std::optional<std::size_t> token_length(std::string_view text, std::string_view& name) {
  const std::size_t slash = text.find('/');
  name = text.substr(0, slash);
  if (name.empty() || name == "*" || name.find_first_of("&;=?# ") != name.npos) return std::nullopt;
  if (name.find('*') < name.size() - 1) return std::nullopt;
  if (slash == text.npos) return 0;
  std::size_t length = 0;
  const auto [end, error] = std::from_chars(text.data() + slash + 1, text.data() + text.size(), length);
  if (error != std::errc() || end != text.data() + text.size() || length < 1 || length > kLongestToken)
    return std::nullopt;
  return length;
}

}  // namespace

bool ParameterFilter::is_rule(std::string_view text) {
  std::string_view name;
  return token_length(text, name).has_value();
}

ParameterFilter::ParameterFilter(const std::vector<std::string>& rules) {
  for (const std::string& text : rules) {
    std::string_view name;
    const auto token = token_length(text, name);
    if (!token) continue;
    Rule rule;
    rule.prefix = name.ends_with('*');
    rule.token = *token;
    for (const char c : name.substr(0, name.size() - (rule.prefix ? 1 : 0))) rule.name += ascii_lower(c);
    rules_.push_back(std::move(rule));
  }
}

bool ParameterFilter::takes(std::string_view parameter) const {
  const std::size_t equals = parameter.find('=');
  if (equals == parameter.npos) return false;
  const std::string_view name = parameter.substr(0, equals), value = parameter.substr(equals + 1);
  return std::any_of(rules_.begin(), rules_.end(), [&](const Rule& rule) {
    const bool named = equals_ignoring_case(rule.prefix ? name.substr(0, rule.name.size()) : name, rule.name);
    return named && (rule.token == 0 || (value.size() >= rule.token && is_token(value)));
  });
}

bool ParameterFilter::strip_query(Url& url) const {
  if (!url.query || url.query->find('=') == std::string::npos) return false;
  std::string kept;
  bool stripped = false, first = true;
  for (std::size_t i = 0; i <= url.query->size();) {
    const std::size_t end = std::min(url.query->find('&', i), url.query->size());
    const std::string_view one = std::string_view(*url.query).substr(i, end - i);
    i = end + 1;
    if (takes(one)) {
      stripped = true;
      continue;
    }
    if (!first) kept += '&';
    kept += one;
    first = false;
  }
  if (!stripped) return false;
  if (kept.empty())
    url.query.reset();
  else
    url.query = std::move(kept);
  return true;
}

bool ParameterFilter::strip_path(std::string& path) const {
  bool stripped = false;
  for (std::size_t i = path.find(';'); i < path.size(); i = path.find(';', i)) {
    const std::size_t end = std::min(path.find_first_of(";/", i + 1), path.size());
    if (takes(std::string_view(path).substr(i + 1, end - i - 1))) {
      path.erase(i, end - i);
      stripped = true;
    } else {
      i = end;
    }
  }
  return stripped;
}

bool ParameterFilter::strip(Url& url) const {
  const bool in_query = strip_query(url), in_path = strip_path(url.path);
  return in_query || in_path;
}

}  // namespace web
