// A redis-server of the test's own, on a unix socket in a temporary folder, and a client that waits for its answers.
// One thread. The server is killed by its pid, and the folder removed, when the object goes or the test dies.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "frontier/redis_connection.h"
#include "tests/crawler/test_loop.h"

namespace frontier::testing {

using crawler::testing::TestLoop;

class PrivateRedis {
 public:
  static bool available() { return std::system("command -v redis-server >/dev/null 2>&1") == 0; }

  explicit PrivateRedis(std::vector<std::string> options = {}) : options_(std::move(options)) {
    std::string pattern = ::testing::TempDir() + "frontier-redis-XXXXXX";
    dir_ = mkdtemp(pattern.data());
  }
  ~PrivateRedis() {
    kill();
    std::filesystem::remove_all(dir_);
  }
  PrivateRedis(const PrivateRedis&) = delete;
  PrivateRedis& operator=(const PrivateRedis&) = delete;

  // Returns when it accepts connections; false: it did not within 20 s.
  bool start() {
    std::vector<std::string> words = {"redis-server", "--dir", dir_,     "--unixsocket", socket(), "--save", "",
                                      "--port",       "0",     "--bind", "127.0.0.1"};
    words.insert(words.end(), options_.begin(), options_.end());
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    int log[2];
    if (pipe2(log, O_CLOEXEC) != 0) return false;
    const pid_t parent = getpid();
    pid_ = fork();
    if (pid_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (getppid() != parent) _exit(1);
      dup2(log[1], STDOUT_FILENO);
      dup2(log[1], STDERR_FILENO);
      execvp(argv[0], argv.data());
      _exit(127);
    }
    close(log[1]);
    const bool ready = pid_ > 0 && says_ready(log[0]);
    close(log[0]);
    return ready;
  }

  // kill -9: what was not in the append-only file is gone.
  void kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    waitpid(std::exchange(pid_, -1), nullptr, 0);
  }
  void stall() const { ::kill(pid_, SIGSTOP); }
  void go_on() const { ::kill(pid_, SIGCONT); }

  std::string socket() const { return dir_ + "/redis.sock"; }
  RedisAddress address() const {
    RedisAddress address;
    address.unix_path = socket();
    return address;
  }

 private:
  static bool says_ready(int log) {
    std::string said;
    char piece[4096];
    pollfd waiting{log, POLLIN, 0};
    while (poll(&waiting, 1, 20'000) == 1) {
      const ssize_t n = read(log, piece, sizeof piece);
      if (n <= 0) break;
      said.append(piece, static_cast<std::size_t>(n));
      if (said.find("ready to accept connections") != said.npos) return true;
    }
    ADD_FAILURE() << "redis-server does not start:\n" << said;
    return false;
  }

  std::vector<std::string> options_;
  std::string dir_;
  pid_t pid_ = -1;
};

// Options of a server that is a cluster by itself, once it is told to hold all slots. The cluster's bus cannot be
// without a port: one that was free a moment ago.
inline std::vector<std::string> cluster_of_one() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t size = sizeof address;
  bind(fd, reinterpret_cast<sockaddr*>(&address), size);
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  close(fd);
  return {"--cluster-enabled", "yes", "--cluster-port", std::to_string(ntohs(address.sin_port))};
}

// A reply that outlives its callback.
struct Answer {
  bool lost = false, error = false, nil = false;
  std::string text;
  std::int64_t integer = 0;
  std::vector<Answer> items;

  static Answer of(const Reply& reply) {
    Answer answer{reply.lost(), reply.is_error(), reply.is_nil(), std::string(reply.text()), reply.integer(), {}};
    for (std::size_t i = 0; i < reply.size(); ++i) answer.items.push_back(of(reply.at(i)));
    return answer;
  }
  std::vector<std::string> texts() const {
    std::vector<std::string> all;
    for (const Answer& item : items) all.push_back(item.text);
    return all;
  }
};

// A connection that is closed at the end, and asked as if it blocked.
class Client {
 public:
  Client(TestLoop& loop, const RedisAddress& address, RedisOptions options = {})
      : loop_(loop), connection_(loop.get(), address, std::move(options)) {
    connection_.on_up([this](bool again) { ups_.push_back(again); });
    connection_.connect();
  }
  ~Client() { close(); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  Answer ask(std::vector<std::string_view> argv) {  // an error is an answer
    return wait([&](auto done) { connection_.attempt(std::move(argv), done); });
  }
  Answer ask(const Script& script, const std::vector<std::string>& keys, const std::vector<std::string_view>& args) {
    return wait([&](auto done) { connection_.script(script, keys, args, done); });
  }
  [[nodiscard]] bool run_until(const std::function<bool()>& holds) { return loop_.run_until(holds); }
  void close() {
    if (std::exchange(closed_, true)) return;
    bool gone = false;
    connection_.close([&gone] { gone = true; });
    EXPECT_TRUE(loop_.run_until([&gone] { return gone; }));
  }

  RedisConnection& connection() { return connection_; }
  const std::vector<bool>& ups() const { return ups_; }  // what on_up was called with

 private:
  Answer wait(const std::function<void(RedisConnection::Callback)>& give) {
    auto answer = std::make_shared<std::optional<Answer>>();
    give([answer](const Reply& reply) { *answer = Answer::of(reply); });
    EXPECT_TRUE(loop_.run_until([&answer] { return answer->has_value(); })) << connection_.error();
    return answer->value_or(Answer{.lost = true});
  }

  TestLoop& loop_;
  RedisConnection connection_;
  std::vector<bool> ups_;
  bool closed_ = false;
};

}  // namespace frontier::testing
