// Gathers what the elements of one page say into an HtmlPage, whoever reads them: the tree or the plain scan.
// Not thread-safe; one per page, made and used by read_html.
#pragma once

#include <array>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "web/html.h"
#include "web/html_directives.h"
#include "web/html_tags.h"

namespace web {

// A start tag, its character references decoded.
struct HtmlElement {
  HtmlTag tag = HtmlTag::other;
  std::array<std::string_view, kHtmlAttributeNames>
      values{};  // by HtmlAttributeName; data() is null where there is none

  std::string_view& operator[](HtmlAttributeName name) { return values[static_cast<std::size_t>(name)]; }
  std::string_view operator[](HtmlAttributeName name) const { return values[static_cast<std::size_t>(name)]; }
  bool has(HtmlAttributeName name) const { return (*this)[name].data() != nullptr; }
};

class HtmlCollector {
 public:
  HtmlCollector(const Url& url, std::string_view agent_token, const HtmlLimits& limits, const HtmlWants& wants = {})
      : url_(url), agent_(agent_token), limits_(limits), wants_(wants) {}

  const HtmlWants& wants() const { return wants_; }

  // The elements in document order, <template> content left out. What the views point to must live until finish().
  void element(const HtmlElement& element);
  void title(std::string_view text);  // of each <title>; the first counts
  bool has_title() const { return has_title_; }
  void css(std::string_view text);  // of each <style>, or a style sheet

  // Link, Refresh and X-Robots-Tag fields; after the elements. The fields must live until finish().
  void headers(const Headers& headers);

  // Resolves and returns what was gathered; `charset` is the page's encoding.
  HtmlPage finish(std::string_view charset);

 private:
  struct RawLink {
    std::string_view href;
    LinkSource source;
    bool nofollow, requisite;
    bool in_header() const { return source == LinkSource::header; }  // relative to the page, not to its <base>
  };

  void add(std::string_view href, LinkSource source, bool nofollow) { add(RawLink{href, source, nofollow, false}); }
  void add(const RawLink& link);
  void add_requisite(std::string_view href, LinkSource source);
  void add_srcset(std::string_view srcset, LinkSource source);
  void element_links(const HtmlElement& element);
  void element_requisites(const HtmlElement& element);
  void link(const HtmlElement& element);
  void meta(const HtmlElement& element);
  void form(const HtmlElement& element);
  void refresh(std::string_view value, bool from_header);
  void find_base();
  std::optional<Url> resolve(const RawLink& link, std::string_view charset) const;
  void resolve_links(std::string_view charset);

  const Url& url_;
  std::string agent_;
  HtmlLimits limits_;
  HtmlWants wants_;
  HtmlPage page_;
  RobotsDirectives robots_;
  bool has_title_ = false;
  std::vector<RawLink> links_;
  std::deque<std::string> decoded_;                          // what links_ points to where CSS had escapes
  std::unordered_map<std::string_view, std::size_t> known_;  // href without fragment -> its place in links_
  std::string_view base_, canonical_, header_canonical_;     // null until one was seen
  std::optional<RefreshValue> refresh_;
  std::optional<Url> base_url_;  // what the page's own links are relative to; nothing where that is no http(s) URL
};

}  // namespace web
