// Reads lines from a part of a file, a block at a time. Blocking; one thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

namespace storage {

class LineReader {
 public:
  // Lines in [begin, end) of `fd`; `block` bytes are read at once.
  LineReader(int fd, std::uint64_t begin, std::uint64_t end, std::size_t block)
      : fd_(fd), next_(begin), end_(end), block_(block) {}

  // The next line with its line end, valid until the next call. False at the end, at a last line without line end
  // (rest() has its beginning), at a line over 16 MiB, and on error.
  bool next(std::string_view& line);

  std::string_view rest() const { return std::string_view(buffer_).substr(at_); }
  std::error_code error() const { return error_; }

 private:
  bool fill();

  int fd_;
  std::uint64_t next_, end_;
  std::size_t block_;
  std::string buffer_;
  std::size_t at_ = 0;
  std::error_code error_;
};

}  // namespace storage
