// One client's connection and the HTTP/1.x it speaks.
// One thread; owned by the server.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "madeupweb_answer.h"
#include "madeupweb_server.h"

namespace madeupweb {

std::int64_t monotonic_ns();

struct Server::Connection {
  int fd = -1;
  std::uint32_t generation = 0;
  int host = -1;
  std::string in;              // read and not yet answered
  std::int64_t arrived = 0;    // when the first byte of `in` was read
  std::int64_t last_read = 0;  // when the last one was
  bool busy = false;           // an answer is on its way
  bool delayed = false;        // ... and has not begun
  bool writes = false;         // epoll watches for room

  Answer answer;  // while busy; its body has moved to `out`
  std::string out;
  std::size_t sent = 0;
  std::size_t drip_from = 0;  // where byte-wise sending starts in `out`
};

struct ParsedRequest {
  std::string_view method, target, head, host;
  std::size_t length = 0;  // of head and body
  bool keep = true;        // the client can keep the connection
};

// The first request in `in`: nothing if it is not whole yet. `bad` is set for what is no request or too large.
std::optional<ParsedRequest> parse_request(std::string_view in, bool& bad);

// The head of an answer, final empty line included.
std::string answer_head(const Answer& answer, std::uint64_t length, bool keep);

}  // namespace madeupweb
