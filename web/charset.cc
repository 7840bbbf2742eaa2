#include "web/charset.h"

#include <cstring>

#include "web/charset_guess.h"
#include "web/charset_utf8.h"

namespace web {
namespace {

constexpr std::size_t kPrescan = 1024;
constexpr std::size_t kLatePrescan = 64 << 10;  // a declaration further down still beats a guess

// Cheaper than a prescan, which most pages without an early declaration are then spared.
bool mentions_charset(std::string_view text) {
  constexpr std::string_view kLower = "harset", kUpper = "HARSET";
  return memmem(text.data(), text.size(), kLower.data(), kLower.size()) != nullptr ||
         memmem(text.data(), text.size(), kUpper.data(), kUpper.size()) != nullptr;
}

}  // namespace

std::string_view charset_of_bom(std::string_view body) {
  if (body.starts_with("\xEF\xBB\xBF")) return "utf-8";
  if (body.starts_with("\xFE\xFF")) return "utf-16be";
  if (body.starts_with("\xFF\xFE")) return "utf-16le";
  return {};
}

std::string_view detect_charset(std::string_view body, std::string_view declared) {
  if (const auto bom = charset_of_bom(body); !bom.empty()) return bom;
  if (const auto header = charset_from_label(declared); !header.empty()) return header;
  if (const auto early = prescan_charset(body.substr(0, kPrescan)); !early.empty()) return early;
  const std::size_t valid = valid_utf8_prefix(body);
  const bool ascii = valid == body.size() && ascii_prefix(body) == body.size();
  if (valid == body.size() && !ascii) return "utf-8";
  const std::string_view start = body.substr(0, kLatePrescan);
  if (body.size() > kPrescan && mentions_charset(start)) {
    if (const auto late = prescan_charset(start); !late.empty()) return late;
  }
  if (!ascii || start.find('\x1B') != std::string_view::npos) {
    if (const auto guess = guess_charset(body); !guess.empty()) return guess;
  }
  return "windows-1252";
}

}  // namespace web
