#include "web/robots_patterns.h"

#include <algorithm>
#include <cstring>

#include "web/pieces.h"
#include "web/url_chars.h"

namespace web {
namespace {

// Octets with a meaning of their own in rules, or that no URL holds as they are: one spelling, the escape.
constexpr bool is_escaped(char c) {
  return in_url_set(c, kPathSet | kQuerySet) ? c != '?' && c != '#'
                                             : c == '*' || c == '$' || c == '|' || c == '[' || c == ']' || c == '\\';
}

// Up to 8 octets as one number, and as many set bits in `mask`.
std::uint64_t front_of(std::string_view text, std::uint64_t& mask) {
  std::uint64_t octets = 0;
  mask = 0;
  const std::size_t n = std::min<std::size_t>(text.size(), sizeof octets);
  std::memcpy(&octets, text.data(), n);
  std::memset(&mask, 0xff, n);
  return octets;
}

}  // namespace

std::string robots_spelling(std::string_view text, bool rule) {
  std::string out;
  out.reserve(text.size() + 16);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int octet = escaped_octet(text, i);
    if (octet < 0) {
      if (is_escaped(text[i]) && !(rule && text[i] == '*')) {
        append_escape(out, static_cast<unsigned char>(text[i]));
      } else {
        out += text[i];
      }
      continue;
    }
    i += 2;
    if (is_unreserved(static_cast<char>(octet))) {
      out += static_cast<char>(octet);
    } else {
      append_escape(out, static_cast<unsigned char>(octet));
    }
  }
  return out;
}

std::uint32_t RobotsPatterns::keep(std::string_view text) {
  const std::size_t at = text_.size();
  text_.append(text);
  return static_cast<std::uint32_t>(at);
}

void RobotsPatterns::add(bool allow, std::string_view path, std::string_view written, int line) {
  Rule rule;
  rule.allow = allow;
  rule.whole = path.ends_with('$');
  if (rule.whole) path.remove_suffix(1);
  std::string pattern = robots_spelling(path, true);
  rule.octets = static_cast<std::uint32_t>(pattern.size() + (rule.whole ? 1 : 0));
  const auto both_stars = [](char a, char b) { return a == '*' && b == '*'; };
  pattern.erase(std::unique(pattern.begin(), pattern.end(), both_stars), pattern.end());
  rule.pattern = keep(pattern);
  rule.size = static_cast<std::uint32_t>(pattern.size());
  rule.first = front_of(std::string_view(pattern).substr(0, pattern.find('*')), rule.mask);
  rule.written = keep(written);
  rule.written_size = static_cast<std::uint32_t>(written.size());
  rule.line = line;
  rules_.push_back(rule);
}

void RobotsPatterns::compile() {
  std::stable_sort(rules_.begin(), rules_.end(), [](const Rule& a, const Rule& b) {
    return a.octets != b.octets ? a.octets > b.octets : a.allow && !b.allow;
  });
  rules_.shrink_to_fit();
  text_.shrink_to_fit();
}

const RobotsPatterns::Rule* RobotsPatterns::match(std::string_view spelled_path) const {
  std::uint64_t ignored = 0;
  const std::uint64_t front = front_of(spelled_path, ignored);
  for (const Rule& rule : rules_) {
    if ((front & rule.mask) != rule.first) continue;
    if (pieces_match(view(rule.pattern, rule.size), spelled_path, rule.whole)) return &rule;
  }
  return nullptr;
}

}  // namespace web
