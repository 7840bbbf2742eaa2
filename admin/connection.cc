#include "admin/connection.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace admin {

namespace {

constexpr std::chrono::milliseconds kLinger{500};
constexpr std::size_t kLingerBytes = 1024 * 1024;

int milliseconds_until(std::chrono::steady_clock::time_point until) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
  return static_cast<int>(std::max<std::chrono::milliseconds::rep>(left.count(), 0));
}

}  // namespace

Connection::Connection(int socket, std::chrono::milliseconds deadline)
    : socket_(socket), deadline_(deadline), until_(Clock::now() + deadline) {
  fcntl(socket_, F_SETFD, FD_CLOEXEC);
}

Connection::~Connection() {
  shutdown(socket_, SHUT_WR);
  until_ = Clock::now() + std::min(kLinger, deadline_);
  std::size_t drained = 0;
  while (wrote_ && drained < kLingerBytes && wait(POLLIN)) {
    const ssize_t n = recv(socket_, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (n <= 0) break;
    drained += static_cast<std::size_t>(n);
  }
  close(socket_);
}

void Connection::restart_clock() {
  until_ = Clock::now() + deadline_;
  timed_out_ = false;
}

void Connection::cut(int socket) {
  shutdown(socket, SHUT_RD);
}

bool Connection::wait(short events) {
  pollfd fd{socket_, events, 0};
  for (;;) {
    const int left = milliseconds_until(until_);
    const int ready = left > 0 ? poll(&fd, 1, left) : 0;
    if (ready > 0) return true;
    if (ready < 0 && errno == EINTR) continue;
    timed_out_ = ready == 0;
    return false;
  }
}

bool Connection::fill() {
  while (wait(POLLIN)) {
    const ssize_t n = recv(socket_, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    begin_ = 0;
    end_ = n > 0 ? static_cast<std::size_t>(n) : 0;
    return n > 0;
  }
  return false;
}

ssize_t Connection::read_head(char* out, std::size_t size) {
  if (head_too_large()) return -1;
  if (begin_ == end_ && !fill()) return timed_out_ ? -1 : 0;
  size = std::min({size, end_ - begin_, kMaxHead - head_bytes_});
  std::memcpy(out, buffer_.data() + begin_, size);
  begin_ += size;
  head_bytes_ += size;
  return static_cast<ssize_t>(size);
}

bool Connection::read_body(std::size_t length, std::string& out) {
  out.clear();
  while (out.size() < length) {
    if (begin_ == end_ && !fill()) return false;
    const std::size_t part = std::min(length - out.size(), end_ - begin_);
    out.append(buffer_.data() + begin_, part);
    begin_ += part;
  }
  return true;
}

ssize_t Connection::write(const char* data, std::size_t size) {
  std::size_t sent = 0;
  wrote_ = true;
  while (sent < size) {
    const ssize_t n = send(socket_, data + sent, size - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n >= 0) {
      sent += static_cast<std::size_t>(n);
    } else if (errno == EAGAIN) {
      if (!wait(POLLOUT)) return -1;
    } else if (errno != EINTR) {
      return -1;
    }
  }
  return static_cast<ssize_t>(size);
}

}  // namespace admin
