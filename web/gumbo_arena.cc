#include "web/gumbo_arena.h"

#include <algorithm>
#include <new>

namespace web {

GumboArena& GumboArena::borrow(std::size_t budget) {
  thread_local GumboArena arena;
  arena.release();
  if (!arena.first_) {
    arena.first_.reset(new char[kFirstChunk]);
    arena.more_.reserve(64);  // so that it need not grow within a parse
  }
  arena.next_ = arena.first_.get();
  arena.end_ = arena.next_ + std::min(budget, kFirstChunk);
  arena.budget_ = budget - std::min(budget, kFirstChunk);
  arena.chunk_ = kFirstChunk;
  return arena;
}

void GumboArena::release() {
  more_.clear();
  next_ = end_ = last_ = nullptr;
  budget_ = 0;
}

void* GumboArena::take_from_new_chunk(std::size_t rounded) {
  const std::size_t size = std::max(rounded, std::min({chunk_ * 2, kLargestChunk, budget_}));
  if (size > budget_) return nullptr;
  more_.emplace_back(new (std::nothrow) char[size]);
  if (!more_.back()) return nullptr;
  budget_ -= size;
  chunk_ = size;
  next_ = more_.back().get();
  end_ = next_ + size;
  return take(rounded);
}

}  // namespace web
