#include "web/xml_charset.h"

#include <string>

#include "web/charset.h"
#include "web/charset_utf8.h"

namespace web {
namespace {

constexpr std::int32_t kUnknown = -2;
constexpr int kNone = 0xFFFD;  // as web/charset.h has it

// How many bytes a character has that begins with `first`, where the encoding has such.
int length_of(std::string_view charset, int first) {
  const bool high = first >= 0x81 && first <= 0xFE;
  if (charset == "gbk" || charset == "gb18030" || charset == "big5" || charset == "euc-kr") return high ? 2 : 1;
  if (charset == "shift_jis") return (first >= 0x81 && first <= 0x9F) || (first >= 0xE0 && first <= 0xFC) ? 2 : 1;
  if (charset == "euc-jp") return first == 0x8F ? 3 : first == 0x8E || (first >= 0xA1 && first <= 0xFE) ? 2 : 1;
  return 1;
}

}  // namespace

std::unique_ptr<XmlCharset> XmlCharset::open(std::string_view label) {
  const std::string_view charset = charset_from_label(label);
  if (charset.empty() || charset == "utf-8" || charset == "iso-2022-jp" || charset == "replacement" ||
      charset.starts_with("utf-16"))
    return nullptr;
  return std::unique_ptr<XmlCharset>(new XmlCharset(charset));
}

XmlCharset::XmlCharset(std::string_view charset) : charset_(charset) {
  for (int byte = 0; byte < 256; ++byte) {
    const int length = length_of(charset, byte);
    const char one = static_cast<char>(byte);
    map_[byte] = byte < 0x80 ? byte : length > 1 ? -length : decode(std::string_view(&one, 1));
  }
}

int XmlCharset::convert(const char* bytes) {
  const auto first = static_cast<unsigned char>(bytes[0]), second = static_cast<unsigned char>(bytes[1]);
  const int length = -map_[first];
  if (length > 2) return decode(std::string_view(bytes, length));
  if (known_.empty()) known_.assign(0x10000, kUnknown);
  std::int32_t& known = known_[first << 8 | second];
  if (known == kUnknown) known = decode(std::string_view(bytes, length));
  return known;
}

// The one character that `bytes` are.
int XmlCharset::decode(std::string_view bytes) const {
  std::string storage;
  const std::string_view text = to_utf8(bytes, charset_, storage);
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (text.size() == 2 && at(0) >= 0xC2) return (at(0) & 0x1F) << 6 | (at(1) & 0x3F);
  if (text.size() == 3 && at(0) >= 0xE0) return (at(0) & 0x0F) << 12 | (at(1) & 0x3F) << 6 | (at(2) & 0x3F);
  return kNone;
}

}  // namespace web
