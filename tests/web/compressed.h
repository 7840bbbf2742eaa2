// Bodies for tests, and the content codings that put them together.
#pragma once

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <string>

namespace web {

inline constexpr int kGzip = 15 + 16, kZlib = 15, kRaw = -15;  // zlib's windows

inline std::string compressed(const std::string& text, int window) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

inline std::string gzipped(const std::string& text) {
  return compressed(text, kGzip);
}

inline std::string zstd_compressed(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

// Text that shrinks as pages do.
inline std::string varied(std::size_t size) {
  std::string text;
  for (std::size_t i = 0; text.size() < size; ++i) text += "<li>item " + std::to_string(i * 7919 % 104729) + "</li>";
  text.resize(size);
  return text;
}

}  // namespace web
