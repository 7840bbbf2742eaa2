// What a style sheet that was fetched by itself names: images, fonts, other style sheets.
// Pure function over bytes, linear in them; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "web/headers.h"
#include "web/html.h"
#include "web/url.h"

namespace web {

struct Stylesheet {
  std::string charset;      // WHATWG name of the encoding it was read in
  std::vector<Link> links;  // in order, each URL once; all of them requisites of source `style`
  bool bounded = false;     // there were more
};

// `body` is decoded of its Content-Encoding. Its charset is told by a byte order mark, the Content-Type, or an @charset
// (CSS Syntax 3, section 3.2); else it is UTF-8. A URL over 8 KiB is left out.
Stylesheet read_stylesheet(std::string_view body, const Url& url, const Headers& headers, std::size_t max_links);

}  // namespace web
