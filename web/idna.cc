#include "web/idna.h"

#include <idn2.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <span>

#include "web/charset_utf8.h"
#include "web/domain.h"
#include "web/html_ascii.h"
#include "web/idna_points.h"
#include "web/punycode.h"

namespace web {
namespace {

constexpr std::size_t kMaxDomain = 1024;
constexpr std::string_view kPrefix = "xn--";

// Letters that libidn2 takes anywhere in a name, that compose with nothing and that no name is likely to hold.
constexpr char32_t kNeutralLetter = 0x2b9, kLeftToRightLetter = 0xa015, kRightToLeftLetter = 0x10920;

// The one mark that composes with symbols.
constexpr char32_t kStroke = 0x338;

// What UTS #46 leaves out: soft hyphen, joiners of graphemes, fillers, variation selectors, zero-width space and its
// kin.
constexpr CodePoints kIgnored[] = {
    {0xad, 0xad},     {0x34f, 0x34f},   {0x115f, 0x1160},   {0x17b4, 0x17b5},   {0x180b, 0x180f},
    {0x200b, 0x200b}, {0x2060, 0x2064}, {0x206a, 0x206f},   {0x3164, 0x3164},   {0xfe00, 0xfe0f},
    {0xfeff, 0xfeff}, {0xffa0, 0xffa0}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0100, 0xe01ef},
};

// Capitals that have found their small letters only after Unicode 12, as UTS #46 sees it.
constexpr CodePoints kCapitals[] = {{0x4c0, 0x4c0}, {0x10a0, 0x10c5}, {0x2132, 0x2132}, {0x2183, 0x2183}};

bool contains(std::span<const CodePoints> ranges, char32_t c) {
  const auto after = std::upper_bound(ranges.begin(), ranges.end(), c,
                                      [](char32_t point, const CodePoints& range) { return point < range.first; });
  return after != ranges.begin() && c <= std::prev(after)->last;
}

bool is_ascii(std::string_view text) {
  return ascii_prefix(text) == text.size();
}

std::u32string code_points_of(std::string_view valid) {
  std::u32string points;
  for (std::size_t length = 0; !valid.empty(); valid.remove_prefix(length)) points += code_point_at(valid, length);
  return points;
}

std::string utf8_of(std::u32string_view points) {
  std::string text;
  for (const char32_t c : points) append_utf8(text, c);
  return text;
}

std::optional<std::string> idn2_ascii(const std::string& name) {
  char* out = nullptr;
  const int result =
      idn2_to_ascii_8z(name.c_str(), &out, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL | IDN2_NO_ALABEL_ROUNDTRIP);
  const std::unique_ptr<char, void (*)(void*)> guard(out, idn2_free);
  return result == IDN2_OK ? std::optional<std::string>(out) : std::nullopt;
}

// The letter in whose place libidn2 shall judge `c`; 0 where it is to judge `c` itself.
char32_t stand_in(char32_t c) {
  if (c == kNeutralLetter || contains(kNeutral, c)) return kNeutralLetter;
  if (c == kLeftToRightLetter || contains(kLeftToRight, c)) return kLeftToRightLetter;
  return c == kRightToLeftLetter || contains(kRightToLeft, c) ? kRightToLeftLetter : 0;
}

bool has_stand_in(char32_t c) {
  return stand_in(c) != 0;
}

// What is sound wherever it stands among its like.
bool needs_no_judge(char32_t c) {
  return c < 0x80 || c == kNeutralLetter || c == kLeftToRightLetter;
}

// `points` in lower case and compatibility form; what comes out of the first time may have capitals again.
std::u32string folded(const std::u32string& points) {
  std::optional<std::string> text = fold_domain(utf8_of(points));
  if (text) text = fold_domain(*text);
  return text ? code_points_of(*text) : points;
}

// A label as libidn2 is to judge it, and what its stand-ins stand for, in order.
struct Disguised {
  std::u32string label, symbols;

  void add(char32_t c, bool hyphens) {
    const char32_t letter = c == '-' && hyphens ? kNeutralLetter : stand_in(c);
    label += letter == 0 ? c : letter;
    if (letter != 0) symbols += c;
  }

  // Strikes the last symbol through, if it is the end of the label and Unicode has it so.
  bool strike() {
    if (symbols.empty() || !has_stand_in(label.back())) return false;
    const std::u32string struck = folded({symbols.back(), kStroke});
    if (struck.size() == 1) symbols.back() = struck[0];
    return struck.size() == 1;
  }
};

Disguised disguised(std::u32string_view label, bool hyphens) {
  Disguised result;
  for (char32_t c : label) {
    if (contains(kIgnored, c) || (c == kStroke && result.strike())) continue;
    if (c == U'\u1e9e') c = U'\u00df';  // the capital sharp s, which libidn2's tables still spell "ss"
    const std::u32string points = c < 0x80 || has_stand_in(c) ? std::u32string{c} : folded({c});
    if (contains(kCapitals, c) || points == U"-" || std::any_of(points.begin(), points.end(), has_stand_in)) {
      for (const char32_t point : points) result.add(point, hyphens);
    } else {
      result.add(c, hyphens);
    }
  }
  return result;
}

// Hyphens at the ends, and any that libidn2 could take for those of "xn--".
bool has_odd_hyphens(std::u32string_view label) {
  return label.starts_with('-') || label.ends_with('-') || label.find(U"--") != label.npos;
}

// RFC 5893 2, rule 4, which libidn2 leaves out.
bool mixes_digits(std::u32string_view label) {
  const auto is_arabic = [](char32_t c) { return (c >= 0x660 && c <= 0x669) || (c >= 0x10d30 && c <= 0x10d39); };
  const auto is_european = [](char32_t c) { return (c >= '0' && c <= '9') || (c >= 0x6f0 && c <= 0x6f9); };
  return std::any_of(label.begin(), label.end(), is_arabic) && std::any_of(label.begin(), label.end(), is_european);
}

std::optional<std::string> label_to_ascii(std::u32string_view label);

// What the ASCII label spells.
std::optional<std::u32string> undone(std::string_view label) {
  return label.starts_with(kPrefix) ? punycode_decoded(label.substr(kPrefix.size())) : code_points_of(label);
}

// Whether the "xn--" label is what it spells would become.
bool is_sound(const std::string& label) {
  const std::optional<std::u32string> points = undone(label);
  if (!points || is_ascii(utf8_of(*points))) return false;
  return label_to_ascii(*points) == label;
}

// The end of one label's way: `text` has been folded and judged.
std::optional<std::string> finished(std::string text) {
  const bool is_encoded = text.starts_with(kPrefix);
  if (!is_ascii(text))
    return is_encoded ? std::nullopt : std::optional(std::string(kPrefix) + punycode(code_points_of(text)));
  return !is_encoded || is_sound(text) ? std::optional(std::move(text)) : std::nullopt;
}

std::optional<std::string> label_to_ascii(std::u32string_view label) {
  Disguised asked = disguised(label, false);
  std::optional<std::u32string> points;
  if (std::all_of(asked.label.begin(), asked.label.end(), needs_no_judge)) {
    points = code_points_of(to_ascii_lower(utf8_of(asked.label)));
  } else {
    if (has_odd_hyphens(asked.label)) asked = disguised(label, true);
    const std::optional<std::string> judged = idn2_ascii(utf8_of(asked.label));
    if (judged && judged->find('.') == judged->npos) points = undone(*judged);
  }
  if (!points || mixes_digits(*points)) return std::nullopt;
  auto symbol = asked.symbols.begin();
  for (char32_t& c : *points) {
    if (symbol != asked.symbols.end() && has_stand_in(c)) c = *symbol++;
  }
  return finished(utf8_of(*points));
}

bool is_dot(char32_t c) {
  return c == '.' || c == 0x3002 || c == 0xff0e || c == 0xff61;  // UTS #46 2.3
}

}  // namespace

std::optional<std::string> domain_to_ascii(std::string_view domain) {
  if (is_ascii(domain)) return to_ascii_lower(domain);
  if (domain.size() > kMaxDomain || domain.find('\0') != domain.npos) return std::nullopt;
  if (valid_utf8_prefix(domain) != domain.size()) return std::nullopt;
  const std::u32string points = code_points_of(domain);
  std::string ascii;
  for (auto from = points.begin();;) {
    const auto end = std::find_if(from, points.end(), is_dot);
    const std::optional<std::string> label = label_to_ascii({from, end});
    if (!label) return std::nullopt;
    ascii += *label;
    if (end == points.end()) return ascii;
    ascii += '.';
    from = std::next(end);
  }
}

}  // namespace web
