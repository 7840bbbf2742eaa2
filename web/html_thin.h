// A page without what cannot matter to its links: the tree builder then reads a fraction of it, and no single run of
// text or attributes is long enough to keep it busy.
// Pure function over bytes; any thread.
//
// Kept: the tags that decide how others are read (tables, forms, templates, frames, SVG, ...), those that a crawler
// reads, with the attributes of html_tags.h, doctypes and the beginning of titles. Text, and the tags that only shape
// it as <p>, <div> and <em> do, shrink to one letter: that there is text opens the body and leaves a table, what it
// says does neither. Before the first text the tags become one <param>, which opens the body too but, as most of them,
// leaves room for a <frameset>. Left out: white space, comments, scripts, styles, other attributes.
//
// Where requisites are wanted, what names them stays too: of a style sheet its URLs alone, of a tag that shapes text
// but has a style, that style on a <wbr> or <param>.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "web/html_wants.h"

namespace web {

struct ThinHtml {
  std::string text;
  bool too_deep = false;  // more than the asked number of elements are open at once; the text ends there
};

ThinHtml thin_html(std::string_view text, std::size_t max_open, const HtmlWants& wants = {});

}  // namespace web
