// Bytes on their way to a file, gathered in pieces so that a growing group is never copied.
// One thread at a time; moves with its group.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <vector>

namespace storage {

class ByteChunks {
 public:
  void append(std::string_view bytes);

  // Room for `n` bytes in one piece behind the last byte; `commit` says how many of them were filled in.
  char* reserve(std::size_t n);
  void commit(std::size_t n);

  std::uint64_t size() const { return size_; }
  std::vector<std::string_view> pieces() const;

 private:
  struct Free {
    void operator()(char* p) const { std::free(p); }
  };
  struct Chunk {
    std::unique_ptr<char, Free> data;
    std::size_t size = 0, capacity = 0;
  };
  void add_chunk(std::size_t capacity);

  std::vector<Chunk> chunks_;
  std::uint64_t size_ = 0;
};

}  // namespace storage
