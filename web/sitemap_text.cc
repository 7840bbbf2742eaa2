#include "web/sitemap_text.h"

#include <algorithm>

#include "web/charset.h"

namespace web {
namespace {

// How much of UTF-16 text is whole characters: no odd byte, no half of a surrogate pair at its end.
std::size_t whole_utf16(std::string_view bytes, bool big_endian) {
  const std::size_t even = bytes.size() & ~std::size_t{1};
  if (even == 0) return 0;
  const auto high = static_cast<unsigned char>(bytes[even - (big_endian ? 2 : 1)]);
  return high >= 0xD8 && high <= 0xDB ? even - 2 : even;
}

}  // namespace

bool SitemapText::feed(std::string_view bytes) {
  if (charset_.empty()) {
    charset_ = bytes.starts_with("\xFE\xFF") ? "utf-16be" : bytes.starts_with("\xFF\xFE") ? "utf-16le" : "utf-8";
    if (charset_ != "utf-8") bytes.remove_prefix(2);
  }
  if (charset_ == "utf-8") return take(bytes);
  torn_ += bytes;
  const std::size_t whole = whole_utf16(torn_, charset_ == "utf-16be");
  const std::string_view text = to_utf8(std::string_view(torn_).substr(0, whole), charset_, converted_);
  const bool more = take(text);
  torn_.erase(0, whole);
  return more;
}

bool SitemapText::take(std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
    if (line_.size() + end > limits_.field) {
      too_long_ = true;
      line_.clear();
    }
    if (!too_long_) line_ += text.substr(0, end);
    if (end == text.size()) return true;
    if (!end_line()) return false;
    text.remove_prefix(end + 1);
  }
  return true;
}

bool SitemapText::end_line() {
  const bool more = too_long_ || line_.empty() || entries_.add_absolute(line_);
  line_.clear();
  too_long_ = false;
  if (more && ++lines_ <= limits_.elements) return true;
  if (more) error_ = "more than " + std::to_string(limits_.elements) + " lines";
  return false;
}

void SitemapText::finish() {
  end_line();
}

}  // namespace web
