// What a page tells robots apart from its links: robots directives, refreshes, links in the header.
// Pure functions over bytes; any thread.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace web {

struct RobotsDirectives {
  bool noindex = false, nofollow = false;

  // Adds those of `list` ("noindex, nofollow", "none"), in any case; what it does not know means nothing.
  void add(std::string_view list);

  // Adds those of an X-Robots-Tag value that are for everybody or for `agent_token`: "otherbot: none" is not.
  void add_header(std::string_view value, std::string_view agent_token);
};

// The content of <meta http-equiv=refresh>, or a Refresh header: "5; url=next.html" (HTML 4.2.5.3, shared declarative
// refresh steps). Nothing where it is malformed or names no URL, which would only reload the page.
struct RefreshValue {
  double delay_seconds = 0;
  std::string_view url;  // as written
};
std::optional<RefreshValue> parse_refresh(std::string_view value);

// The entries of a Link header (RFC 8288) about the page itself: not those with an `anchor`.
struct HeaderLink {
  std::string_view url;  // as written
  std::string_view rel;  // of its first `rel`, as written, without quotes
};
std::vector<HeaderLink> parse_link_header(std::string_view value);

// Whether `token` (lower-case) is among the words of `list`, in any case.
bool has_token(std::string_view list, std::string_view token);

}  // namespace web
