// gzip as a stream, through zlib: large members out, members of any size in, with bounded memory.
// One thread at a time; owned by who writes or reads.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <system_error>

#include "storage/byte_chunks.h"

namespace storage {

struct MemberPiece {
  std::string_view bytes;
  bool stored = false;  // kept as it is (deflate's stored blocks), for bytes that do not shrink
};

// Adds one gzip member that holds `pieces` in a row, of any size and without a second copy of them. Returns its length.
std::uint64_t add_streamed_member(std::span<const MemberPiece> pieces, ByteChunks& out);

// Reads a file of gzip members, one after the other.
class MemberReader {
 public:
  enum class Result {
    whole,    // the member inflates and its checksum holds
    end,      // the file ends where a member would begin
    damaged,  // it is no gzip member, or breaks off
    failed,   // the file cannot be read: error()
  };
  using Sink = std::function<void(std::string_view)>;

  MemberReader(int fd, std::uint64_t offset);
  ~MemberReader();

  // Inflates the next member into `sink`, a piece at a time. After `damaged` there is no next one.
  Result next(const Sink& sink);

  std::uint64_t offset() const { return begin_; }              // of the member last read
  std::uint64_t length() const { return position_ - begin_; }  // of it, in the file
  std::uint64_t end() const { return position_; }
  std::error_code error() const { return error_; }

 private:
  struct Stream;
  bool fill();  // false: nothing more to read

  int fd_;
  std::uint64_t begin_, position_, read_to_;
  std::error_code error_;
  std::unique_ptr<Stream> stream_;
};

}  // namespace storage
