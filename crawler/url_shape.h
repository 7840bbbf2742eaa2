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

  // Whether the numbers tell a day or a month: one may be a year (1900 to 2999), and it is not alone.
  bool is_date() const;
  // Below, equal to or above 0: whether `other` lies further on, is the same, or lies before. A year counts first,
  // wherever it stands; after one that stands last, the others count from the back (day, month, year). Of two lengths
  // the shorter decides: a day lies neither before nor after its month.
  int compare(const UrlShape& other) const;
  // Whether numbers of the two mean the same: they share a pattern, or both are dates of one host.
  bool comparable(const UrlShape& other) const;
};
UrlShape shape_of(const web::Url& url);

// "a.example/p/#?id&page": the path without its numbers, and the names in its query.
std::string content_pattern(const web::Url& url);

// "a.example/search": without the query.
std::string path_pattern(const web::Url& url);

// A query of one or two parameters, or none named, whose values are plain numbers: "t=12&start=40", "1234".
bool is_numeric_query(std::string_view query);

// The part of a pattern that people know: without its host, cut at a length that suits one line.
std::string shown_pattern(std::string_view pattern);

}  // namespace crawler
