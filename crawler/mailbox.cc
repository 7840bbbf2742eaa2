#include "crawler/mailbox.h"

#include <uv.h>

#include <mutex>
#include <utility>
#include <vector>

namespace crawler {

struct Mailbox::Impl {
  std::mutex mutex;
  std::vector<std::function<void()>> tasks;
  bool open = true;
  uv_async_t async{};
  std::function<void()> closed;

  void run() {
    std::vector<std::function<void()>> now;
    {
      const std::lock_guard lock(mutex);
      now.swap(tasks);
    }
    for (auto& task : now) task();
  }
};

Mailbox::Mailbox(uv_loop_s* loop) : impl_(std::make_unique<Impl>()) {
  uv_async_init(loop, &impl_->async, [](uv_async_t* async) { static_cast<Impl*>(async->data)->run(); });
  impl_->async.data = impl_.get();
}

Mailbox::~Mailbox() = default;

void Mailbox::post(std::function<void()> task) {
  const std::lock_guard lock(impl_->mutex);
  if (!impl_->open) return;
  impl_->tasks.push_back(std::move(task));
  uv_async_send(&impl_->async);
}

void Mailbox::close(std::function<void()> closed) {
  impl_->closed = std::move(closed);
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->open = false;
  }
  uv_close(reinterpret_cast<uv_handle_t*>(&impl_->async), [](uv_handle_t* handle) {
    const auto callback = std::move(static_cast<Impl*>(handle->data)->closed);
    if (callback) callback();
  });
}

}  // namespace crawler
