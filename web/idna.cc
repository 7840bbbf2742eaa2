#include "web/idna.h"

#include <idn2.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>

#include "web/charset_utf8.h"
#include "web/domain.h"
#include "web/html_ascii.h"
#include "web/punycode.h"

namespace web {
namespace {

constexpr std::size_t kMaxDomain = 1024;

struct Range {
  char32_t first, last;
};

// Symbols and punctuation that UTS #46 takes as they are and IDNA2008 does not. What compatibility folding changes
// never gets here; the few unassigned places in between do no harm, nobody can have registered them.
constexpr std::array kSymbols = {
    Range{0xa1, 0xbf},       Range{0xd7, 0xd7},       Range{0xf7, 0xf7},       Range{0x2010, 0x2023},
    Range{0x2027, 0x2027},   Range{0x2030, 0x205e},   Range{0x20a0, 0x20c0},   Range{0x2100, 0x218b},
    Range{0x2190, 0x2426},   Range{0x2440, 0x244a},   Range{0x2500, 0x2bff},   Range{0x2e00, 0x2e5d},
    Range{0x3001, 0x3001},   Range{0x3003, 0x3003},   Range{0x3008, 0x3020},   Range{0x4dc0, 0x4dff},
    Range{0x1d000, 0x1d1ff}, Range{0x1f000, 0x1faff}, Range{0x1fb00, 0x1fbca},
};

// What UTS #46 leaves out: soft hyphen, joiners of graphemes, variation selectors, zero-width space and its kin.
constexpr std::array kIgnored = {
    Range{0xad, 0xad},     Range{0x34f, 0x34f},   Range{0x180b, 0x180f}, Range{0x200b, 0x200b},   Range{0x2060, 0x2060},
    Range{0x2064, 0x2064}, Range{0xfe00, 0xfe0f}, Range{0xfeff, 0xfeff}, Range{0xe0100, 0xe01ef},
};

template <std::size_t n>
bool contains(const std::array<Range, n>& ranges, char32_t c) {
  return std::any_of(ranges.begin(), ranges.end(), [c](const Range& r) { return c >= r.first && c <= r.last; });
}

bool is_ascii(std::string_view text) {
  return ascii_prefix(text) == text.size();
}

// Decodes what libpsl or libidn2 has accepted as UTF-8.
std::u32string code_points_of(std::string_view text) {
  std::u32string points;
  for (const char byte : text) {
    const unsigned char c = static_cast<unsigned char>(byte);
    if (c >= 0xc0) {
      points += static_cast<char32_t>(c & (c >= 0xf0 ? 0x07 : c >= 0xe0 ? 0x0f : 0x1f));
    } else if (c >= 0x80 && !points.empty()) {
      points.back() = points.back() << 6 | (c & 0x3f);
    } else {
      points += c;
    }
  }
  return points;
}

std::string utf8_of(std::u32string_view points) {
  std::string text;
  for (const char32_t c : points) append_utf8(text, c);
  return text;
}

// libidn2's answer: IDN2_OK and the name, or its reason.
int idn2_ascii(const std::string& name, std::string& ascii) {
  char* out = nullptr;
  const int result =
      idn2_to_ascii_8z(name.c_str(), &out, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL | IDN2_NO_ALABEL_ROUNDTRIP);
  const std::unique_ptr<char, void (*)(void*)> guard(out, idn2_free);
  if (result == IDN2_OK) ascii = out;
  return result;
}

// Whether the URL standard may still take what libidn2 refused for `reason`.
bool is_too_strict(int reason) {
  return reason == IDN2_DISALLOWED || reason == IDN2_2HYPHEN || reason == IDN2_HYPHEN_STARTEND ||
         reason == IDN2_TOO_BIG_LABEL || reason == IDN2_TOO_BIG_DOMAIN || reason == IDN2_PUNYCODE_BIG_OUTPUT;
}

// Which of these a host may hold is judged by whoever asked for it.
bool is_ascii_symbol(char32_t c) {
  return c < 0x80 && !is_ascii_alpha(static_cast<char>(c)) && !is_ascii_digit(static_cast<char>(c));
}

// A label that libidn2 refused: folded, and judged by libidn2 without its symbols and hyphens.
std::optional<std::string> symbol_label(const std::string& label) {
  std::u32string points = code_points_of(label);
  std::erase_if(points, [](char32_t c) { return contains(kIgnored, c); });
  const std::optional<std::string> folded = fold_domain(utf8_of(points));
  if (!folded || folded->find('.') != std::string::npos) return std::nullopt;
  if (is_ascii(*folded)) return folded;
  points = code_points_of(*folded);
  std::u32string rest = points;
  std::erase_if(rest, [](char32_t c) { return is_ascii_symbol(c) || contains(kSymbols, c); });
  const std::string rest_text = utf8_of(rest);
  std::string ignored;
  if (!is_ascii(rest_text) && idn2_ascii(rest_text, ignored) != IDN2_OK) return std::nullopt;
  return "xn--" + punycode(points);
}

std::optional<std::string> label_to_ascii(const std::string& label) {
  std::string ascii;
  if (is_ascii(label)) {
    ascii = to_ascii_lower(label);
    if (!ascii.starts_with("xn--")) return ascii;
    std::string ignored;
    const int reason = idn2_ascii(ascii, ignored);
    return reason == IDN2_OK || is_too_strict(reason) ? std::optional(ascii) : std::nullopt;
  }
  const int reason = idn2_ascii(label, ascii);
  if (reason == IDN2_OK) return ascii;
  return is_too_strict(reason) ? symbol_label(label) : std::nullopt;
}

// Other scripts' dots as '.' (UTS #46 2.3), and a capital sharp s as the small one, which libidn2's tables still spell
// "ss".
std::string prepared(std::string_view domain) {
  constexpr std::array<std::array<std::string_view, 2>, 4> kPairs = {
      {{"\u3002", "."}, {"\uff0e", "."}, {"\uff61", "."}, {"\u1e9e", "\u00df"}}};
  std::string text(domain);
  for (const auto& [from, to] : kPairs) {
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at)) {
      text.replace(at, from.size(), to);
    }
  }
  return text;
}

}  // namespace

std::optional<std::string> domain_to_ascii(std::string_view domain) {
  if (is_ascii(domain)) return to_ascii_lower(domain);
  if (domain.size() > kMaxDomain || domain.find('\0') != std::string_view::npos) return std::nullopt;
  const std::string text = prepared(domain);
  std::string ascii;
  const int reason = idn2_ascii(text, ascii);
  if (reason == IDN2_OK) return ascii;
  if (!is_too_strict(reason)) return std::nullopt;
  for (std::size_t from = 0;;) {
    const std::size_t dot = text.find('.', from);
    const std::optional<std::string> label = label_to_ascii(text.substr(from, dot - from));
    if (!label) return std::nullopt;
    ascii += *label;
    if (dot == std::string::npos) return ascii;
    ascii += '.';
    from = dot + 1;
  }
}

}  // namespace web
