// URLs as the WHATWG URL standard reads them, for http and https only, and the crawl's normal form.
// Pure functions over bytes; any thread.
//
// All are linear in their input and take any bytes: what is no UTF-8 is percent-encoded as it stands (in a host it is a
// failure). How long a URL may be is the caller's rule. Where a host is not ASCII, see web/idna.h.
//
// `decorum eval` answers with these:
//   url, mode whatwg:  base ? resolve_url(url, *base) : parse_any_url(url)  ->  href()
//   url, mode crawl:   parse_any_url(url)  ->  normalize(*u).href()
//   robotsurl:         parse_url(url)  ->  robots_url(*u)
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace web {

// A parsed http(s) URL. Every field holds its serialised ASCII form.
struct Url {
  std::string scheme;                   // "http" or "https"
  std::string username, password;       // percent-encoded, usually empty
  std::string host;                     // lower-case domain, dotted IPv4, or "[v6]"
  std::uint16_t port = 0;               // 0: the scheme's default
  bool port_zero = false;               // the URL spells ":0", where nobody can be reached; `port` is 0 as well
  std::string path = "/";               // always starts with '/'
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

// As parse_url, but reads ftp: and file: too, so that a URL the crawl refuses can still be named in one spelling.
std::optional<Url> parse_any_url(std::string_view input, const Url* base = nullptr,
                                 std::string_view query_charset = "utf-8");

// `input` against the text of a base, as parse_any_url reads both. Nothing where either is no URL; a base of another
// scheme (about:, data:) serves only input that is a whole URL.
std::optional<Url> resolve_url(std::string_view input, std::string_view base);

// The scheme `input` names, lower-case, without ':'; empty where it names none.
std::string scheme_of(std::string_view input);

// Whether `input` leads to something else than the page it is on: no fragment, no data:, not empty.
bool leads_elsewhere(std::string_view input);

// The crawl's normal form, which is a URL's identity: no fragment; in path and query every escape in upper case, and
// those of letters, digits and "-._~" undone (RFC 3986 6.2.2). Nothing is dropped or sorted that a server could tell
// apart: credentials, an empty query and the order of parameters stay. normalize(parse(normalize(u))) changes nothing.
Url normalize(Url url);

// The name politeness is counted by: the host name without a trailing dot; ports and schemes share it.
std::string host_key(const Url& url);

// The robots.txt that rules `url`: its origin's (RFC 9309 2.3), without credentials.
std::string robots_url(const Url& url);

}  // namespace web
