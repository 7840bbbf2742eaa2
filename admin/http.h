// One request to the admin endpoint and the answer to it, free of any HTTP library's types.
// Plain values; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace admin {

using HeaderList = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method;
  std::string target;  // as sent
  std::string path;    // percent-decoded, without the query
  HeaderList headers;
  std::string body;

  std::string_view header(std::string_view name) const;  // the first of that name; empty if absent
  std::size_t count(std::string_view name) const;        // how many of that name
};

struct Answer {
  int status = 200;
  std::string type;  // Content-Type
  std::string body;
  HeaderList headers;  // beyond those that every answer carries
};

bool same_word(std::string_view a, std::string_view b);  // ASCII letters of either case are equal

// Whether Accept names text/html: a browser that navigates, as against curl or a scraper.
bool wants_html(const Request& request);

}  // namespace admin
