#include "web/html.h"

#include <iterator>

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
  constexpr std::string_view kNames[] = {
      "a",      "area",    "canonical",  "next",   "prev",  "alternate",  "frame", "iframe", "refresh",  "header",
      "form",   "audio",   "background", "embed",  "icon",  "image",      "img",   "input",  "manifest", "object",
      "poster", "preload", "script",     "source", "style", "stylesheet", "track", "use",    "video"};
  static_assert(std::size(kNames) == static_cast<std::size_t>(LinkSource::video) + 1);
  return kNames[static_cast<std::size_t>(source)];
}

HtmlPage read_html(std::string_view body, const Url& url, const Headers& headers, std::string_view agent_token,
                   const HtmlLimits& limits, const HtmlWants& wants) {
  const auto begun = limits.cpu_now != nullptr ? limits.cpu_now() : std::chrono::nanoseconds{};
  const std::string_view charset = detect_charset(body, parse_content_type(headers.get("Content-Type")).charset);
  std::string decoded;
  const std::string_view text = to_utf8(body, charset, decoded);

  const auto read_tree = [&](HtmlCollector& page) {
    const ThinHtml thin = thin_html(text, kMaxOpenElements, wants);
    if (thin.too_deep) return false;
    HtmlLimits left = limits;
    if (limits.cpu_now != nullptr) left.cpu -= limits.cpu_now() - begun;
    return read_gumbo_tree(thin.text, left, page) == TreeResult::read;
  };
  HtmlCollector tree(url, agent_token, limits, wants);
  if (read_tree(tree)) {
    tree.headers(headers);
    HtmlPage page = tree.finish(charset);
    forget_gumbo_tree();
    return page;
  }
  forget_gumbo_tree();
  HtmlCollector scanned(url, agent_token, limits, wants);
  HtmlScanStorage storage;
  scan_html(text, scanned, storage);
  scanned.headers(headers);
  HtmlPage page = scanned.finish(charset);
  page.bounded = true;
  return page;
}

}  // namespace web
