#include "web/stylesheet.h"

#include <utility>

#include "web/charset.h"
#include "web/html_collect.h"

namespace web {
namespace {

// The encoding that `@charset "...";` names at the very beginning, in just these bytes.
std::string_view stated_charset(std::string_view body) {
  constexpr std::string_view kRule = "@charset \"";
  constexpr std::size_t kReach = 1024;
  if (!body.starts_with(kRule)) return {};
  const std::string_view rest = body.substr(kRule.size(), kReach);
  const std::size_t end = rest.find("\";");
  if (end == std::string_view::npos) return {};
  const std::string_view charset = charset_from_label(rest.substr(0, end));
  return charset == "utf-16be" || charset == "utf-16le" ? "utf-8" : charset;
}

std::string_view charset_of(std::string_view body, const Headers& headers) {
  if (const auto bom = charset_of_bom(body); !bom.empty()) return bom;
  const auto declared = charset_from_label(parse_content_type(headers.get("Content-Type")).charset);
  if (!declared.empty()) return declared;
  const auto stated = stated_charset(body);
  return stated.empty() ? "utf-8" : stated;
}

}  // namespace

Stylesheet read_stylesheet(std::string_view body, const Url& url, const Headers& headers, std::size_t max_links) {
  const std::string_view charset = charset_of(body, headers);
  std::string decoded;
  const std::string_view text = to_utf8(body, charset, decoded);
  HtmlLimits limits;
  limits.links = max_links;
  HtmlCollector collector(url, {}, limits, {.requisites = true});
  collector.css(text);
  HtmlPage page = collector.finish(charset);
  return {std::move(page.charset), std::move(page.links), page.bounded};
}

}  // namespace web
