// budget.pages: how many more pages may be begun. A page that came to nothing gives its place back. Nothing is begun
// before it is known what earlier lives have done. Thread-safe; in Shared.
#pragma once

#include <atomic>
#include <cstdint>

namespace crawler {

class PageBudget {
 public:
  explicit PageBudget(bool limited) : limited_(limited) {}

  bool known() const { return !limited_ || known_.load(); }
  void limit_to(std::int64_t pages) {  // from now on; once
    left_.fetch_add(pages);
    known_.store(true);
  }
  bool begin() {
    if (!limited_) return true;
    if (left_.fetch_sub(1) > 0) return true;
    left_.fetch_add(1);
    return false;
  }
  void give_back() {
    if (limited_) left_.fetch_add(1);
  }
  bool has_room() const { return !limited_ || left_.load() > 0; }
  bool used_up() const { return known() && !has_room(); }

 private:
  const bool limited_;
  std::atomic<bool> known_{false};
  std::atomic<std::int64_t> left_{0};
};

}  // namespace crawler
