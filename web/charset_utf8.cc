#include "web/charset_utf8.h"

#include <algorithm>
#include <cstring>

namespace web {
namespace {

constexpr std::uint64_t kHighBits = 0x8080808080808080;

// What may follow a lead byte: how many continuation bytes, and the range of the first of them.
struct Lead {
  int continuations;
  unsigned char low, high;
};

Lead lead_of(unsigned char c) {
  if (c >= 0xC2 && c <= 0xDF) return {1, 0x80, 0xBF};
  if (c == 0xE0) return {2, 0xA0, 0xBF};
  if (c == 0xED) return {2, 0x80, 0x9F};
  if (c >= 0xE1 && c <= 0xEF) return {2, 0x80, 0xBF};
  if (c == 0xF0) return {3, 0x90, 0xBF};
  if (c >= 0xF1 && c <= 0xF3) return {3, 0x80, 0xBF};
  if (c == 0xF4) return {3, 0x80, 0x8F};
  return {0, 0, 0};
}

struct Sequence {
  std::size_t length;
  bool valid;
};

// The sequence that begins at text[at], a non-ASCII byte; of an ill-formed one, the part to be replaced as one.
Sequence sequence_at(std::string_view text, std::size_t at) {
  const Lead lead = lead_of(static_cast<unsigned char>(text[at]));
  if (lead.continuations == 0) return {1, false};
  std::size_t length = 1;
  for (int i = 0; i < lead.continuations; ++i, ++length) {
    if (at + length >= text.size()) return {length, false};
    const auto c = static_cast<unsigned char>(text[at + length]);
    if (i == 0 ? c < lead.low || c > lead.high : (c & 0xC0) != 0x80) return {length, false};
  }
  return {length, true};
}

}  // namespace

std::size_t ascii_prefix(std::string_view text) {
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t eight;
    std::memcpy(&eight, text.data() + i, 8);
    if ((eight & kHighBits) != 0) break;
  }
  while (i < text.size() && static_cast<unsigned char>(text[i]) < 0x80) ++i;
  return i;
}

std::size_t valid_utf8_prefix(std::string_view text) {
  for (std::size_t i = 0;;) {
    i += ascii_prefix(text.substr(i));
    while (i < text.size() && static_cast<unsigned char>(text[i]) >= 0x80) {
      const Sequence sequence = sequence_at(text, i);
      if (!sequence.valid) return i;
      i += sequence.length;
    }
    if (i >= text.size()) return i;
  }
}

std::string repair_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 64);
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t valid = valid_utf8_prefix(text.substr(i));
    out.append(text, i, valid);
    i += valid;
    while (i < text.size() && static_cast<unsigned char>(text[i]) >= 0x80) {
      const Sequence sequence = sequence_at(text, i);
      if (sequence.valid) break;
      out += kReplacement;
      i += sequence.length;
    }
  }
  return out;
}

std::uint32_t code_point_at(std::string_view valid, std::size_t& length) {
  const auto first = static_cast<unsigned char>(valid[0]);
  length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  std::uint32_t c = length == 1 ? first : first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) c = c << 6 | (static_cast<unsigned char>(valid[i]) & 0x3F);
  return c;
}

void append_utf8(std::string& out, std::uint32_t c) {
  const auto put = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | c >> 6);
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | c >> 12);
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | c >> 18);
    put(0x80 | (c >> 12 & 0x3F));
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  }
}

std::string_view truncate_utf8(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return text;
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0) == 0x80) --limit;
  return text.substr(0, limit);
}

}  // namespace web
