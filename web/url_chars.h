// Which octets the URL standard escapes where, and the escapes themselves.
// Pure functions over bytes; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "web/html_ascii.h"

namespace web {

// The percent-encode sets of the URL standard (1.3) and its forbidden code points (3.3), one bit each.
enum UrlSet : std::uint8_t {
  kFragmentSet = 1,
  kQuerySet = 2,  // "special-query": ours are all special schemes
  kPathSet = 4,
  kUserinfoSet = 8,
  kForbiddenInDomain = 16,
};

constexpr std::array<std::uint8_t, 256> make_url_sets() {
  std::array<std::uint8_t, 256> sets{};
  const auto add = [&sets](std::string_view octets, int bits) {
    for (const char c : octets) sets[static_cast<unsigned char>(c)] |= static_cast<std::uint8_t>(bits);
  };
  for (int c = 0; c < 256; ++c) {
    if (c < 0x20 || c == 0x7f) sets[c] = kFragmentSet | kQuerySet | kPathSet | kUserinfoSet | kForbiddenInDomain;
    if (c > 0x7f) sets[c] = kFragmentSet | kQuerySet | kPathSet | kUserinfoSet;
  }
  add(" \"<>", kFragmentSet | kQuerySet | kPathSet | kUserinfoSet);
  add("`", kFragmentSet);
  add("#'", kQuerySet);
  add("#?^`{}", kPathSet | kUserinfoSet);
  add("/:;=@[\\]|", kUserinfoSet);
  add(" #/:<>?@[\\]^|%", kForbiddenInDomain);
  return sets;
}
inline constexpr std::array<std::uint8_t, 256> kUrlSets = make_url_sets();

constexpr bool in_url_set(char c, std::uint8_t set) {
  return (kUrlSets[static_cast<unsigned char>(c)] & set) != 0;
}

// The octet an escape at `text[at]` stands for, or -1 where no escape begins.
constexpr int escaped_octet(std::string_view text, std::size_t at) {
  if (at + 2 >= text.size() || text[at] != '%') return -1;
  const int high = hex_value(text[at + 1]), low = hex_value(text[at + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

// RFC 3986 2.3: octets whose escapes mean the same as they do.
constexpr bool is_unreserved(char c) {
  return is_ascii_alpha(c) || is_ascii_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

inline void append_escape(std::string& out, unsigned char octet) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  const char escape[] = {'%', kDigits[octet >> 4], kDigits[octet & 15]};
  out.append(escape, sizeof escape);
}

// Appends `text`, with the octets of `set` escaped.
inline void append_encoded(std::string& out, std::string_view text, std::uint8_t set) {
  std::size_t from = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!in_url_set(text[i], set)) continue;
    out.append(text, from, i - from);
    append_escape(out, static_cast<unsigned char>(text[i]));
    from = i + 1;
  }
  out.append(text, from);
}

}  // namespace web
