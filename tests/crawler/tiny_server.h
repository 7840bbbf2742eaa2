// A server for tests on 127.0.0.1: raw sockets and own threads, so that a test writes every byte of an answer itself.
// Every wait in it ends by itself; the destructor hangs up on everybody and joins.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace crawler::testing {

class TinyServer {
 public:
  class Peer {
   public:
    int nth = 0;          // request of this connection, from 1
    std::string request;  // its head

    bool send(std::string_view bytes) {
      while (!bytes.empty()) {
        const ssize_t n = ssl_ != nullptr ? SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()))
                                          : ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (n <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(n));
      }
      return true;
    }
    void wait_for_hang_up() {
      char byte = 0;
      while (receive(&byte, 1) > 0) {
      }
    }
    void reset() {  // RST instead of FIN
      const linger hard{1, 0};
      setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    }

   private:
    friend class TinyServer;
    ssize_t receive(char* into, std::size_t size) {
      return ssl_ != nullptr ? SSL_read(ssl_, into, static_cast<int>(size)) : recv(fd_, into, size, 0);
    }
    bool read_request() {
      request.clear();
      char buffer[4096];
      while (request.find("\r\n\r\n") == std::string::npos) {
        const ssize_t n = receive(buffer, sizeof buffer);
        if (n <= 0) return false;
        request.append(buffer, static_cast<std::size_t>(n));
      }
      ++nth;
      return true;
    }
    int fd_ = -1;
    SSL* ssl_ = nullptr;
  };

  // Answers one request; true keeps the connection for the next. With `at_once` it is called when a connection is
  // accepted, before anything is read.
  using Handler = std::function<bool(Peer&)>;

  explicit TinyServer(Handler handler, SSL_CTX* tls = nullptr, bool at_once = false)
      : handler_(std::move(handler)), tls_(tls), at_once_(at_once) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener_, 256) != 0) std::abort();
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    if (pipe(stop_) != 0) std::abort();
    acceptor_ = std::thread([this] { accept_all(); });
  }

  ~TinyServer() {
    (void)!write(stop_[1], "x", 1);
    acceptor_.join();
    {
      std::lock_guard lock(mutex_);
      for (int fd : open_) shutdown(fd, SHUT_RDWR);
    }
    for (std::thread& thread : threads_) thread.join();
    for (int fd : {listener_, stop_[0], stop_[1]}) close(fd);
  }

  std::uint16_t port() const { return port_; }
  int connections() const { return connections_; }  // accepted so far
  int closed() const { return closed_; }            // and ended
  std::vector<std::string> requests() const {
    std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  void accept_all() {
    sigset_t pipe_signal;  // OpenSSL writes without MSG_NOSIGNAL; the threads of the connections inherit this
    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_signal, nullptr);
    for (;;) {
      pollfd fds[2] = {{listener_, POLLIN, 0}, {stop_[0], POLLIN, 0}};
      poll(fds, 2, -1);
      if (fds[1].revents != 0) return;
      const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) continue;
      const timeval patience{20, 0};
      setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
      setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
      {
        std::lock_guard lock(mutex_);
        open_.push_back(fd);
      }
      ++connections_;
      threads_.emplace_back([this, fd] { serve(fd); });
    }
  }

  void serve(int fd) {
    Peer peer;
    peer.fd_ = fd;
    if (tls_ != nullptr) {
      peer.ssl_ = SSL_new(tls_);
      SSL_set_fd(peer.ssl_, fd);
    }
    if (at_once_) {
      handler_(peer);
    } else if (peer.ssl_ == nullptr || SSL_accept(peer.ssl_) == 1) {
      while (peer.read_request()) {
        {
          std::lock_guard lock(mutex_);
          requests_.push_back(peer.request);
        }
        if (!handler_(peer)) break;
      }
    }
    SSL_free(peer.ssl_);
    {
      std::lock_guard lock(mutex_);
      std::erase(open_, fd);
      close(fd);
    }
    ++closed_;
  }

  const Handler handler_;
  SSL_CTX* const tls_;
  const bool at_once_;
  int listener_ = -1, stop_[2] = {-1, -1};
  std::uint16_t port_ = 0;
  std::atomic<int> connections_{0}, closed_{0};
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::vector<int> open_;
  std::thread acceptor_;
  std::vector<std::thread> threads_;  // grown by the acceptor, joined after it
};

}  // namespace crawler::testing
