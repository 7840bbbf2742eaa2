// One layer of compression undone, a piece at a time; each coding's library is behind one of these.
// Pure functions over bytes; any thread. Private to content_coding*.cc.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "web/content_coding.h"

namespace web {

enum class DecodeStep { more, done, starved, corrupt };

class CodingLayer {
 public:
  virtual ~CodingLayer() = default;

  // Reads from the front of `in` and writes at most `room` bytes to `to`. starved: all was read, and more is needed.
  // Whether another member or frame follows the end of one is told from kLookahead bytes: where `in` holds fewer, there
  // must be no more.
  virtual DecodeStep step(std::string_view& in, char* to, std::size_t room, std::size_t& written) = 0;
};

inline constexpr std::size_t kLookahead = 4;

std::unique_ptr<CodingLayer> gzip_layer();     // RFC 1952, all members
std::unique_ptr<CodingLayer> zlib_layer();     // RFC 1950
std::unique_ptr<CodingLayer> deflate_layer();  // RFC 1951, bare
std::unique_ptr<CodingLayer> brotli_layer();   // RFC 7932
std::unique_ptr<CodingLayer> zstd_layer();     // RFC 8878, window <= 8 MiB

// The layer of a coding's name; null for one we do not know. `start` is what it will read first: the name "deflate"
// stands for zlib_layer or deflate_layer.
std::unique_ptr<CodingLayer> layer_of(std::string_view coding, std::string_view start);
bool has_zlib_header(std::string_view in);

// The codings of a Content-Encoding value in the order they are undone, the last one named first; identity left out.
std::vector<std::string_view> codings_of(std::string_view value);

// What any layer may write for `input` bytes that came.
std::size_t output_limit(std::size_t input, const DecodeLimits& limits);

}  // namespace web
