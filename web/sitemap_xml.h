// The XML of a sitemap, by expat, within bounds of its memory and of its longest tag.
// One reader's, on its thread. Private to sitemap*.cc.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "web/sitemap_elements.h"

namespace web {

class SitemapXml {
 public:
  SitemapXml(SitemapElements& elements, const SitemapLimits& limits);
  ~SitemapXml();

  // False: the rest is not wanted. Expat scans what is not complete once more with each piece: its size, and that of
  // the longest tag, bound how often.
  bool feed(std::string_view piece);
  void finish();
  const std::string& error() const;

 private:
  class Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace web
