// The memory of one parse: taken in pieces, given back all at once, within a budget.
// One arena a thread; it keeps its first MiB between pages, so that an ordinary page costs no malloc at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace web {

class GumboArena {
 public:
  // This thread's arena, empty, with a budget for what is taken until the next call.
  static GumboArena& borrow(std::size_t budget);

  // `size` bytes, aligned for anything; null past the budget. Valid until release() or the next borrow().
  void* take(std::size_t size) {
    const std::size_t rounded = (size + kAlign - 1) & ~(kAlign - 1);
    if (rounded > static_cast<std::size_t>(end_ - next_)) return take_from_new_chunk(rounded);
    char* taken = next_;
    next_ += rounded;
    last_ = taken;
    return taken;
  }

  // Gives back `piece` if it was the last one taken; else it waits for release().
  void give_back(void* piece) {
    if (piece == last_ && piece != nullptr) next_ = last_;
  }

  // Frees everything but the first chunk.
  void release();

 private:
  static constexpr std::size_t kAlign = alignof(std::max_align_t);
  static constexpr std::size_t kFirstChunk = 1 << 20;
  static constexpr std::size_t kLargestChunk = 8 << 20;

  void* take_from_new_chunk(std::size_t rounded);

  std::unique_ptr<char[]> first_;
  std::vector<std::unique_ptr<char[]>> more_;
  char* next_ = nullptr;
  char* end_ = nullptr;
  char* last_ = nullptr;
  std::size_t chunk_ = 0;   // the size of the newest
  std::size_t budget_ = 0;  // what may still be asked of malloc
};

}  // namespace web
