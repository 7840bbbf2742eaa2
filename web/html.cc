#include "web/html.h"

#include "web/charset.h"
#include "web/gumbo_tree.h"
#include "web/html_collect.h"
#include "web/html_scan.h"
#include "web/html_thin.h"

namespace web {
namespace {

// Nesting costs the tree builder the square of itself: this much is over in a few milliseconds.
constexpr std::size_t kMaxOpenElements = 4096;

}  // namespace

std::string_view link_source_name(LinkSource source) {
  switch (source) {
    case LinkSource::a:
      return "a";
    case LinkSource::area:
      return "area";
    case LinkSource::link_canonical:
      return "canonical";
    case LinkSource::link_next:
      return "next";
    case LinkSource::link_prev:
      return "prev";
    case LinkSource::link_alternate:
      return "alternate";
    case LinkSource::frame:
      return "frame";
    case LinkSource::iframe:
      return "iframe";
    case LinkSource::refresh:
      return "refresh";
    case LinkSource::header:
      return "header";
  }
  return "";
}

HtmlPage read_html(std::string_view body, const Url& url, const Headers& headers, std::string_view agent_token,
                   const HtmlLimits& limits) {
  const std::string_view charset = detect_charset(body, parse_content_type(headers.get("Content-Type")).charset);
  std::string decoded;
  const std::string_view text = to_utf8(body, charset, decoded);

  const ThinHtml thin = thin_html(text, kMaxOpenElements);
  HtmlCollector tree(url, agent_token, limits);
  if (!thin.too_deep && read_gumbo_tree(thin.text, limits, tree) == TreeResult::read) {
    tree.headers(headers);
    return tree.finish(charset);
  }
  HtmlCollector scanned(url, agent_token, limits);
  HtmlScanStorage storage;
  scan_html(text, scanned, storage);
  scanned.headers(headers);
  HtmlPage page = scanned.finish(charset);
  page.bounded = true;
  return page;
}

}  // namespace web
