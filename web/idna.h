// Domain names that are not ASCII, as the URL standard turns them into ASCII (3.3, UTS #46 non-transitional).
// Pure functions over bytes; any thread.
//
// libidn2 holds IDNA2008's narrower view: it refuses symbols (such as a heart or a dagger), hyphens at the ends or in
// third and fourth place, and what came to Unicode after version 12, all of which browsers open. Such a code point is
// judged by a letter in its place (web/idna_points.h). What stays refused: docs/differential.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace web {

// `domain` (percent-escapes undone) in lower-case ASCII. An ASCII domain is only lower-cased, "xn--" labels unread.
// Nothing for what is no domain, and for a name over 1 KiB that is not ASCII. Forbidden code points are the caller's.
std::optional<std::string> domain_to_ascii(std::string_view domain);

}  // namespace web
