// The server's half that answers: from a request's bytes to an answer's last.
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "madeupweb_connection.h"
#include "madeupweb_site.h"

namespace madeupweb {
namespace {
constexpr std::int64_t kMillisecond = 1'000'000, kHoldAtMost = 120'000 * kMillisecond;
constexpr std::uint64_t kHeldBytes = 1024;
}  // namespace

bool Server::take_request(Connection& connection) {
  bool bad = false;
  const auto request = parse_request(connection.in, bad);
  if (!request) {
    if (bad) close(connection, false);
    return false;
  }
  Answer answer = respond_({request->method, request->target, request->head, connection.host});
  if (!request->keep && answer.end == Answer::End::keep) answer.end = Answer::End::close;
  if (options_.close && answer.end == Answer::End::keep) answer.end = Answer::End::close;
  answer.delay_ms += options_.latency_ms;
  const std::string address = connection.host < 0 ? "127.0.0.1" : host_address(connection.host);
  log_.add(connection.arrived, request->host.empty() ? address : request->host, request->target, answer.status);
  const bool head_only = request->method == "HEAD";
  connection.in.erase(0, request->length);
  connection.arrived = connection.last_read;  // of what may follow already
  return begin(connection, head_only, std::move(answer));
}

bool Server::begin(Connection& connection, bool head_only, Answer answer) {
  connection.busy = true;
  connection.sent = 0;
  connection.out.clear();
  if (head_only) answer.chunked = false;
  if (answer.status != 0)
    connection.out =
        answer_head(answer, answer.body.size() + answer.filler + answer.missing, answer.end == Answer::End::keep);
  connection.drip_from = connection.out.size();
  if (head_only) {
    answer.filler = 0;
  } else {
    connection.out += answer.body;
  }
  if (answer.hold && answer.filler > 0) count_held();
  connection.answer = std::move(answer);
  if (connection.answer.end == Answer::End::hang) return false;
  if (connection.answer.delay_ms > 0) {
    connection.delayed = true;
    at(monotonic_ns() + connection.answer.delay_ms * kMillisecond, connection);
    return false;
  }
  return flush(connection);
}

// True when the whole answer has been sent and the connection is free for the next request.
bool Server::flush(Connection& connection) {
  if (!connection.busy || connection.delayed || connection.answer.end == Answer::End::hang) return false;
  for (;;) {
    if (connection.sent == connection.out.size()) {
      if (connection.answer.filler == 0) return finish(connection);
      if (!refill(connection)) return false;
    }
    std::size_t room = connection.out.size() - connection.sent;
    const bool drips = connection.answer.drip_ms > 0;
    if (drips) room = connection.sent < connection.drip_from ? connection.drip_from - connection.sent : 1;
    const ssize_t n = ::send(connection.fd, connection.out.data() + connection.sent, room, MSG_NOSIGNAL);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
      want_write(connection, true);
      return false;
    }
    if (n < 0) {
      close(connection, false);
      return false;
    }
    connection.sent += static_cast<std::size_t>(n);
    if (drips && connection.sent < connection.out.size()) {
      want_write(connection, false);
      connection.delayed = true;
      at(monotonic_ns() + connection.answer.drip_ms * kMillisecond, connection);
      return false;
    }
  }
}

bool Server::refill(Connection& connection) {
  auto& left = connection.answer.filler;
  std::uint64_t held_back = 0;
  if (connection.answer.hold && hold_ != Hold::open) held_back = hold_ == Hold::bodies ? left : kHeldBytes;
  if (left <= held_back) {
    want_write(connection, false);
    return false;
  }
  const auto slice = std::min<std::uint64_t>(left - held_back, filler_.size());
  connection.out.assign(filler_, 0, slice);
  connection.sent = 0;
  left -= slice;
  return true;
}

bool Server::finish(Connection& connection) {
  if (connection.answer.end != Answer::End::keep) {
    close(connection, connection.answer.end == Answer::End::reset);
    return false;
  }
  want_write(connection, false);
  connection.busy = false;
  return true;
}

void Server::close(Connection& connection, bool hard) {
  const int fd = connection.fd;
  if (hard) {
    const linger now{1, 0};  // RST
    ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  }
  connections_[static_cast<std::size_t>(fd)].reset();
  ::close(fd);
}

void Server::want_write(Connection& connection, bool wanted) {
  if (connection.writes == wanted) return;
  connection.writes = wanted;
  epoll_event event{};
  event.events = wanted ? EPOLLIN | EPOLLOUT : EPOLLIN;
  event.data.u64 = static_cast<std::uint64_t>(connection.generation) << 32 | static_cast<std::uint32_t>(connection.fd);
  ::epoll_ctl(epoll_, EPOLL_CTL_MOD, connection.fd, &event);
}

void Server::at(std::int64_t due, const Connection& connection) {
  timers_.push({due, connection.fd, connection.generation});
}

void Server::count_held() {
  if (hold_ == Hold::open) return;
  ++held_;
  if (held_ == 1) timers_.push({monotonic_ns() + kHoldAtMost, kEndOfHold, 0});
  if (held_ != options_.hold) return;
  std::printf("held %d\n", held_);
  std::fflush(stdout);
  const auto now = monotonic_ns();
  timers_.push({now, kBodiesMayGo, 0});
  timers_.push({now + options_.hold_ms * kMillisecond, kEndOfHold, 0});
}

void Server::loosen(Hold hold) {
  hold_ = hold;
  for (std::size_t fd = 0; fd < connections_.size(); ++fd) {
    auto* connection = connections_[fd].get();
    if (connection && connection->busy && connection->answer.hold && flush(*connection)) serve_next(*connection);
  }
}

}  // namespace madeupweb
