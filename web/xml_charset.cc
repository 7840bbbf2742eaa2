#include "web/xml_charset.h"

#include <algorithm>

#include "web/charset.h"

namespace web {
namespace {

constexpr std::size_t kLongestDeclaration = 1024;
constexpr std::size_t kMostTorn = 64 << 10;  // without a byte that ends a character

// Bytes that are no second half of a character in any encoding, so that one ends at each.
constexpr std::string_view kEnds = "<> \n\r\t\"'/=&";

}  // namespace

std::unique_ptr<XmlCharset> XmlCharset::declared_by(std::string_view head) {
  if (!head.starts_with("<?xml")) return nullptr;
  const std::string_view charset = prescan_charset(head.substr(0, std::min(head.find('>') + 1, kLongestDeclaration)));
  if (charset.empty() || charset == "iso-2022-jp" || charset == "replacement") return nullptr;
  return std::unique_ptr<XmlCharset>(new XmlCharset(charset));
}

std::string_view XmlCharset::convert(std::string_view piece, bool last) {
  if (charset_ == "utf-8") return piece;
  torn_ += piece;
  std::size_t whole = torn_.find_last_of(kEnds) + 1;
  if (last || torn_.size() - whole > kMostTorn) whole = torn_.size();
  std::string storage;
  text_ = to_utf8(std::string_view(torn_).substr(0, whole), charset_, storage);
  torn_.erase(0, whole);
  return text_;
}

}  // namespace web
