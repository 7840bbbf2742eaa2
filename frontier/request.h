// What is sent to a URL: a GET and no more, unless somebody asked for something else.
// A plain value; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace frontier {

struct Request {
  std::string method = "GET";  // or HEAD, POST
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  // Whether it may be sent once more where nobody knows if it arrived (RFC 9110 9.2.2).
  bool idempotent() const { return method != "POST"; }

  // What tells it from other requests for its URL: nothing for a GET, else the method, and a digest of the body where
  // there is one. Headers do not.
  std::string tag() const;

  // One field of a record: without tabs and line ends; empty for a GET without headers.
  std::string encode() const;
  static std::optional<Request> decode(std::string_view text);
};

}  // namespace frontier
