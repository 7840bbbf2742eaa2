#include "crawler/permits.h"

#include <algorithm>
#include <utility>

namespace crawler {

Permit::Permit(Permit&& other) noexcept
    : owner_(std::exchange(other.owner_, nullptr)),
      weight_(std::exchange(other.weight_, 0)),
      overdraws_(std::exchange(other.overdraws_, false)) {}

Permit& Permit::operator=(Permit&& other) noexcept {
  if (this != &other) {
    release();
    owner_ = std::exchange(other.owner_, nullptr);
    weight_ = std::exchange(other.weight_, 0);
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

Permits::Permits(int count, web::Bytes memory, web::Bytes reserve)
    : count_(count),
      capacity_(std::max(memory.n > reserve.n ? memory.n - reserve.n : 0, kInitialWeight.n)),
      reserve_(std::max(reserve.n, kInitialWeight.n)) {}

// After a refusal the question is put once more: either it sees what was freed in between, or who frees next sees
// `refused_` and wakes. All four operations are sequentially consistent for that.
std::optional<Permit> Permits::try_acquire() {
  if (!take_place()) {
    refused_ = true;
    if (!take_place()) return std::nullopt;
  }
  Permit permit;
  if (!take_bytes(permit, kInitialWeight.n, kInitialWeight.n)) {
    in_use_.fetch_sub(1);
    return std::nullopt;
  }
  permit.owner_ = this;
  permit.weight_ = kInitialWeight.n;
  return permit;
}

bool Permits::take_place() {
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
  in_use_.fetch_sub(1);
  generation_.fetch_add(1, std::memory_order_release);
  if (refused_.exchange(false) && wake_) wake_();
}

}  // namespace crawler
