#include "crawler/permits.h"

#include <algorithm>
#include <utility>

namespace crawler {

Permit::Permit(Permit&& other) noexcept
    : owner_(std::exchange(other.owner_, nullptr)),
      weight_(std::exchange(other.weight_, 0)),
      sharer_(other.sharer_),
      overdraws_(std::exchange(other.overdraws_, false)) {}

Permit& Permit::operator=(Permit&& other) noexcept {
  if (this != &other) {
    release();
    owner_ = std::exchange(other.owner_, nullptr);
    weight_ = std::exchange(other.weight_, 0);
    sharer_ = other.sharer_;
    overdraws_ = std::exchange(other.overdraws_, false);
  }
  return *this;
}

bool Permit::grow(web::Bytes total) {
  if (total.n <= weight_) return true;
  if (owner_ == nullptr) return false;
  const std::uint64_t more = total.n - weight_;
  if (!owner_->take_bytes(*this, more, total.n)) return false;
  weight_ = total.n;
  return true;
}

void Permit::release() {
  if (owner_ != nullptr) std::exchange(owner_, nullptr)->give_back(*this);
}

Permits::Permits(int count, web::Bytes memory, web::Bytes reserve, int sharers)
    : count_(count),
      capacity_(std::max(memory.n > reserve.n ? memory.n - reserve.n : 0, kInitialWeight.n)),
      reserve_(std::max(reserve.n, kInitialWeight.n)),
      share_(std::max(1, count / sharers)),
      sharers_(static_cast<std::size_t>(sharers)) {}

// After a refusal the question is put once more: either it sees what was freed in between, or who frees next sees
// `refused_` and wakes. All these operations are sequentially consistent for that.
std::optional<Permit> Permits::try_acquire(int sharer) {
  Sharer& own = sharers_[static_cast<std::size_t>(sharer)];
  if (!take_place(sharer)) {
    if (own.waits_since == 0) own.waits_since = next_ticket_++;
    refused_ = true;
    if (!take_place(sharer)) return std::nullopt;
  }
  Permit permit;
  if (!take_bytes(permit, kInitialWeight.n, kInitialWeight.n)) {
    in_use_.fetch_sub(1);
    return std::nullopt;
  }
  permit.owner_ = this;
  permit.weight_ = kInitialWeight.n;
  permit.sharer_ = sharer;
  ++own.held;
  wants_none(sharer);
  return permit;
}

void Permits::wants_none(int sharer) {
  if (sharers_[static_cast<std::size_t>(sharer)].waits_since.exchange(0) != 0) wake_refused();
}

void Permits::wake_refused() {
  if (refused_.exchange(false) && wake_) wake_();
}

// Another that waits, below its share: who has its own share steps back, and so does who came later.
bool Permits::due_to_another(int sharer) const {
  const Sharer& own = sharers_[static_cast<std::size_t>(sharer)];
  const std::uint64_t since = own.waits_since;
  for (const Sharer& other : sharers_) {
    const std::uint64_t waits = other.waits_since;
    if (&other == &own || waits == 0 || other.held >= share_) continue;
    if (own.held >= share_ || since == 0 || waits < since) return true;
  }
  return false;
}

bool Permits::take_place(int sharer) {
  if (due_to_another(sharer)) return false;
  int used = in_use_;
  while (used < count_) {
    if (in_use_.compare_exchange_weak(used, used + 1)) return true;
  }
  return false;
}

bool Permits::add_weight(std::uint64_t n) {
  std::uint64_t weight = weight_;
  while (weight + n <= capacity_) {
    if (weight_.compare_exchange_weak(weight, weight + n)) return true;
  }
  return false;
}

bool Permits::overdraw(Permit& permit, std::uint64_t n, std::uint64_t total) {
  if (permit.owner_ == nullptr || total > reserve_) return false;
  if (!permit.overdraws_) {
    bool nobody = false;
    if (!overdrawn_.compare_exchange_strong(nobody, true)) return false;
    permit.overdraws_ = true;
  }
  weight_.fetch_add(n);
  return true;
}

bool Permits::take_bytes(Permit& permit, std::uint64_t n, std::uint64_t total) {
  if (add_weight(n) || overdraw(permit, n, total)) return true;
  refused_ = true;
  return add_weight(n) || overdraw(permit, n, total);
}

void Permits::give_back(Permit& permit) {
  weight_.fetch_sub(std::exchange(permit.weight_, 0));
  if (std::exchange(permit.overdraws_, false)) overdrawn_ = false;
  --sharers_[static_cast<std::size_t>(permit.sharer_)].held;
  in_use_.fetch_sub(1);
  wake_refused();
}

}  // namespace crawler
