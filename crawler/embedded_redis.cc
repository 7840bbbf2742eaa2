#include "crawler/embedded_redis.h"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <thread>
#include <utility>

#include "crawler/embedded_redis_child.h"

namespace crawler {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kStep(2);
constexpr seconds kLeftoverDeadline(5), kStopDeadline(10);

// A connection of one command; closes itself.
class Line {
 public:
  explicit Line(const std::string& path) : fd_(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), std::min(path.size(), sizeof address.sun_path - 1));
    up_ = fd_ >= 0 && connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  Line(const Line&) = delete;
  ~Line() {
    if (fd_ >= 0) close(fd_);
  }
  bool up() const { return up_; }

  // Sends one inline command; the start of the answer, empty if none came in time.
  std::string ask(std::string_view command, milliseconds limit) {
    if (!up_ || send(fd_, command.data(), command.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(command.size()))
      return "";
    pollfd waiting{fd_, POLLIN, 0};
    char answer[256];
    if (poll(&waiting, 1, static_cast<int>(limit.count())) != 1) return "";
    const ssize_t n = recv(fd_, answer, sizeof answer, 0);
    return n > 0 ? std::string(answer, static_cast<std::size_t>(n)) : "";
  }

 private:
  int fd_;
  bool up_ = false;
};

std::string last_line(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  const auto size = std::max<std::streamoff>(in.tellg(), 0);
  in.seekg(std::max<std::streamoff>(size - 4096, 0));
  std::string line, last;
  while (std::getline(in, line))
    if (!line.empty()) last = line;
  return last;
}

std::string how_it_ended(int status) {
  if (WIFSIGNALED(status)) return "by signal " + std::to_string(WTERMSIG(status));
  return "with exit code " + std::to_string(WEXITSTATUS(status));
}

// A folder whose path is short enough for a socket; empty if none can be made.
std::filesystem::path make_short_dir() {
  for (const char* name : {"RUNTIME_DIRECTORY", "XDG_RUNTIME_DIR", ""}) {
    const char* parent = *name ? std::getenv(name) : "/tmp";
    if (!parent || !*parent) continue;
    std::string pattern = std::string(parent) + "/decorum-XXXXXX";
    if (pattern.size() < 80 && mkdtemp(pattern.data())) return pattern;
  }
  return {};
}

std::vector<std::string> command_line(const std::string& program, const EmbeddedRedisOptions& options,
                                      const std::string& home, const std::string& socket) {
  return {program,
          "--port",
          "0",
          "--unixsocket",
          socket,
          "--unixsocketperm",
          "700",
          "--dir",
          home,
          "--appendonly",
          "yes",
          "--appendfsync",
          options.appendfsync,
          "--save",
          "",
          "--daemonize",
          "no",
          "--supervised",
          "no",
          "--maxmemory-policy",
          "noeviction",
          "--pidfile",
          home + "/redis.pid",
          "--logfile",
          ""};
}

}  // namespace

EmbeddedRedis::EmbeddedRedis(EmbeddedRedis&& other) noexcept
    : socket_(std::move(other.socket_)),
      short_dir_(std::exchange(other.short_dir_, {})),
      pid_(std::exchange(other.pid_, -1)),
      exit_status_(other.exit_status_) {}

EmbeddedRedis& EmbeddedRedis::operator=(EmbeddedRedis&& other) noexcept {
  std::swap(socket_, other.socket_);
  std::swap(short_dir_, other.short_dir_);
  std::swap(pid_, other.pid_);
  std::swap(exit_status_, other.exit_status_);
  return *this;
}

std::optional<EmbeddedRedis> EmbeddedRedis::start(const EmbeddedRedisOptions& options, std::string& error) {
  assert(gettid() == getpid());
  const auto program = find_program(options.program);
  if (!program) {
    error = options.program + ": program not found; install Debian's package redis-server, or set redis.server";
    return std::nullopt;
  }
  std::error_code code;
  const std::filesystem::path home = std::filesystem::absolute(options.dir / "redis", code).lexically_normal();
  if (!code) std::filesystem::create_directories(home, code);
  if (code) {
    error = (options.dir / "redis").string() + " cannot be made: " + code.message();
    return std::nullopt;
  }

  EmbeddedRedis redis;
  redis.socket_ = home / "redis.sock";
  if (redis.socket_.size() >= sizeof(sockaddr_un::sun_path)) {
    redis.short_dir_ = make_short_dir();
    if (redis.short_dir_.empty()) {
      error = redis.socket_ + " is too long for a socket, and no shorter place could be made";
      return std::nullopt;
    }
    redis.socket_ = redis.short_dir_ / "redis.sock";
  }
  for (const auto end = Clock::now() + kLeftoverDeadline; Line(redis.socket_).up();) {
    if (Clock::now() > end) {
      error = "another redis-server is still running on " + redis.socket_;
      return std::nullopt;
    }
    std::this_thread::sleep_for(kStep);
  }
  redis.pid_ =
      spawn_child(command_line(*program, options, home, redis.socket_), home / "redis.log", options.lock_fd, error);
  if (redis.pid_ < 0 || !redis.await_pong(options, error)) return std::nullopt;
  return redis;
}

bool EmbeddedRedis::await_pong(const EmbeddedRedisOptions& options, std::string& error) {
  const auto begin = Clock::now();
  bool loading = false;
  while (true) {
    const std::string answer = Line(socket_).ask("PING\r\n", milliseconds(100));
    if (answer.starts_with("+PONG")) return true;
    loading = loading || answer.starts_with("-LOADING");
    const std::filesystem::path log = std::filesystem::absolute(options.dir / "redis/redis.log");
    if (!running()) {
      error = "redis-server ended at its start, " + how_it_ended(exit_status_) + ": " + last_line(log);
      return false;
    }
    if (Clock::now() - begin > (loading ? options.load_deadline : options.start_deadline)) {
      error = "redis-server did not become ready in time; see " + log.string();
      return false;
    }
    if (options.keep_waiting && !options.keep_waiting()) {
      error = "stopped while redis-server was loading its log";
      return false;
    }
    std::this_thread::sleep_for(kStep);
  }
}

bool EmbeddedRedis::running() {
  if (pid_ > 0 && waitpid(pid_, &exit_status_, WNOHANG) == pid_) pid_ = -1;
  return pid_ > 0;
}

bool EmbeddedRedis::await_end(std::chrono::nanoseconds limit) {
  for (const auto end = Clock::now() + limit; running();) {
    if (Clock::now() > end) return false;
    std::this_thread::sleep_for(kStep);
  }
  return true;
}

void EmbeddedRedis::stop() {
  if (running()) {
    Line line(socket_);
    if (line.ask("SHUTDOWN\r\n", milliseconds(500)).empty() && running()) kill(pid_, SIGTERM);
    if (!await_end(kStopDeadline)) {
      kill(pid_, SIGKILL);
      await_end(kStopDeadline);
    }
  }
  if (!short_dir_.empty()) {
    std::error_code ignored;
    std::filesystem::remove_all(std::exchange(short_dir_, {}), ignored);
  }
}

}  // namespace crawler
