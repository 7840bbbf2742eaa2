#include "crawler/committer.h"

#include <uv.h>

#include <utility>
#include <vector>

namespace crawler {
namespace {

constexpr std::uint64_t kRetryMs = 1000;

}  // namespace

struct Committer::Impl {
  Impl(uv_loop_t* l, storage::Segment& s, CommitterOptions o) : loop(l), segment(s), options(o) {
    uv_timer_init(loop, &timer);
    timer.data = this;
    work.data = this;
  }

  void wait(std::uint64_t ms) {
    if (uv_is_active(reinterpret_cast<uv_handle_t*>(&timer)) && !failed) return;
    uv_timer_start(
        &timer, [](uv_timer_t* t) { static_cast<Impl*>(t->data)->commit(); }, ms, 0);
  }

  void commit() {
    if (writing) return;
    if (!group) {
      group = segment.take_group();
      in_group = std::exchange(waiting, {});
      if (!group) return finish_group();  // nothing to write: all of it is durable
    }
    uv_timer_stop(&timer);
    writing = true;
    uv_queue_work(
        loop, &work,
        [](uv_work_t* w) {
          auto* impl = static_cast<Impl*>(w->data);
          impl->result = impl->segment.write(*impl->group);
        },
        [](uv_work_t* w, int) { static_cast<Impl*>(w->data)->written(); });
  }

  void written() {
    writing = false;
    failed = static_cast<bool>(result);
    if (failed) {
      error = result.message();
      if (closing)
        finish_closing();
      else
        wait(kRetryMs);
      return;
    }
    error.clear();
    group.reset();
    finish_group();
  }

  void finish_group() {
    for (auto& done : std::exchange(in_group, {})) done();
    if (segment.pending() >= options.flush_bytes || hurried || closing) {
      hurried = false;
      if (segment.pending().n > 0 || !waiting.empty()) return commit();
    } else if (!waiting.empty()) {
      wait(interval_ms());
    }
    if (closing && !writing) close_files();  // a callback may have begun a write
  }

  void close_files() {
    if (std::exchange(files_closed, true)) return;
    writing = true;
    uv_queue_work(
        loop, &work,
        [](uv_work_t* w) {
          auto* impl = static_cast<Impl*>(w->data);
          impl->result = impl->segment.close();
        },
        [](uv_work_t* w, int) {
          auto* impl = static_cast<Impl*>(w->data);
          impl->writing = false;
          if (impl->result) impl->error = impl->result.message();
          impl->finish_closing();
        });
  }

  void finish_closing() {
    uv_close(reinterpret_cast<uv_handle_t*>(&timer), [](uv_handle_t* handle) {
      const auto callback = std::move(static_cast<Impl*>(handle->data)->closed);
      if (callback) callback();
    });
  }

  std::uint64_t interval_ms() const {
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(options.flush_interval).count());
  }

  uv_loop_t* loop;
  storage::Segment& segment;
  CommitterOptions options;
  uv_timer_t timer{};
  uv_work_t work{};
  std::unique_ptr<storage::Segment::Group> group;  // on its way to disk
  std::vector<std::function<void()>> waiting, in_group;
  std::error_code result;
  std::string error;
  std::function<void()> closed;
  bool writing = false, failed = false, hurried = false, closing = false, files_closed = false;
};

Committer::Committer(uv_loop_s* loop, storage::Segment& segment, CommitterOptions options)
    : impl_(std::make_unique<Impl>(loop, segment, options)) {}

Committer::~Committer() = default;

void Committer::when_durable(std::function<void()> done) {
  impl_->waiting.push_back(std::move(done));
  if (impl_->failed) return;  // its timer asks again
  if (impl_->segment.pending() >= impl_->options.flush_bytes)
    impl_->commit();
  else
    impl_->wait(impl_->interval_ms());
}

void Committer::hurry() {
  if (impl_->failed || (impl_->waiting.empty() && impl_->in_group.empty())) return;
  if (impl_->writing)
    impl_->hurried = true;
  else
    impl_->commit();
}

std::string Committer::error() const {
  return impl_->error;
}

void Committer::close(std::function<void()> closed) {
  impl_->closed = std::move(closed);
  impl_->closing = true;
  if (!impl_->writing) impl_->commit();
}

}  // namespace crawler
