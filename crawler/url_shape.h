// What is alike in many URLs of one host: their text without its numbers, the names in their queries; and what differs.
// Pure functions over plain values; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "web/url.h"

namespace crawler {

// A URL apart in pattern and numbers: "a.example/cal/#/#?view=week" and 2026, 11. Every run of digits is a number.
struct UrlShape {
  std::string pattern;                 // begins with host and port: schemes share it
  std::vector<std::uint64_t> numbers;  // in order; too large for 64 bits: the largest that is not

  // Whether the last of the numbers tell a day or a month: a year (1000 to 2100) with a month and perhaps a day behind
  // it, or before it. "/2024/05/03/12345" tells of an article.
  bool is_date() const;
  // Below, equal to or above 0: whether `other` lies further on, is the same, or lies before. Of dates the year counts
  // first, then the month. Of two lengths the shorter decides: a day lies neither before nor after its month.
  int compare(const UrlShape& other) const;
  // Whether numbers of the two mean the same: they share a pattern, or both are dates of one host.
  bool comparable(const UrlShape& other) const;
};
UrlShape shape_of(const web::Url& url);

// "a.example/p/#?id&page": the path without its numbers, and the names in its query.
std::string content_pattern(const web::Url& url);

// "a.example/search": without the query.
std::string path_pattern(const web::Url& url);

// A query of at most three parameters, or none named, whose values are plain numbers: "f=2&t=12&start=40", "1234".
bool is_numeric_query(std::string_view query);

// The part of a pattern that people know: without its host, cut at a length that suits one line.
std::string shown_pattern(std::string_view pattern);

}  // namespace crawler
