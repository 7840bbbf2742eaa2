#include "crawler/boot_timer.h"

#include <sys/timerfd.h>
#include <unistd.h>
#include <uv.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace crawler {

struct BootTimer::Impl {
  int fd = -1;
  uv_poll_t poll{};
  std::function<void()> fire, closed;
  std::optional<limiter::TimePoint> armed;

  void set(limiter::Duration at) {
    itimerspec when{};
    when.it_value.tv_sec = at.count() / 1'000'000'000;
    when.it_value.tv_nsec = at.count() % 1'000'000'000;
    timerfd_settime(fd, TFD_TIMER_ABSTIME, &when, nullptr);
  }
};

BootTimer::BootTimer(uv_loop_s* loop, std::function<void()> fire) : impl_(std::make_unique<Impl>()) {
  impl_->fd = timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC);
  impl_->fire = std::move(fire);
  uv_poll_init(loop, &impl_->poll, impl_->fd);
  impl_->poll.data = impl_.get();
  uv_poll_start(&impl_->poll, UV_READABLE, [](uv_poll_t* handle, int, int) {
    auto* impl = static_cast<Impl*>(handle->data);
    std::uint64_t count = 0;
    if (read(impl->fd, &count, sizeof count) != sizeof count) return;
    impl->armed.reset();
    impl->fire();
  });
}

BootTimer::~BootTimer() {
  if (impl_->fd >= 0) ::close(impl_->fd);
}

void BootTimer::arm(limiter::TimePoint at) {
  if (impl_->armed == at) return;
  impl_->armed = at;
  impl_->set(std::max(at.time_since_epoch(), limiter::Duration(1)));  // zero would disarm
}

void BootTimer::disarm() {
  if (!impl_->armed) return;
  impl_->armed.reset();
  impl_->set(limiter::Duration(0));
}

void BootTimer::close(std::function<void()> closed) {
  impl_->closed = std::move(closed);
  uv_close(reinterpret_cast<uv_handle_t*>(&impl_->poll), [](uv_handle_t* handle) {
    const auto callback = std::move(static_cast<Impl*>(handle->data)->closed);
    if (callback) callback();
  });
}

}  // namespace crawler
