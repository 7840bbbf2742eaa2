#include "web/url_host.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "web/idna.h"
#include "web/url_chars.h"

namespace web {
namespace {

using Groups = std::array<std::uint16_t, 8>;

std::string percent_decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int octet = escaped_octet(text, i);
    out += octet < 0 ? text[i] : static_cast<char>(octet);
    if (octet >= 0) i += 2;
  }
  return out;
}

// One part of an IPv4 address: decimal, "0x" hex or "0" octal. What is over 32 bits comes out as 2^32, too large
// wherever it stands; -1 for what is no number.
std::int64_t ipv4_number(std::string_view part) {
  if (part.empty()) return -1;
  int radix = 10;
  if (part.size() >= 2 && part[0] == '0') {
    const bool hex = ascii_lower(part[1]) == 'x';
    part.remove_prefix(hex ? 2 : 1);
    radix = hex ? 16 : 8;
  }
  constexpr std::int64_t kTooLarge = std::int64_t{1} << 32;
  std::int64_t value = 0;
  for (const char c : part) {
    const int digit = hex_value(c);
    if (digit < 0 || digit >= radix) return -1;
    value = std::min(value * radix + digit, kTooLarge);
  }
  return value;
}

std::string_view without_trailing_dot(std::string_view host) {
  return host.ends_with('.') ? host.substr(0, host.size() - 1) : host;
}

// The standard's "ends in a number checker": such a host is an IPv4 address or a failure.
bool ends_in_number(std::string_view host) {
  const std::string_view trimmed = without_trailing_dot(host);
  const std::string_view last = trimmed.substr(trimmed.rfind('.') + 1);
  return !last.empty() && (std::all_of(last.begin(), last.end(), is_ascii_digit) || ipv4_number(last) >= 0);
}

std::optional<std::string> parse_ipv4(std::string_view host) {
  std::string_view rest = without_trailing_dot(host);
  std::uint64_t address = 0;
  for (int parts = 1;; ++parts) {
    const std::size_t dot = rest.find('.');
    const std::int64_t number = ipv4_number(rest.substr(0, dot));
    if (number < 0) return std::nullopt;
    if (dot == std::string_view::npos) {  // the last part fills the octets that are left
      if (number >= std::int64_t{1} << (8 * (5 - parts))) return std::nullopt;
      address += static_cast<std::uint64_t>(number);
      break;
    }
    if (number > 255 || parts == 4) return std::nullopt;
    address += static_cast<std::uint64_t>(number) << (8 * (4 - parts));
    rest.remove_prefix(dot + 1);
  }
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) {
    if (!text.empty()) text += '.';
    text += std::to_string((address >> shift) & 255);
  }
  return text;
}

// Reads "1.2.3.4" (plain decimal, no leading zero) into two groups.
bool read_embedded_ipv4(std::string_view text, Groups& groups, int at) {
  for (int octet = 0; octet < 4; ++octet) {
    std::size_t digits = 0;
    unsigned value = 0;
    while (digits < text.size() && is_ascii_digit(text[digits]) && digits < 4)
      value = value * 10 + text[digits++] - '0';
    if (digits == 0 || digits > 3 || value > 255 || (digits > 1 && text[0] == '0')) return false;
    groups[at + octet / 2] = static_cast<std::uint16_t>(groups[at + octet / 2] << 8 | value);
    text.remove_prefix(digits);
    if (octet < 3 && !text.starts_with('.')) return false;
    if (octet < 3) text.remove_prefix(1);
  }
  return text.empty();
}

std::optional<Groups> parse_ipv6(std::string_view text) {
  Groups groups{};
  int count = 0, compress = -1;
  if (text.starts_with(':')) {
    if (!text.starts_with("::")) return std::nullopt;
    text.remove_prefix(2);
    compress = 0;
  }
  while (!text.empty()) {
    if (count == 8) return std::nullopt;
    if (text[0] == ':') {
      if (compress >= 0) return std::nullopt;
      text.remove_prefix(1);
      compress = count;
      continue;
    }
    std::size_t digits = 0;
    unsigned value = 0;
    while (digits < 4 && digits < text.size() && hex_value(text[digits]) >= 0)
      value = value * 16 + hex_value(text[digits++]);
    const bool ended = digits == text.size();
    if (!ended && text[digits] == '.') {
      if (count > 6 || !read_embedded_ipv4(text, groups, count)) return std::nullopt;
      count += 2;
      break;
    }
    if (digits == 0 || (!ended && text[digits] != ':')) return std::nullopt;
    groups[count++] = static_cast<std::uint16_t>(value);
    if (!ended && digits + 1 == text.size()) return std::nullopt;  // a lone ':' at the end
    text.remove_prefix(ended ? digits : digits + 1);
  }
  if (compress < 0) return count == 8 ? std::optional(groups) : std::nullopt;
  if (count == 8) return std::nullopt;
  std::rotate(groups.begin() + compress, groups.begin() + count, groups.end());
  return groups;
}

// RFC 5952: the first longest run of two zero groups or more becomes "::".
std::string ipv6_text(const Groups& groups) {
  int best = -1, best_length = 1;
  for (int i = 0; i < 8; ++i) {
    int end = i;
    while (end < 8 && groups[end] == 0) ++end;
    if (end - i > best_length) best = i, best_length = end - i;
    if (end > i) i = end - 1;
  }
  std::string text = "[";
  for (int i = 0; i < 8; ++i) {
    if (i == best) {
      text += "::";
      i += best_length - 1;
      continue;
    }
    if (i > 0 && text.back() != ':') text += ':';
    char digits[4];
    const auto [end, error] = std::to_chars(digits, digits + sizeof digits, groups[i], 16);
    text.append(digits, end);
  }
  return text + ']';
}

}  // namespace

std::optional<std::string> parse_host(std::string_view text) {
  if (text.starts_with('[')) {
    if (text.size() < 2 || !text.ends_with(']')) return std::nullopt;
    const std::optional<Groups> groups = parse_ipv6(text.substr(1, text.size() - 2));
    return groups ? std::optional(ipv6_text(*groups)) : std::nullopt;
  }
  std::optional<std::string> host =
      domain_to_ascii(text.find('%') == std::string_view::npos ? text : std::string_view(percent_decoded(text)));
  if (!host || host->empty()) return std::nullopt;
  for (const char c : *host) {
    if (in_url_set(c, kForbiddenInDomain)) return std::nullopt;
  }
  if (ends_in_number(*host)) return parse_ipv4(*host);
  return host;
}

}  // namespace web
