// Patterns of literal pieces with '*' between them, the core of robots.txt rules and of globs.
// A pure function; any thread.
#pragma once

#include <string_view>

namespace web {

// Whether `pattern` fits `text` from its start, and to its end where `whole`. '*' stands for any run of octets.
// Each piece is taken where it first occurs, which is enough with '*' as the only wildcard: no step is ever taken back,
// so the time is linear in `text` whatever the number of stars.
bool pieces_match(std::string_view pattern, std::string_view text, bool whole);

}  // namespace web
