// Lines of a CDXJ index: one a response record, found by its URL turned around (SURT) and its time.
// Pure functions; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace storage {

struct IndexEntry {
  std::string_view url;
  std::string_view stamp;   // 14 digits
  std::string_view mime;    // empty: unknown
  int status = 0;           // 0: unknown
  std::string_view digest;  // "sha1:BASE32"
  std::uint64_t offset = 0, length = 0;
  std::string_view file;
};

// "http://www.Example.com:8080/Path?b&a" gives "com,example:8080)/path?a&b": scheme, "www." and default ports left out,
// all in lower case, the query's parts in order. What is no http(s) URL is only put in lower case. Printable ASCII
// without blanks, whatever comes in.
std::string surt(std::string_view url);

// "KEY STAMP {json}\n"; numbers are strings and the digest goes without "sha1:", as readers of CDXJ expect.
void append_index_line(std::string& out, const IndexEntry& entry);

}  // namespace storage
