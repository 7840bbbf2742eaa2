// A value that a loop gives and another thread waits for; given too late it is dropped.
// Give once, on any thread; wait on one. Shared by the two.
#pragma once

#include <chrono>
#include <future>
#include <optional>
#include <utility>

namespace crawler {

template <typename T>
class Awaited {
 public:
  Awaited() : future_(promise_.get_future()) {}
  void give(T value) { promise_.set_value(std::move(value)); }
  std::optional<T> wait(std::chrono::nanoseconds patience) {
    if (future_.wait_for(patience) != std::future_status::ready) return std::nullopt;
    return future_.get();
  }

 private:
  std::promise<T> promise_;
  std::future<T> future_;
};

}  // namespace crawler
