#include "web/charset_guess.h"

#include <uchardet/uchardet.h>

#include <algorithm>
#include <memory>

#include "web/charset.h"
#include "web/charset_utf8.h"
#include "web/html_ascii.h"

namespace web {
namespace {

constexpr std::size_t kWindow = 32 << 10;
constexpr std::size_t kLead = 1 << 10;  // of ASCII before the first telling byte
constexpr std::ptrdiff_t kFewHighBytes = 40;

// The Latin encodings differ in a few letters only: with little text the detector's choice among them is chance.
bool is_latin(std::string_view charset) {
  constexpr std::string_view kLatin[] = {"iso-8859-2",   "iso-8859-3",   "iso-8859-4",  "iso-8859-10", "iso-8859-13",
                                         "iso-8859-14",  "iso-8859-15",  "iso-8859-16", "macintosh",   "windows-1250",
                                         "windows-1254", "windows-1257", "windows-1258"};
  return std::find(std::begin(kLatin), std::end(kLatin), charset) != std::end(kLatin);
}

}  // namespace

std::string_view guess_charset(std::string_view bytes) {
  const bool escapes = bytes.substr(0, kWindow).find('\x1B') != std::string_view::npos;
  const std::size_t first = escapes ? 0 : ascii_prefix(bytes);
  bytes = bytes.substr(first - std::min(first, kLead)).substr(0, kWindow);

  thread_local const std::unique_ptr<uchardet, decltype(&uchardet_delete)> detector(uchardet_new(), uchardet_delete);
  uchardet_reset(detector.get());
  if (uchardet_handle_data(detector.get(), bytes.data(), bytes.size()) != 0) return {};
  uchardet_data_end(detector.get());
  const std::string_view name = uchardet_get_charset(detector.get());
  const std::string_view charset = name == "UHC" ? "euc-kr" : charset_from_label(name);
  if (charset == "replacement") return {};
  const auto high =
      std::count_if(bytes.begin(), bytes.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
  return is_latin(charset) && high < kFewHighBytes ? std::string_view{} : charset;
}

}  // namespace web
