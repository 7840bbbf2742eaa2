// The tags and attributes of HTML that a crawler tells apart.
// Pure functions over bytes; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace web {

enum class HtmlTag : std::uint8_t {
  other,
  block,       // ends foreign content (13.2.6.5): body, head, table
  phrase,      // ends it too, and is no more than text to a crawler: div, p, li, span, em, br, img, ...
  section,     // is no more than text to a crawler: nav, main, article, label, ...
  void_tag,    // has no content and is none of those below: hr, col, source, ...
  annotation,  // annotation-xml
  a,
  area,
  base,
  frame,
  iframe,
  input,
  link,
  math,
  meta,
  noembed,
  noframes,
  plaintext,
  script,
  style,
  svg,
  template_tag,
  textarea,
  title,
  xmp,
};

// Of the tags in which a crawler reads them only: href and rel of <a>, content of <meta>, ...
enum class HtmlAttributeName : std::uint8_t { content, encoding, href, http_equiv, name, rel, src, type, xlink_href };

HtmlTag html_tag(std::string_view name);

// Whether the tokenizer reads what the tag holds as text up to its end tag (13.2.6.4).
bool has_raw_content(HtmlTag tag);

// Whether the tag has no end tag and holds nothing.
bool is_void(HtmlTag tag);

// What an attribute of this name means in this tag; nothing for all that does not matter to a crawler.
std::optional<HtmlAttributeName> html_attribute(HtmlTag tag, std::string_view name);

}  // namespace web
