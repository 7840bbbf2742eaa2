// A TCP client that sends what it is told, byte by byte if need be, and reads until the other side is done.
// Every wait has a deadline. Used by one test thread.
#pragma once

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <string_view>

namespace admin {

class RawClient {
 public:
  explicit RawClient(const std::string& address) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const std::size_t colon = address.rfind(':');
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1))));
    inet_pton(AF_INET, address.substr(0, colon).c_str(), &to.sin_addr);
    connected_ = connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
  }
  ~RawClient() { close(socket_); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool connected() const { return connected_; }

  // False once the other side takes no more.
  bool send(std::string_view data) {
    while (!data.empty()) {
      const ssize_t n = ::send(socket_, data.data(), data.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      data.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }

  // Waits up to `patience` for the answer to go on; false when it has ended (or the connection has).
  bool more(std::chrono::milliseconds patience) {
    pollfd fd{socket_, POLLIN, 0};
    if (poll(&fd, 1, static_cast<int>(patience.count())) <= 0) return true;
    char buffer[4096];
    const ssize_t n = recv(socket_, buffer, sizeof buffer, 0);
    if (n > 0) answer_.append(buffer, static_cast<std::size_t>(n));
    return n > 0;
  }

  // Everything up to the end of the connection, or what came in ten seconds.
  const std::string& read() {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (std::chrono::steady_clock::now() < until && more(std::chrono::seconds(1))) {
    }
    return answer_;
  }
  const std::string& answer() const { return answer_; }

 private:
  const int socket_;
  bool connected_ = false;
  std::string answer_;
};

}  // namespace admin
