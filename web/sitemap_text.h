// A sitemap of plain text: a URL a line, in UTF-8, or in UTF-16 with a byte order mark.
// One reader's, on its thread. Private to sitemap*.cc.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "web/sitemap_entries.h"

namespace web {

class SitemapText {
 public:
  SitemapText(SitemapEntries& entries, const SitemapLimits& limits) : entries_(entries), limits_(limits) {}

  bool feed(std::string_view bytes);  // false: the rest is not wanted
  void finish();
  const std::string& error() const { return error_; }

 private:
  bool take(std::string_view text);
  bool end_line();

  SitemapEntries& entries_;
  const SitemapLimits& limits_;
  std::string_view charset_;
  std::string torn_;  // bytes of UTF-16 whose character is not complete
  std::string line_, converted_, error_;
  std::size_t lines_ = 0;
  bool too_long_ = false;
};

}  // namespace web
