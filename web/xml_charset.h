// An encoding that the XML parser does not know itself, as it wants one: what a byte is, or begins.
// One parser's, on its thread.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace web {

class XmlCharset {
 public:
  // By any label of the Encoding standard; null for one it does not know, for UTF-8 and UTF-16, which the parser knows,
  // and for those in which ASCII's bytes may mean something else (ISO-2022-JP).
  static std::unique_ptr<XmlCharset> open(std::string_view label);

  // Of each byte: the character it is, or -n where it is the first of n bytes.
  const std::array<int, 256>& map() const { return map_; }

  // The character that the n bytes of a -n are; U+FFFD where they are none, or none of the first 65,536.
  int convert(const char* bytes);

 private:
  explicit XmlCharset(std::string_view charset);
  int decode(std::string_view bytes) const;

  std::string_view charset_;
  std::array<int, 256> map_{};
  std::vector<std::int32_t> known_;  // what two bytes are; kUnknown
};

}  // namespace web
