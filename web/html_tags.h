// The tags and attributes of HTML that a crawler tells apart.
// Pure functions over bytes; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "web/html_wants.h"

namespace web {

enum class HtmlTag : std::uint8_t {
  other,
  block,       // ends foreign content (13.2.6.5): head, hr, blockquote, listing
  phrase,      // ends it too, and is no more than text to a crawler: div, p, li, span, em, br, ...
  section,     // is no more than text to a crawler: nav, main, article, label, ...
  void_tag,    // has no content and is none of those below: col, param, wbr, ...
  svg_html,    // of SVG, but holds HTML: foreignObject, desc
  math_html,   // of MathML, but holds HTML: mi, mo, mn, ms, mtext
  annotation,  // annotation-xml
  a,
  area,
  audio,
  base,
  body,
  embed,
  form,
  frame,
  iframe,
  image,  // of SVG; elsewhere another name of img
  img,
  input,
  link,
  math,
  meta,
  noembed,
  noframes,
  object,
  plaintext,
  script,
  source,
  style,
  svg,
  table,
  table_part,  // tbody, tr, td, ...
  template_tag,
  textarea,
  title,
  track,
  use,  // of SVG
  video,
  xmp,
};

// Of the tags in which a crawler reads them only: href and rel of <a>, content of <meta>, ...
enum class HtmlAttributeName : std::uint8_t {
  action,
  background,
  content,
  data,
  encoding,
  href,
  http_equiv,
  imagesrcset,
  method,
  name,
  poster,
  rel,
  src,
  srcset,
  style,
  type,
  xlink_href,
};
inline constexpr std::size_t kHtmlAttributeNames = 17;

// As written. A longer attribute is left out, of a longer title the rest.
inline constexpr std::size_t kMaxAttributeBytes = 8 << 10;
inline constexpr std::size_t kMaxTitleBytes = 4 << 10;

HtmlTag html_tag(std::string_view name);

// Whether the tokenizer reads what the tag holds as text up to its end tag (13.2.6.4).
bool has_raw_content(HtmlTag tag);

// Whether the tag has no end tag and holds nothing.
bool is_void(HtmlTag tag);

// Whether it means something in SVG too.
bool is_of_svg(HtmlTag tag);

// Whether its start tag ends foreign content.
bool ends_foreign_content(HtmlTag tag);

// What an attribute of this name means in this tag; nothing for all that does not matter to a crawler that wants this.
std::optional<HtmlAttributeName> html_attribute(HtmlTag tag, std::string_view name, const HtmlWants& wants);

}  // namespace web
