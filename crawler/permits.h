// The shared semaphore: how many requests, and how many bytes of bodies, the whole process may hold at once.
// Thread-safe. Owned by the daemon, shared by all workers; a permit gives back in its destructor.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>

#include "web/bytes.h"

namespace crawler {

class Permits;

// One request's place, from its start to its settlement, and the bytes its body may fill. Moves only.
class Permit {
 public:
  Permit() = default;
  Permit(Permit&& other) noexcept;
  Permit& operator=(Permit&& other) noexcept;
  ~Permit() { release(); }

  // Raises the weight to `total`. False if that much is not free now: the caller pauses and asks again later.
  // One permit at a time may overdraw, as long as `total` is within Permits' reserve, so that a full semaphore always
  // drains: everything in use is at most `memory`, and the one that overdraws never waits.
  bool grow(web::Bytes total);
  web::Bytes weight() const { return {weight_}; }
  bool held() const { return owner_ != nullptr; }
  void release();

 private:
  friend class Permits;
  Permits* owner_ = nullptr;
  std::uint64_t weight_ = 0;
  bool overdraws_ = false;
};

class Permits {
 public:
  static constexpr web::Bytes kInitialWeight = web::kib(64);

  // `reserve` is part of `memory` and kept back for the one that overdraws: the most one body may weigh.
  Permits(int count, web::Bytes memory, web::Bytes reserve);

  std::optional<Permit> try_acquire();  // nothing if count or bytes are exhausted

  int in_use() const { return in_use_.load(std::memory_order_relaxed); }
  int count() const { return count_; }
  web::Bytes weight() const { return {weight_.load(std::memory_order_relaxed)}; }

  // Raised with every release, so that a waiter can tell that asking again is worth it.
  std::uint64_t generation() const { return generation_.load(std::memory_order_acquire); }

  // Called, on whichever thread releases, after a permit came back while somebody had been refused. Set before start.
  void on_free(std::function<void()> wake) { wake_ = std::move(wake); }

 private:
  friend class Permit;
  bool take_place();
  bool take_bytes(Permit& permit, std::uint64_t n, std::uint64_t total);
  bool add_weight(std::uint64_t n);
  bool overdraw(Permit& permit, std::uint64_t n, std::uint64_t total);
  void give_back(Permit& permit);

  const int count_;
  const std::uint64_t capacity_;  // without the reserve
  const std::uint64_t reserve_;
  std::atomic<int> in_use_{0};
  std::atomic<std::uint64_t> weight_{0};
  std::atomic<bool> overdrawn_{false};
  std::atomic<bool> refused_{false};
  std::atomic<std::uint64_t> generation_{0};
  std::function<void()> wake_;
};

}  // namespace crawler
