// The shared semaphore: how many requests, and how many bytes of bodies, the whole process may hold at once.
// Fair among those who share it: who waits and has less than its share is served before others, by turns.
// Thread-safe. Owned by the daemon, shared by all workers; a permit gives back in its destructor.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

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
  int sharer_ = 0;
  bool overdraws_ = false;
};

class Permits {
 public:
  static constexpr web::Bytes kInitialWeight = web::kib(64);

  // `reserve` is part of `memory` and kept back for the one that overdraws: the most one body may weigh.
  // `sharers` are numbered from 0; the share of each is what they would have if all held the same.
  Permits(int count, web::Bytes memory, web::Bytes reserve, int sharers = 1);

  // Nothing if count or bytes are exhausted, or what is left is due to another; then this sharer waits, and is woken.
  std::optional<Permit> try_acquire(int sharer = 0);
  void wants_none(int sharer);  // it waits no longer

  int in_use() const { return in_use_.load(std::memory_order_relaxed); }
  int count() const { return count_; }
  web::Bytes weight() const { return {weight_.load(std::memory_order_relaxed)}; }

  // Called, on whichever thread it is, when asking again is worth it for somebody who was refused: a permit came back,
  // or another waits no longer. Set before start.
  void on_free(std::function<void()> wake) { wake_ = std::move(wake); }

 private:
  friend class Permit;
  struct alignas(64) Sharer {
    std::atomic<int> held{0};
    std::atomic<std::uint64_t> waits_since{0};  // a ticket; 0: it does not wait
  };
  bool due_to_another(int sharer) const;
  bool take_place(int sharer);
  void wake_refused();
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
  const int share_;
  std::vector<Sharer> sharers_;
  std::atomic<std::uint64_t> next_ticket_{1};
  std::function<void()> wake_;
};

}  // namespace crawler
