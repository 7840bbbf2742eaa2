// What one HTML page says to a crawler: title, links, base, robots directives, charset.
// Pure functions over bytes, bounded in memory, CPU and depth; any thread. Each keeps an arena of 1 MiB between pages.
//
// The bytes are converted to UTF-8 (web/charset.h), thinned out (web/html_thin.h) and parsed by gumbo
// (web/gumbo_tree.h). A page that gumbo cannot take within the limits is read once more, tag by tag (web/html_scan.h):
// it gives its links all the same, and is marked `bounded`. Every stage is linear but the one that has the limits.
//
// `decorum eval html` answers with read_html(html, *parse_url(url), headers with the Content-Type among them, ua,
// limits with a cpu_now): refresh is {url, delay_seconds}, a link's source link_source_name(), all URLs href().
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "web/bytes.h"
#include "web/headers.h"
#include "web/html_wants.h"
#include "web/url.h"

namespace web {

enum class LinkSource {
  a,
  area,
  link_canonical,
  link_next,
  link_prev,
  link_alternate,
  frame,
  iframe,
  refresh,
  header,
  form,
  // requisites:
  audio,
  background,
  embed,
  icon,
  image,  // of SVG
  img,
  input,
  manifest,
  object,
  poster,
  preload,
  script,
  source,
  style,  // what CSS names: of a <style>, a style attribute, a style sheet
  stylesheet,
  track,
  use,
  video,
};
std::string_view link_source_name(LinkSource source);  // "a", "area", "canonical", ...

struct Link {
  Url url;                // absolute, http(s), fragment kept
  bool nofollow = false;  // rel says nofollow, ugc or sponsored everywhere the page names it, or the page's robots do
  LinkSource source = LinkSource::a;  // where the page names it first
  bool requisite = false;             // the page names it as a part of itself somewhere; then it is never nofollow
};

struct Refresh {
  Url url;
  double delay_seconds = 0;
};

struct HtmlPage {
  std::string title;               // white space collapsed, at most 1 KiB, valid UTF-8
  std::string charset;             // WHATWG name of the encoding the page was read in
  std::vector<Link> links;         // in document order, then those of the header; each URL once, whatever its fragment
  int unusable_links = 0;          // distinct hrefs that are no http(s) URL; requisites are not counted
  std::optional<Url> canonical;    // <link rel=canonical>, else that of a Link field; among the links too
  std::optional<Refresh> refresh;  // of the Refresh field, else the first <meta>; only with a URL; among the links too
  bool noindex = false, nofollow = false;  // meta robots and X-Robots-Tag, for our token and for all; any one counts
  bool bounded = false;                    // a limit was met: what could be read is given, links at most `links`
};

struct HtmlLimits {
  Bytes memory = mib(64);                     // the parser's arena
  std::chrono::nanoseconds cpu{300'000'000};  // of this thread
  int depth = 512;
  std::size_t links = 10'000;
  std::chrono::nanoseconds (*cpu_now)() = nullptr;  // this thread's CPU clock; null: no CPU bound
};

// `body` is decoded of its Content-Encoding, in any charset. `headers` give Content-Type, Link, Refresh, X-Robots-Tag.
// `agent_token` is our name in robots directives, in any case. With nofollow on the page every link but the refresh is
// marked. Links are those of a, area, iframe, frame and link[rel~=canonical|next|prev|alternate] (no stylesheets),
// resolved against the first <base>; a value over 8 KiB is left out.
//
// Requisites, where wanted: src, srcset, poster, data and background of the elements that show or run what they name;
// link[rel~=stylesheet|icon|apple-touch-icon|manifest|preload|modulepreload], in the Link field too; <image> and <use>
// of SVG; what CSS names in <style> and style attributes. Fragments, data: and empty values are none.
HtmlPage read_html(std::string_view body, const Url& url, const Headers& headers, std::string_view agent_token,
                   const HtmlLimits& limits, const HtmlWants& wants = {});

}  // namespace web
