// One accepted connection: reads within a byte bound and a deadline, writes within a deadline, closes so that the
// other side still gets what was sent. Lives on the thread that answers it; cut() may come from another.
#pragma once

#include <sys/types.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <string>

namespace admin {

inline constexpr std::size_t kMaxHead = 32 * 1024;  // request line and header fields together

class Connection {
 public:
  Connection(int socket, std::chrono::milliseconds deadline);
  ~Connection();  // after an answer lingers briefly over unread input, else the reset would eat it; then closes
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Some bytes of the head; 0 at its end, -1 past kMaxHead, past the deadline or on an error.
  ssize_t read_head(char* out, std::size_t size);

  // Exactly `length` bytes that follow the head; false where they do not come in time.
  bool read_body(std::size_t length, std::string& out);

  ssize_t write(const char* data, std::size_t size);  // all of it, or -1

  void restart_clock();  // the request is over; the answer gets a deadline of its own

  bool head_too_large() const { return head_bytes_ >= kMaxHead; }
  bool timed_out() const { return timed_out_; }
  int socket() const { return socket_; }

  static void cut(int socket);  // nothing more is read from it; answers still go out

 private:
  using Clock = std::chrono::steady_clock;

  bool wait(short events);  // until the deadline
  bool fill();

  const int socket_;
  const std::chrono::milliseconds deadline_;
  Clock::time_point until_;
  bool timed_out_ = false, wrote_ = false;
  std::size_t head_bytes_ = 0;
  std::array<char, 4096> buffer_;
  std::size_t begin_ = 0, end_ = 0;  // unread part of buffer_
};

}  // namespace admin
