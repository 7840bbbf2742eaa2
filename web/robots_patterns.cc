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

// The pairs of neighbours in `text`, each as one of 64 bits; '*' has none. A pattern fits only where all its bits are.
std::uint64_t pairs_of(std::string_view text) {
  std::uint64_t pairs = 0;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i - 1] == '*' || text[i] == '*') continue;
    const std::uint32_t pair = static_cast<unsigned char>(text[i - 1]) << 8 | static_cast<unsigned char>(text[i]);
    pairs |= std::uint64_t{1} << (pair * 0x9e3779b1U >> 26);
  }
  return pairs;
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
  if (!rule.whole && pattern.ends_with('*')) pattern.pop_back();
  rule.pattern = keep(pattern);
  rule.size = static_cast<std::uint32_t>(pattern.size());
  rule.first = front_of(std::string_view(pattern).substr(0, pattern.find('*')), rule.mask);
  rule.pairs = pairs_of(pattern);
  rule.wild = pattern.find('*') != std::string::npos;
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

RobotsPatterns::Decision RobotsPatterns::match(std::string_view spelled_path) const {
  std::uint64_t ignored = 0;
  const std::uint64_t front = front_of(spelled_path, ignored), pairs = pairs_of(spelled_path);
  std::size_t steps = 0;
  for (const Rule& rule : rules_) {
    if ((front & rule.mask) != rule.first || (rule.pairs & ~pairs) != 0) continue;
    if (rule.wild && (steps += spelled_path.size()) > kMaxSteps) return {&rule, false};
    if (pieces_match(view(rule.pattern, rule.size), spelled_path, rule.whole)) return {&rule, rule.allow};
  }
  return {};
}

}  // namespace web
