// malloc with a bound, for C libraries that take three functions and hand no context to them.
// A heap belongs to one thread while a BoundedHeapUse of it lives there; blocks know their heap, so free needs none.
#pragma once

#include <cstddef>

namespace web {

struct BoundedHeap {
  std::size_t left = 0;  // what may still be taken, the blocks' heads of 16 bytes counted
};

// While it lives, what this thread takes comes from `heap`.
class BoundedHeapUse {
 public:
  explicit BoundedHeapUse(BoundedHeap& heap);
  ~BoundedHeapUse();
  BoundedHeapUse(const BoundedHeapUse&) = delete;
  BoundedHeapUse& operator=(const BoundedHeapUse&) = delete;

 private:
  BoundedHeap* before_;
};

// As the C library's; null past the bound. The heap must outlive its blocks.
void* bounded_malloc(std::size_t size);
void* bounded_realloc(void* block, std::size_t size);
void bounded_free(void* block);

}  // namespace web
