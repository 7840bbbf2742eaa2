#include "web/bounded_heap.h"

#include <cassert>
#include <cstdlib>

namespace web {
namespace {

thread_local BoundedHeap* current = nullptr;

struct alignas(std::max_align_t) Head {
  BoundedHeap* heap;
  std::size_t size;
};

Head* head_of(void* block) {
  return static_cast<Head*>(block) - 1;
}

// Takes `size` bytes more from the heap; false past the bound.
bool charge(BoundedHeap& heap, std::size_t size) {
  if (size > heap.left) return false;
  heap.left -= size;
  return true;
}

}  // namespace

BoundedHeapUse::BoundedHeapUse(BoundedHeap& heap) : before_(current) {
  current = &heap;
}

BoundedHeapUse::~BoundedHeapUse() {
  current = before_;
}

void* bounded_malloc(std::size_t size) {
  assert(current != nullptr);
  BoundedHeap& heap = *current;
  if (size > heap.left || !charge(heap, size + sizeof(Head))) return nullptr;
  auto* head = static_cast<Head*>(std::malloc(size + sizeof(Head)));
  if (head == nullptr) {
    heap.left += size + sizeof(Head);
    return nullptr;
  }
  *head = {&heap, size};
  return head + 1;
}

void* bounded_realloc(void* block, std::size_t size) {
  if (block == nullptr) return bounded_malloc(size);
  Head* head = head_of(block);
  BoundedHeap& heap = *head->heap;
  const std::size_t before = head->size;
  if (size > before && !charge(heap, size - before)) return nullptr;
  auto* moved = static_cast<Head*>(std::realloc(head, size + sizeof(Head)));
  if (moved == nullptr) {
    if (size > before) heap.left += size - before;
    return nullptr;
  }
  if (size < before) heap.left += before - size;
  moved->size = size;
  return moved + 1;
}

void bounded_free(void* block) {
  if (block == nullptr) return;
  Head* head = head_of(block);
  head->heap->left += head->size + sizeof(Head);
  std::free(head);
}

}  // namespace web
