// Listens on every host's address and speaks HTTP/1.1 on kept connections: epoll, one thread.
// Owned by main().
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <queue>
#include <string>
#include <vector>

#include "madeupweb_answer.h"
#include "madeupweb_log.h"
#include "madeupweb_options.h"

namespace madeupweb {

class Server {
 public:
  using Respond = std::function<Answer(const Request&)>;

  Server(const Options& options, Log& log);
  ~Server();

  bool listen(std::string& error);  // takes port 0 as "a free one"
  int port() const { return port_; }
  void run(Respond respond, const volatile int& stop);  // until `stop` is set by a signal handler

 private:
  struct Connection;
  enum class Hold {
    bodies,
    ends,
    open
  };  // what is kept back of /behave/big: all but the head, the last bytes, nothing
  static constexpr int kEndOfHold = -1, kBodiesMayGo = -2;
  struct Timer {
    std::int64_t due;
    int fd;  // or what happens to --hold
    std::uint32_t generation;
    bool operator<(const Timer& other) const { return due > other.due; }
  };

  bool listen_on(int port, std::string& error);
  int next_timeout() const;
  void run_timers();
  void accept_all(std::size_t listener);
  void ready(Connection& connection, std::uint32_t events);
  void read_more(Connection& connection);
  void serve_next(Connection& connection);

  // madeupweb_sending.cc. The bools: false where nothing is left to do now, the connection being perhaps gone.
  bool take_request(Connection& connection);
  bool begin(Connection& connection, bool head_only, Answer answer);
  bool flush(Connection& connection);
  bool refill(Connection& connection);
  bool finish(Connection& connection);
  void close(Connection& connection, bool hard);
  void want_write(Connection& connection, bool wanted);
  void at(std::int64_t due, const Connection& connection);
  void count_held();
  void loosen(Hold hold);

  const Options& options_;
  Log& log_;
  Respond respond_;
  int epoll_ = -1, port_ = 0;
  std::vector<int> listeners_;                            // [0]: the directory on 127.0.0.1, [i + 1]: host i
  std::vector<std::unique_ptr<Connection>> connections_;  // by fd
  std::uint32_t generation_ = 0;
  std::priority_queue<Timer> timers_;
  int held_ = 0;  // /behave/big answers begun
  Hold hold_;
  const std::string filler_;
};

}  // namespace madeupweb
