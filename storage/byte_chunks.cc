#include "storage/byte_chunks.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <new>

namespace storage {
namespace {

constexpr std::size_t kChunk = 256 * 1024;
constexpr std::size_t kSmall = kChunk / 4;  // a larger piece gets a chunk of its own, cut to what it fills

}  // namespace

void ByteChunks::add_chunk(std::size_t capacity) {
  char* data = static_cast<char*>(std::malloc(capacity));
  if (data == nullptr) throw std::bad_alloc();
  chunks_.push_back({std::unique_ptr<char, Free>(data), 0, capacity});
}

void ByteChunks::append(std::string_view bytes) {
  size_ += bytes.size();
  while (!bytes.empty()) {
    if (chunks_.empty() || chunks_.back().size == chunks_.back().capacity) add_chunk(kChunk);
    Chunk& last = chunks_.back();
    const std::size_t n = std::min(bytes.size(), last.capacity - last.size);
    std::memcpy(last.data.get() + last.size, bytes.data(), n);
    last.size += n;
    bytes.remove_prefix(n);
  }
}

char* ByteChunks::reserve(std::size_t n) {
  if (chunks_.empty() || chunks_.back().capacity - chunks_.back().size < n) add_chunk(n > kSmall ? n : kChunk);
  return chunks_.back().data.get() + chunks_.back().size;
}

void ByteChunks::commit(std::size_t n) {
  Chunk& last = chunks_.back();
  assert(n <= last.capacity - last.size);
  last.size += n;
  size_ += n;
  if (last.capacity <= kChunk) return;
  if (char* smaller = static_cast<char*>(std::realloc(last.data.get(), last.size))) {
    static_cast<void>(last.data.release());
    last.data.reset(smaller);
    last.capacity = last.size;
  }
}

std::vector<std::string_view> ByteChunks::pieces() const {
  std::vector<std::string_view> views;
  views.reserve(chunks_.size());
  for (const Chunk& chunk : chunks_) {
    if (chunk.size > 0) views.emplace_back(chunk.data.get(), chunk.size);
  }
  return views;
}

}  // namespace storage
