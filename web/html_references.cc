#include "web/html_references.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "web/charset.h"
#include "web/charset_utf8.h"
#include "web/gumbo_tree.h"
#include "web/html_ascii.h"

namespace web {
namespace {

constexpr std::size_t kLongestName = 31;   // CounterClockwiseContourIntegral
constexpr std::size_t kMostNames = 2'500;  // there are 2231

struct Named {
  std::string_view name, text;
};
constexpr std::array kUsual = {
    Named{"&amp;", "&"},  Named{"&lt;", "<"}, Named{"&gt;", ">"},        Named{"&quot;", "\""},
    Named{"&apos;", "'"}, Named{"&amp", "&"}, Named{"&nbsp;", "\u00A0"},
};

bool is_alphanumeric(char c) {
  return is_ascii_alpha(c) || is_ascii_digit(c);
}

// Decodes "&#..." at the front of `rest` into `out` and takes it off; false if there is no number.
bool take_number(std::string_view& rest, std::string& out) {
  std::size_t at = 2;
  const bool hex = at < rest.size() && ascii_lower(rest[at]) == 'x';
  if (hex) ++at;
  const int base = hex ? 16 : 10;
  const std::size_t from = at;
  std::uint32_t c = 0;
  for (; at < rest.size(); ++at) {
    const int digit = hex_value(rest[at]);
    if (digit < 0 || digit >= base) break;
    c = std::min(c * static_cast<std::uint32_t>(base) + static_cast<std::uint32_t>(digit), 0x110000U);
  }
  if (at == from) return false;
  if (at < rest.size() && rest[at] == ';') ++at;
  rest.remove_prefix(at);
  if (c == 0 || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) {
    out += kReplacement;
  } else if (c >= 0x80 && c < 0xA0) {  // meant as windows-1252
    std::string storage;
    const char byte = static_cast<char>(c);
    out += to_utf8({&byte, 1}, "windows-1252", storage);
  } else {
    append_utf8(out, c);
  }
  return true;
}

}  // namespace

// At '&' and a letter. A name counts whole: what follows it without a ';' and is a letter, a digit or '=' makes it
// none.
bool HtmlReferences::take_name(std::string_view& rest, std::string& out) {
  std::size_t end = 1;
  while (end < rest.size() && is_alphanumeric(rest[end])) ++end;
  if (end == 1 || end > kLongestName + 1) return false;
  if (end < rest.size() && rest[end] == ';') {
    ++end;
  } else if (end < rest.size() && rest[end] == '=') {
    return false;
  }
  out += meaning(rest.substr(0, end));
  rest.remove_prefix(end);
  return true;
}

std::string_view HtmlReferences::meaning(std::string_view reference) {
  for (const Named& named : kUsual) {
    if (named.name == reference) return named.text;
  }
  if (const auto known = rare_.find(reference); known != rare_.end()) return known->second;
  if (rare_.size() >= kMostNames) return reference;
  return rare_.emplace(reference, decode_by_gumbo(reference, true)).first->second;
}

std::string HtmlReferences::in_attribute(std::string_view raw) {
  std::string out;
  out.reserve(raw.size());
  while (!raw.empty()) {
    const std::size_t plain = std::min(raw.find('&'), raw.size());
    out += raw.substr(0, plain);
    raw.remove_prefix(plain);
    if (raw.empty()) break;
    const bool taken = raw.starts_with("&#") ? take_number(raw, out) : take_name(raw, out);
    if (taken) continue;
    out += '&';
    raw.remove_prefix(1);
  }
  return out;
}

std::string HtmlReferences::in_title(std::string_view raw) {
  return raw.find('&') == raw.npos ? std::string(raw) : decode_by_gumbo(raw, false);
}

}  // namespace web
