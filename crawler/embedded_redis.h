// A private redis-server on a Unix socket, child of this process: where `crawl` keeps its frontier.
// Started and stopped on the main thread, because the child is made to die with the thread that started it.
// Owned by the daemon.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace crawler {

struct EmbeddedRedisOptions {
  std::filesystem::path dir;             // storage.dir; the server keeps to DIR/redis
  std::string program = "redis-server";  // a path, or a name looked up in PATH and the usual folders
  std::string appendfsync = "everysec";
  int lock_fd = -1;  // the open file that holds DIR's flock; the child inherits it, so DIR stays locked while it lives
  std::chrono::nanoseconds start_deadline = std::chrono::seconds(10);  // to the first answer
  std::chrono::nanoseconds load_deadline = std::chrono::minutes(30);   // to the end of "loading its log"
  std::function<bool()> keep_waiting;  // asked every few ms until ready; false gives up. May be empty
};

class EmbeddedRedis {
 public:
  // Returns when the server answers PONG, or nothing with one line in `error`: program not found, it ended at once, a
  // deadline passed. A server left behind by a killed run is on its way out: it is waited for, up to 5 s.
  static std::optional<EmbeddedRedis> start(const EmbeddedRedisOptions& options, std::string& error);

  EmbeddedRedis(EmbeddedRedis&& other) noexcept;
  EmbeddedRedis& operator=(EmbeddedRedis&& other) noexcept;
  ~EmbeddedRedis() { stop(); }

  const std::string& socket_path() const { return socket_; }
  pid_t pid() const { return pid_; }

  bool running();  // false once the child has ended by itself

  // SHUTDOWN (its log is synced), 10 s for that, then SIGKILL. Again: nothing.
  void stop();

 private:
  EmbeddedRedis() = default;
  bool await_pong(const EmbeddedRedisOptions& options, std::string& error);
  bool await_end(std::chrono::nanoseconds limit);

  std::string socket_;
  std::filesystem::path short_dir_;  // made where DIR is too long for a socket path; else empty
  pid_t pid_ = -1;
  int exit_status_ = 0;
};

}  // namespace crawler
