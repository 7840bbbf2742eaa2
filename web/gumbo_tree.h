// The tree of one page, by gumbo, read into a collector: within a budget of memory and CPU, whatever the page is.
// Any thread; each has its own arena.
//
// gumbo is quadratic in nesting, recursive in its own clean-up, and has assertions that a page can make fail. So all it
// takes comes from an arena that goes back at once, and a parse past a limit or past an assertion is left by longjmp:
// its frames are plain C and own nothing else.
#pragma once

#include <string>
#include <string_view>

#include "web/html_collect.h"

namespace web {

enum class TreeResult { read, out_of_memory, out_of_time, too_deep, faulty };

// Reads `html` (UTF-8, as thin_html leaves it) into `page`. The views that `page` gets live until this thread's next
// call. On any result but `read` the page has seen nothing, or for too_deep only a part.
TreeResult read_gumbo_tree(std::string_view html, const HtmlLimits& limits, HtmlCollector& page);

// `text` of some KiB, UTF-8, with its character references decoded as in an attribute (then without quotes) or a title;
// as it is where gumbo fails. Ends the tree that this thread has read.
std::string decode_by_gumbo(std::string_view text, bool in_attribute);

// Frees the tree that this thread has read, but for the arena's first MiB.
void forget_gumbo_tree();

}  // namespace web
