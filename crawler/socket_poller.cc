#include "crawler/socket_poller.h"

#include <uv.h>

#include <cassert>
#include <unordered_map>
#include <utility>

namespace crawler {

struct SocketPoller::Impl {
  struct Watch {
    uv_poll_t handle{};
    Impl* owner = nullptr;
    int fd = -1;
    bool read = false, write = false;
  };

  uv_loop_t* loop = nullptr;
  OnSocket on_socket;
  OnTimer on_timer;
  uv_timer_t timer{};
  std::unordered_map<int, Watch*> watches;  // a watch is freed by libuv's close callback
  std::size_t open_handles = 1;             // the timer
  std::function<void()> closed;

  void forget(Watch* watch) {
    uv_poll_stop(&watch->handle);
    uv_close(reinterpret_cast<uv_handle_t*>(&watch->handle), [](uv_handle_t* handle) {
      auto* gone = static_cast<Watch*>(handle->data);
      Impl* owner = gone->owner;
      delete gone;
      owner->handle_closed();
    });
  }

  void handle_closed() {
    if (--open_handles == 0 && closed) std::exchange(closed, nullptr)();
  }
};

SocketPoller::SocketPoller(uv_loop_s* loop, OnSocket on_socket, OnTimer on_timer) : impl_(std::make_unique<Impl>()) {
  impl_->loop = loop;
  impl_->on_socket = std::move(on_socket);
  impl_->on_timer = std::move(on_timer);
  uv_timer_init(loop, &impl_->timer);
  impl_->timer.data = impl_.get();
}

SocketPoller::~SocketPoller() {
  assert(impl_->open_handles == 0);
}

void SocketPoller::watch(int fd, bool read, bool write) {
  assert(on_own_thread());
  auto found = impl_->watches.find(fd);
  if (!read && !write) {
    if (found == impl_->watches.end()) return;
    impl_->forget(found->second);
    impl_->watches.erase(found);
    return;
  }
  if (found == impl_->watches.end()) {
    auto watch = std::make_unique<Impl::Watch>();
    watch->owner = impl_.get();
    watch->fd = fd;
    if (uv_poll_init(impl_->loop, &watch->handle, fd) != 0) return;  // its owner's time-out ends the wait
    watch->handle.data = watch.get();
    ++impl_->open_handles;
    found = impl_->watches.emplace(fd, watch.release()).first;
  }
  found->second->read = read;
  found->second->write = write;
  const int events = (read ? UV_READABLE : 0) | (write ? UV_WRITABLE : 0);
  uv_poll_start(&found->second->handle, events, [](uv_poll_t* handle, int status, int ready) {
    auto* w = static_cast<Impl::Watch*>(handle->data);
    const unsigned what = status < 0 ? unsigned{kFailed}
                                     : ((ready & UV_READABLE) ? unsigned{kReadable} : 0u) |
                                           ((ready & UV_WRITABLE) ? unsigned{kWritable} : 0u);
    w->owner->on_socket(w->fd, what);
  });
}

void SocketPoller::arm(std::chrono::milliseconds after) {
  assert(on_own_thread());
  uv_timer_start(
      &impl_->timer, [](uv_timer_t* handle) { static_cast<Impl*>(handle->data)->on_timer(); },
      after.count() > 0 ? static_cast<std::uint64_t>(after.count()) : 0, 0);
}

void SocketPoller::renew(int fd) {
  const auto found = impl_->watches.find(fd);
  if (found == impl_->watches.end()) return;
  const bool read = found->second->read, write = found->second->write;
  watch(fd, false, false);
  watch(fd, read, write);
}

void SocketPoller::disarm() {
  uv_timer_stop(&impl_->timer);
}

void SocketPoller::close(std::function<void()> closed) {
  assert(on_own_thread());
  impl_->closed = std::move(closed);
  for (auto& [fd, watch] : impl_->watches) impl_->forget(watch);
  impl_->watches.clear();
  uv_close(reinterpret_cast<uv_handle_t*>(&impl_->timer),
           [](uv_handle_t* handle) { static_cast<Impl*>(handle->data)->handle_closed(); });
}

}  // namespace crawler
