#include "crawler/fetcher.h"

#include <cassert>
#include <cstdlib>
#include <deque>
#include <utility>

#include "crawler/fetcher_handle.h"
#include "crawler/socket_poller.h"

namespace crawler {

struct Fetcher::Impl {
  Impl(uv_loop_s* loop, FetcherOptions options, MaySend may_send, Done done);
  ~Impl();

  void start(FetchRequest request);
  void finish(FetcherHandle* ended, CURLcode code);
  void act(curl_socket_t fd, int events);
  void on_timer();
  void resume_paused();
  void cut(const std::function<bool(std::uint64_t id)>& which);
  void destroy();

  static int set_timer(CURLM*, long ms, void* self);
  static int set_socket(CURL*, curl_socket_t fd, int what, void* self, void*);

  Done done;
  FetcherHandles handles;
  SocketPoller poller;
  CURLM* multi = nullptr;
  std::vector<std::unique_ptr<FetcherHandle>> active, idle;
  std::deque<FetcherHandle*> waiting;  // for bytes of the semaphore, in the order of asking
  std::function<void()> closed;
  bool closing = false;
};

Fetcher::Impl::Impl(uv_loop_s* loop, FetcherOptions options, MaySend may_send, Done d)
    : done(std::move(d)),
      handles(
          std::move(options), std::move(may_send), [this](FetcherHandle* handle) { waiting.push_back(handle); },
          // Of two addresses that are raced, curl closes the socket that lost without saying so at once.
          [this](int fd) { poller.renew(fd); }),
      poller(
          loop,
          [this](int fd, unsigned ready) {
            // A socket in error is offered for reading too: only then does curl see for itself what became of it, and
            // tell a kept connection that died from one that broke under its own answer.
            if (ready & SocketPoller::kFailed) ready |= SocketPoller::kReadable | SocketPoller::kWritable;
            act(fd, ((ready & SocketPoller::kReadable) ? CURL_CSELECT_IN : 0) |
                        ((ready & SocketPoller::kWritable) ? CURL_CSELECT_OUT : 0) |
                        ((ready & SocketPoller::kFailed) ? CURL_CSELECT_ERR : 0));
          },
          [this] { on_timer(); }) {
  multi = curl_multi_init();
  if (multi == nullptr) std::abort();
  curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, set_socket);
  curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, set_timer);
  curl_multi_setopt(multi, CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, static_cast<long>(handles.options.max_connections));
  curl_multi_setopt(multi, CURLMOPT_PIPELINING, long{CURLPIPE_NOTHING});
}

Fetcher::Impl::~Impl() {
  assert(multi == nullptr);
}

void Fetcher::Impl::start(FetchRequest request) {
  assert(!closing && request.permit.held() && poller.on_own_thread());
  std::unique_ptr<FetcherHandle> handle;
  if (idle.empty()) {
    handle = std::make_unique<FetcherHandle>(handles);
  } else {
    handle = std::move(idle.back());
    idle.pop_back();
  }
  handle->prepare(std::move(request));
  handle->place = active.size();
  active.push_back(std::move(handle));
  if (curl_multi_add_handle(multi, active.back()->easy()) != CURLM_OK) std::abort();
}

// Never from inside a callback of curl. `done` may call any method of the fetcher, so nothing is touched after it.
void Fetcher::Impl::finish(FetcherHandle* ended, CURLcode code) {
  curl_multi_remove_handle(multi, ended->easy());
  std::swap(active[ended->place], active.back());
  active[ended->place]->place = ended->place;
  auto handle = std::move(active.back());
  active.pop_back();
  if (handle->waiting) std::erase(waiting, handle.get());
  FetchResult result = handle->transfer.finish(handle->failure_of(code), handles.options.now());
  if (!result.sent_anything) result.sent_at = std::chrono::system_clock::now();
  if (code == CURLE_OK) {
    idle.push_back(std::move(handle));
  } else {
    handle.reset();  // rather than trust what an aborted transfer leaves in it
  }
  done(std::move(result));
}

void Fetcher::Impl::act(curl_socket_t fd, int events) {
  int running = 0, left = 0;
  curl_multi_socket_action(multi, fd, events, &running);
  while (CURLMsg* message = curl_multi_info_read(multi, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    finish(FetcherHandle::of(message->easy_handle), code);
  }
}

void Fetcher::Impl::on_timer() {
  if (closing) {
    destroy();
  } else {
    act(CURL_SOCKET_TIMEOUT, 0);
  }
}

void Fetcher::Impl::resume_paused() {
  for (std::size_t left = waiting.size(); left > 0 && !waiting.empty(); --left) {
    FetcherHandle* handle = waiting.front();
    waiting.pop_front();
    if (!handle->transfer.make_room()) {
      waiting.push_back(handle);
      continue;
    }
    handle->waiting = false;
    const CURLcode code = curl_easy_pause(handle->easy(), CURLPAUSE_CONT);  // hands over at once what it held back
    if (code != CURLE_OK) finish(handle, code);
  }
}

// From the end, so that what `done` may start meanwhile is left alone.
void Fetcher::Impl::cut(const std::function<bool(std::uint64_t id)>& which) {
  for (std::size_t i = active.size(); i-- > 0;) {
    if (i >= active.size() || !which(active[i]->transfer.request().id)) continue;
    active[i]->transfer.stop(Transfer::Stop::cut);
    finish(active[i].get(), CURLE_ABORTED_BY_CALLBACK);
  }
}

void Fetcher::Impl::destroy() {
  idle.clear();
  curl_multi_cleanup(multi);
  multi = nullptr;
  poller.close(std::move(closed));
}

int Fetcher::Impl::set_timer(CURLM*, long ms, void* data) {
  auto* self = static_cast<Impl*>(data);
  if (self->closing) return 0;  // it is armed for the end
  if (ms < 0) {
    self->poller.disarm();
  } else {
    self->poller.arm(std::chrono::milliseconds(ms));
  }
  return 0;
}

int Fetcher::Impl::set_socket(CURL*, curl_socket_t fd, int what, void* data, void*) {
  const bool keep = what != CURL_POLL_REMOVE;
  static_cast<Impl*>(data)->poller.watch(fd, keep && (what & CURL_POLL_IN), keep && (what & CURL_POLL_OUT));
  return 0;
}

Fetcher::Fetcher(uv_loop_s* loop, FetcherOptions options, MaySend may_send, Done done)
    : impl_(std::make_unique<Impl>(loop, std::move(options), std::move(may_send), std::move(done))) {}

Fetcher::~Fetcher() = default;

void Fetcher::start(FetchRequest request) {
  impl_->start(std::move(request));
}
std::size_t Fetcher::in_flight() const {
  return impl_->active.size();
}
void Fetcher::resume_paused() {
  impl_->resume_paused();
}
void Fetcher::cut(const std::function<bool(std::uint64_t id)>& which) {
  impl_->cut(which);
}

void Fetcher::close(std::function<void()> closed) {
  impl_->closing = true;
  impl_->cut([](std::uint64_t) { return true; });
  impl_->closed = std::move(closed);
  impl_->poller.arm(std::chrono::milliseconds(0));  // not now: the caller may be our own `done`
}

}  // namespace crawler
