// One layer of compression undone into a bounded buffer; each coding's library is behind one of these functions.
// Pure functions over bytes; any thread. Private to content_coding*.cc.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "web/content_coding.h"

namespace web {

// What came out of the layer, at most `limit` bytes, is left in `out` (empty before) whatever the status is.
Decoded::Status undo_gzip(std::string_view in, std::size_t limit, std::string& out);     // RFC 1952, all members
Decoded::Status undo_deflate(std::string_view in, std::size_t limit, std::string& out);  // RFC 1950, or bare RFC 1951
Decoded::Status undo_brotli(std::string_view in, std::size_t limit, std::string& out);   // RFC 7932
Decoded::Status undo_zstd(std::string_view in, std::size_t limit, std::string& out);     // RFC 8878, window <= 8 MiB

enum class DecodeStep { more, done, starved, corrupt };

// Calls `step(to, room, written)` until it is done, starved of input, faulty or past `limit`.
template <typename Step>
Decoded::Status drain_layer(std::size_t hint, std::size_t limit, std::string& out, Step step) {
  constexpr std::size_t kFirst = 16 << 10;
  const std::size_t most = limit + 1;  // one byte more proves that the limit was passed
  std::size_t have = 0;
  out.resize(std::min(most, std::max(hint, kFirst)));
  for (;;) {
    std::size_t written = 0;
    const DecodeStep result = step(out.data() + have, out.size() - have, written);
    have += written;
    if (result == DecodeStep::more && have < most) {
      if (have == out.size()) out.resize(std::min(most, out.size() * 2));
      continue;
    }
    out.resize(std::min(have, limit));
    if (have > limit) return Decoded::Status::over_limit;
    if (result == DecodeStep::starved) return Decoded::Status::truncated;
    return result == DecodeStep::corrupt ? Decoded::Status::corrupt : Decoded::Status::complete;
  }
}

}  // namespace web
