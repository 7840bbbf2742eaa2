// One URL as the frontier keeps it: what to fetch, and how we came to it.
// A plain value; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "frontier/priority.h"
#include "frontier/request.h"

namespace frontier {

// What its answer is read as.
enum class Role {
  page,
  sitemap,
  listed_sitemap,  // named by a sitemap, so that it names no further ones (sitemaps.org: an index lists sitemaps only)
};

struct Record {
  std::string url;    // normal form
  int depth = 0;      // links from the seed
  int hops = 0;       // redirects in a row that led here
  int attempts = 0;   // requests that failed and were tried again
  int pushbacks = 0;  // 429 and 503 in a row
  std::string seed;   // the seed it descends from, whose scope judges its links
  std::string via;    // where it was found; empty for a seed
  std::string job;
  std::string meta;                      // JSON of the seed, inherited
  Priority priority = Priority::normal;  // among the URLs of its host; inherited
  Role role = Role::page;
  Request request;

  // What it is known by: its URL, and the tag of its request behind a space where that has one.
  std::string id() const;

  // Tab-separated text, the id first; a seed's own URL is not repeated, nor the origin where seed or via share it, and
  // neither a normal priority nor the role of a page nor a plain GET is written.
  std::string encode() const;
  static std::optional<Record> decode(std::string_view text);
};

}  // namespace frontier
