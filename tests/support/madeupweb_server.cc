#include "madeupweb_server.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "madeupweb_connection.h"
#include "madeupweb_site.h"

namespace madeupweb {
namespace {

constexpr std::size_t kReadBytes = 16 * 1024, kMaxUnanswered = 2 << 20, kFillerBytes = 64 * 1024;
constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::int64_t kLogDelay = 20 * kMillisecond;
constexpr std::uint64_t kListenerTag = 1ull << 63;

std::string make_filler() {
  std::string text;
  while (text.size() < kFillerBytes) text += "<p>salt and bread, bells and boats, and a lantern in every window</p>\n";
  text.resize(kFillerBytes, ' ');
  return text;
}

void raise_file_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

Server::Server(const Options& options, Log& log)
    : options_(options), log_(log), hold_(options.hold == 0 ? Hold::open : Hold::bodies), filler_(make_filler()) {}

Server::~Server() {
  for (auto& connection : connections_)
    if (connection) ::close(connection->fd);
  for (const int fd : listeners_) ::close(fd);
  if (epoll_ >= 0) ::close(epoll_);
}

// Every address has a listener of its own, so that nothing outside 127.0.0.0/8 is ever listened on.
bool Server::listen_on(int port, std::string& error) {
  for (int host = -1; host < options_.hosts; ++host) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    socklen_t size = sizeof address;
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    const std::string text = host < 0 ? "127.0.0.1" : host_address(host);
    ::inet_pton(AF_INET, text.c_str(), &address.sin_addr);
    const int one = 1;
    if (fd >= 0) listeners_.push_back(fd);
    if (fd < 0 || ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0 ||
        ::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(fd, 1024) != 0 ||
        ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      error = text + ":" + std::to_string(port) + ": " + std::strerror(errno);
      return false;
    }
    port = ntohs(address.sin_port);
  }
  port_ = port;
  return true;
}

bool Server::listen(std::string& error) {
  raise_file_limit();
  constexpr int kTries = 20;  // a free port of one address may be taken on another
  for (int tries = 0; tries < kTries; ++tries) {
    if (listen_on(options_.port, error)) break;
    for (const int fd : listeners_) ::close(fd);
    listeners_.clear();
    if (options_.port != 0) return false;
  }
  if (listeners_.empty()) return false;
  epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  for (std::size_t i = 0; i < listeners_.size(); ++i) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = kListenerTag | i;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, listeners_[i], &event);
  }
  return true;
}

void Server::run(Respond respond, const volatile int& stop) {
  respond_ = std::move(respond);
  std::array<epoll_event, 512> events;
  sigset_t unblocked;
  sigemptyset(&unblocked);
  std::int64_t flushed = monotonic_ns();
  while (stop == 0) {
    const int n = ::epoll_pwait(epoll_, events.data(), static_cast<int>(events.size()), next_timeout(), &unblocked);
    for (int i = 0; i < n; ++i) {
      const auto tag = events[static_cast<std::size_t>(i)].data.u64;
      if ((tag & kListenerTag) != 0) {
        accept_all(tag & ~kListenerTag);
        continue;
      }
      const auto fd = static_cast<std::size_t>(tag & 0xffffffff);
      auto* connection = fd < connections_.size() ? connections_[fd].get() : nullptr;
      if (connection && connection->generation == tag >> 32)
        ready(*connection, events[static_cast<std::size_t>(i)].events);
    }
    run_timers();
    const auto now = monotonic_ns();
    if (log_.pending() && (n <= 0 || now - flushed >= kLogDelay)) {
      log_.flush();
      flushed = now;
    }
  }
}

int Server::next_timeout() const {
  std::int64_t wait = log_.pending() ? kLogDelay : 60'000 * kMillisecond;
  if (!timers_.empty()) wait = std::clamp<std::int64_t>(timers_.top().due - monotonic_ns(), 0, wait);
  return static_cast<int>((wait + kMillisecond - 1) / kMillisecond);
}

void Server::run_timers() {
  for (auto now = monotonic_ns(); !timers_.empty() && timers_.top().due <= now;) {
    const Timer timer = timers_.top();
    timers_.pop();
    if (timer.fd < 0) {
      if (hold_ != Hold::open) loosen(timer.fd == kBodiesMayGo ? Hold::ends : Hold::open);
      continue;
    }
    auto* connection = connections_[static_cast<std::size_t>(timer.fd)].get();
    if (!connection || connection->generation != timer.generation) continue;
    connection->delayed = false;
    if (flush(*connection)) serve_next(*connection);
  }
}

void Server::accept_all(std::size_t listener) {
  for (;;) {
    const int fd = ::accept4(listeners_[listener], nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
      if (errno != EMFILE && errno != ENFILE) return;
      std::fprintf(stderr, "madeupweb: out of file descriptors; raise ulimit -n\n");
      log_.flush();
      std::exit(1);
    }
    const int one = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connections_.size() <= static_cast<std::size_t>(fd)) connections_.resize(static_cast<std::size_t>(fd) + 64);
    auto connection = std::make_unique<Connection>();
    connection->fd = fd;
    connection->generation = ++generation_ & 0x7fffffff;
    connection->host = static_cast<int>(listener) - 1;
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = static_cast<std::uint64_t>(connection->generation) << 32 | static_cast<std::uint32_t>(fd);
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
    auto& place = connections_[static_cast<std::size_t>(fd)];
    place = std::move(connection);
    read_more(*place);
  }
}

void Server::ready(Connection& connection, std::uint32_t events) {
  const int fd = connection.fd;
  const auto generation = connection.generation;
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) read_more(connection);
  auto* still = connections_[static_cast<std::size_t>(fd)].get();
  if (still && still->generation == generation && (events & EPOLLOUT) != 0 && flush(*still)) serve_next(*still);
}

void Server::read_more(Connection& connection) {
  char bytes[kReadBytes];
  const ssize_t n = ::recv(connection.fd, bytes, sizeof bytes, 0);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n <= 0 || connection.in.size() > kMaxUnanswered) return close(connection, false);
  connection.last_read = monotonic_ns();
  if (connection.in.empty()) connection.arrived = connection.last_read;
  connection.in.append(bytes, static_cast<std::size_t>(n));
  serve_next(connection);
}

void Server::serve_next(Connection& connection) {
  while (!connection.busy)
    if (!take_request(connection)) return;
}

}  // namespace madeupweb
