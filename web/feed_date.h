// The dates that sitemaps and feeds give: the W3C's and those of mail.
// Pure functions over bytes; any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace web {

// W3C date and time (ISO 8601's profile; RFC 3339 is one of its forms): "2004", "2004-12", "2004-12-23",
// "2004-12-23T18:00Z", "2004-12-23T18:00:15.25+01:00". The first moment of what is named. Taken too: a space for the T,
// a zone without a colon; without a zone it is UTC. From 1970 to 2261.
std::optional<std::chrono::sys_seconds> parse_w3c_date(std::string_view text);

// RFC 822 and RFC 5322: "Sun, 06 Sep 2009 16:20:00 +0000", without the day's name and the seconds too, years of two
// digits (of 1970-2069), zones by name (GMT, EST, ...); an unknown name is UTC (RFC 5322 4.3). From 1970 to 2261.
std::optional<std::chrono::sys_seconds> parse_mail_date(std::string_view text);

}  // namespace web
