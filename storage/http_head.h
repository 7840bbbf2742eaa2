// The head of an HTTP answer as the archive stores it: the bytes received, but for fields that would claim a coding or
// a length which the stored body no longer has. Pure functions over bytes; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace storage {

struct StoredHead {
  int status = 0;                 // 0: no status line
  std::string_view content_type;  // value of the first such field, trimmed; points into the head received
  std::string_view protocol;      // "h2" or "h3" where the status line was rewritten to HTTP/1.1; else empty
};

// Appends to `out` the head `received` for a body of `body_size` bytes; it always ends with its empty line, also where
// the one received breaks off. Transfer-Encoding becomes X-Crawler-Transfer-Encoding, since the body is stored without
// it. A Content-Length that is not the stored body's becomes X-Crawler-Content-Length and the true one is added, save
// where the answer has no body by rule (RFC 9110 6.4.1: 1xx, 204, 304, and all that answers HEAD).
StoredHead store_head(std::string_view received, std::uint64_t body_size, bool to_head_request, std::string& out);

// Length of the head that `block` begins with, empty line included. Nothing if there is no empty line.
std::optional<std::size_t> head_length(std::string_view block);

int status_of(std::string_view head);  // of "HTTP/1.1 200 OK", 0 if there is none

}  // namespace storage
