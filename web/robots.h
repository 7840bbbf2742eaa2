// robots.txt (RFC 9309): parsed once for one agent, asked often.
// Immutable after parse; any thread.
//
// How it is read where the RFC leaves room:
//   * UTF-8, or UTF-16 with its byte order mark; lines end with LF, CR or CRLF; a file over 500 KiB is cut there, and a
//     line torn by the cut is dropped.
//   * The agent's token is the leading [A-Za-z_-] run of a user-agent line and is compared whole, in any case. All
//   groups
//     of the token count as one; without any, those of '*'. Other records never end a run of user-agent lines; a
//     crawl-delay holds for the agents named since the crawl-delay before it.
//   * A misspelt "disallow" or "user-agent" and a missing colon are obeyed; a misspelt "allow" is not.
//   * Rules and paths are compared octet by octet after each got one spelling: unreserved octets plain, what a URL
//   cannot
//     hold escaped, escapes in upper case, '*' and '$' of a path as their escapes. "%2F" is not "/". A '$' that does
//     not end a rule is a plain octet.
//   * The rule with the most octets wins; between equals, allow. /robots.txt itself is always allowed.
//
// `decorum eval robots` answers with RobotsRules::parse(robots, ua).check(robots_path(url)), crawl_delay() and
// sitemaps(), where `url` is the request's url, or the bytes that its url_b64 stands for.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "web/bytes.h"
#include "web/url.h"

namespace web {

inline constexpr Bytes kRobotsLimit = kib(500);  // what is read of a robots.txt (RFC 9309 2.5)

class RobotsRules {
 public:
  struct Verdict {
    bool allowed = true;
    // The deciding line as written, without its comment, and its number in the file, 1-based; empty and 0: none
    // matched.
    std::string rule;  // at most kWrittenLimit (robots_lines.h)
    int line = 0;
  };

  RobotsRules();  // no rules: everything is allowed
  ~RobotsRules();
  RobotsRules(RobotsRules&&) noexcept;
  RobotsRules& operator=(RobotsRules&&) noexcept;

  // Reads at most 500 KiB of `body` (RFC 9309 2.5) for the group of `agent_token`, else of '*'. Never fails.
  // Only the rules that count are kept: at most a few times the octets of `body`.
  static RobotsRules parse(std::string_view body, std::string_view agent_token);

  // Longest match over `path_and_query` (RFC 9309 2.2.2); ties allow. Linear in path times rules, and bounded: where
  // thousands of wildcard rules meet a long path, what is not decided after 2 million octets is not allowed.
  Verdict check(std::string_view path_and_query) const;
  Verdict check(const Url& url) const { return check(url.path_and_query()); }

  // Seconds, of our group; the longest where there are several. Never negative, at most kMaxCrawlDelay: a longer one,
  // however many digits it has, comes out as that. What is no plain decimal number counts as not written.
  std::optional<double> crawl_delay() const;
  static constexpr double kMaxCrawlDelay = 1e9;

  const std::vector<std::string>& sitemaps() const;  // as written, in order

  // What a person should know of how the file was read ("cut at 500 KiB; ..."), in our words only; mostly empty.
  const std::string& odd() const;

  std::size_t bytes() const;  // of memory, about

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// What check() asks for, from any text that may be a URL: path and query of what parse_any_url reads; else what follows
// the first '/' (behind a "//" host), without a fragment; "/" where there is none.
std::string robots_path(std::string_view url);

}  // namespace web
