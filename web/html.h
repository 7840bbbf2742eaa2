// What one HTML page says to a crawler: title, links, base, robots directives, charset.
// Pure functions over bytes, bounded in memory, CPU and depth; any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "web/bytes.h"
#include "web/headers.h"
#include "web/url.h"

namespace web {

enum class LinkSource { a, area, link_canonical, link_next, link_prev, link_alternate, frame, iframe, refresh, header };
std::string_view link_source_name(LinkSource source);  // "a", "area", "canonical", ...

struct Link {
  Url url;  // absolute, http(s), fragment kept
  bool nofollow = false;
  LinkSource source = LinkSource::a;
};

struct Refresh {
  Url url;
  double delay_seconds = 0;
};

struct HtmlPage {
  std::string title;        // white space collapsed, at most 1 KiB, valid UTF-8
  std::string charset;      // WHATWG name of the encoding the page was read in
  std::vector<Link> links;  // in document order, each URL once
  int unusable_links = 0;   // hrefs that are no http(s) URL
  std::optional<Url> canonical;
  std::optional<Refresh> refresh;
  bool noindex = false, nofollow = false;  // meta robots and X-Robots-Tag, for our token and for all
  bool bounded = false;                    // a limit cut the reading short: what was read until then is given
};

struct HtmlLimits {
  Bytes memory = mib(64);                     // the parser's arena
  std::chrono::nanoseconds cpu{300'000'000};  // of this thread
  int depth = 512;
  std::size_t links = 10'000;
  std::chrono::nanoseconds (*cpu_now)() = nullptr;  // this thread's CPU clock; null: no CPU bound
};

// `body` is decoded of its Content-Encoding, in any charset. `headers` give Content-Type, Link, Refresh, X-Robots-Tag.
HtmlPage read_html(std::string_view body, const Url& url, const Headers& headers, std::string_view agent_token,
                   const HtmlLimits& limits);

}  // namespace web
