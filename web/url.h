// URLs as the WHATWG URL standard reads them, for http and https only, and the crawl's normal form.
// Pure functions over bytes; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace web {

// A parsed http(s) URL. Every field holds its serialised ASCII form.
struct Url {
  std::string scheme;              // "http" or "https"
  std::string username, password;  // percent-encoded, usually empty
  std::string host;                // lower-case domain, dotted IPv4, or "[v6]"
  std::uint16_t port = 0;          // 0: the scheme's default
  std::string path = "/";          // always starts with '/'
  std::optional<std::string> query;     // without '?'
  std::optional<std::string> fragment;  // without '#'

  std::string href() const;            // the standard's serialisation, fragment included
  std::string path_and_query() const;  // what goes on the request line
  std::string origin() const;          // "https://host" or "https://host:8443"
  std::uint16_t effective_port() const;
};

// Reads `input` against `base` (null: none) as the standard's basic URL parser does.
// Nothing for a failure and for any scheme but http and https.
// `query_charset` (a WHATWG label) is the page's encoding, used for non-ASCII in queries.
std::optional<Url> parse_url(std::string_view input, const Url* base = nullptr,
                             std::string_view query_charset = "utf-8");

// The scheme `input` names, lower-case, without ':'; empty where it names none.
std::string scheme_of(std::string_view input);

// The crawl's normal form, which is a URL's identity: no fragment, no credentials, percent-escapes in one spelling.
Url normalize(Url url);

// The name politeness is counted by: the host name without a trailing dot; ports and schemes share it.
std::string host_key(const Url& url);

// The robots.txt that rules `url`: its origin's (RFC 9309 2.3).
std::string robots_url(const Url& url);

}  // namespace web
