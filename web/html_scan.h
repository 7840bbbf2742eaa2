// A page read tag by tag, without a tree: for pages that the tree builder cannot take within its limits.
// Pure function over bytes; any thread.
//
// Linear in the page whatever it holds. It finds what the tree would, but that <template> ends at its own end tag only.
#pragma once

#include <deque>
#include <string>
#include <string_view>

#include "web/html_collect.h"

namespace web {

// What was decoded lives here until the collector has finished.
using HtmlScanStorage = std::deque<std::string>;

void scan_html(std::string_view text, HtmlCollector& page, HtmlScanStorage& storage);

}  // namespace web
