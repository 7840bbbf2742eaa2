// Lets a library that opens its own sockets (libcurl, c-ares) live on a libuv loop: sockets to watch, one timer.
// Lives on its owner's loop thread; owned by the fetcher or the resolver.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <thread>

struct uv_loop_s;

namespace crawler {

class SocketPoller {
 public:
  enum Ready : unsigned { kReadable = 1, kWritable = 2, kFailed = 4 };
  using OnSocket = std::function<void(int fd, unsigned ready)>;
  using OnTimer = std::function<void()>;

  SocketPoller(uv_loop_s* loop, OnSocket on_socket, OnTimer on_timer);
  ~SocketPoller();  // after close() has called back

  // Watches `fd` from now on for these, until told otherwise; neither: forgets it, which must come before its close().
  void watch(int fd, bool read, bool write);
  // `fd` is a new socket. What was watched under this number was closed without a word, and its user may take the new
  // one for the old and not ask again: the new one is watched for the same.
  void renew(int fd);

  // on_timer is called once, `after` from now, on the loop and never inside this call. Replaces what was armed.
  void arm(std::chrono::milliseconds after);
  void disarm();

  void close(std::function<void()> closed);  // forgets everything, then calls back on the loop

  // Whether this is the thread that used it first; asserted in every foreign callback.
  bool on_own_thread() {
    if (thread_ == std::thread::id()) thread_ = std::this_thread::get_id();
    return std::this_thread::get_id() == thread_;
  }

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
  std::thread::id thread_;
};

}  // namespace crawler
