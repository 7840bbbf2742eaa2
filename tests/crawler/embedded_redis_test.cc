#include "crawler/embedded_redis.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

namespace crawler {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::StartsWith;

// One inline command on a fresh connection; everything of its answer that comes in one piece.
std::string ask(const std::string& path, const std::string& command) {
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  std::string answer(4096, '\0');
  ssize_t n = 0;
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    const std::string line = command + "\r\n";
    n = send(fd, line.data(), line.size(), MSG_NOSIGNAL) > 0 ? recv(fd, answer.data(), answer.size(), 0) : 0;
  }
  close(fd);
  answer.resize(static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
  return answer;
}

// Whether the process, which need not be our child, ends within 10 s.
bool ends(pid_t pid) {
  const int fd = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  if (fd < 0) return errno == ESRCH;
  pollfd waiting{fd, POLLIN, 0};
  const bool ended = poll(&waiting, 1, 10'000) == 1;
  close(fd);
  return ended;
}

class EmbeddedRedisTest : public testing::Test {
 protected:
  EmbeddedRedisTest() {
    std::string pattern = testing::TempDir() + "decorum-redis-XXXXXX";
    options_.dir = mkdtemp(pattern.data());
  }
  ~EmbeddedRedisTest() override { std::filesystem::remove_all(options_.dir); }

  EmbeddedRedis started() {
    auto redis = EmbeddedRedis::start(options_, error_);
    EXPECT_TRUE(redis) << error_;
    if (!redis) throw std::runtime_error(error_);
    return std::move(*redis);
  }
  std::string script(const std::string& text) {
    const std::string path = options_.dir / "program";
    std::ofstream(path) << "#!/bin/sh\n" << text << "\n";
    chmod(path.c_str(), 0700);
    return path;
  }

  EmbeddedRedisOptions options_;
  std::string error_;
};

TEST_F(EmbeddedRedisTest, AnswersOnAPrivateSocketWithItsLogOn) {
  EmbeddedRedis redis = started();
  EXPECT_EQ(redis.socket_path(), (options_.dir / "redis/redis.sock").string());
  EXPECT_EQ(ask(redis.socket_path(), "PING"), "+PONG\r\n");
  EXPECT_THAT(ask(redis.socket_path(), "CONFIG GET appendonly"), HasSubstr("\r\nyes\r\n"));
  EXPECT_THAT(ask(redis.socket_path(), "CONFIG GET maxmemory-policy"), HasSubstr("\r\nnoeviction\r\n"));
  EXPECT_THAT(ask(redis.socket_path(), "CONFIG GET port"), HasSubstr("\r\n0\r\n"));
  EXPECT_THAT(ask(redis.socket_path(), "CONFIG GET save"), HasSubstr("$0\r\n"));
  struct stat info {};
  ASSERT_EQ(stat(redis.socket_path().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
}

TEST_F(EmbeddedRedisTest, SyncsAsConfigured) {
  options_.appendfsync = "always";
  EmbeddedRedis redis = started();
  EXPECT_THAT(ask(redis.socket_path(), "CONFIG GET appendfsync"), HasSubstr("always"));
}

TEST_F(EmbeddedRedisTest, KeepsDataOverAStop) {
  {
    EmbeddedRedis redis = started();
    EXPECT_EQ(ask(redis.socket_path(), "SET key value"), "+OK\r\n");
    redis.stop();
    EXPECT_FALSE(redis.running());
    redis.stop();
  }
  EmbeddedRedis redis = started();
  EXPECT_EQ(ask(redis.socket_path(), "GET key"), "$5\r\nvalue\r\n");
}

TEST_F(EmbeddedRedisTest, ItsDestructorStopsIt) {
  const pid_t pid = started().pid();
  EXPECT_EQ(kill(pid, 0), -1);
}

TEST_F(EmbeddedRedisTest, CtrlCPassesItBy) {
  EmbeddedRedis redis = started();
  EXPECT_EQ(getpgid(redis.pid()), redis.pid());
}

TEST_F(EmbeddedRedisTest, DiesWithUsAndTheNextOneGoesOn) {
  int report[2];
  ASSERT_EQ(pipe(report), 0);
  const pid_t crawler = fork();
  if (crawler == 0) {
    std::string error;
    const auto redis = EmbeddedRedis::start(options_, error);
    const pid_t pid = redis && ask(redis->socket_path(), "SET key value") == "+OK\r\n" ? redis->pid() : -1;
    if (write(report[1], &pid, sizeof pid) > 0) pause();
    _exit(0);
  }
  pid_t server = -1;
  ASSERT_EQ(read(report[0], &server, sizeof server), static_cast<ssize_t>(sizeof server));
  ASSERT_GT(server, 0);
  kill(crawler, SIGKILL);
  EmbeddedRedis redis = started();  // while the old one may still be closing its log
  EXPECT_NE(redis.pid(), server);
  EXPECT_EQ(ask(redis.socket_path(), "GET key"), "$5\r\nvalue\r\n");
  EXPECT_TRUE(ends(server));
  waitpid(crawler, nullptr, 0);
  close(report[0]);
  close(report[1]);
}

TEST_F(EmbeddedRedisTest, HoldsTheFolderLockWhileItLives) {
  const std::string lock = options_.dir / "lock";
  options_.lock_fd = open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  ASSERT_EQ(flock(options_.lock_fd, LOCK_EX | LOCK_NB), 0);
  EmbeddedRedis redis = started();
  close(options_.lock_fd);
  const int other = open(lock.c_str(), O_RDWR | O_CLOEXEC);
  EXPECT_EQ(flock(other, LOCK_EX | LOCK_NB), -1);
  redis.stop();
  EXPECT_EQ(flock(other, LOCK_EX | LOCK_NB), 0);
  close(other);
}

TEST_F(EmbeddedRedisTest, InheritsNothingElse) {
  const int open_file = open("/dev/null", O_RDONLY);  // without O_CLOEXEC, as a careless library would
  setenv("DECORUM_SECRET", "1", 1);
  options_.program = script("tr '\\0' '\\n' < /proc/$$/environ; echo files:; exec ls /proc/self/fd");
  EXPECT_FALSE(EmbeddedRedis::start(options_, error_));
  std::ostringstream log;
  log << std::ifstream(options_.dir / "redis/redis.log").rdbuf();
  EXPECT_EQ(log.str(), "files:\n0\n1\n2\n3\n");  // 3: the folder that ls reads
  close(open_file);
  unsetenv("DECORUM_SECRET");
}

TEST_F(EmbeddedRedisTest, TooLongAFolderGetsAShortSocket) {
  options_.dir /= std::string(120, 'd');
  std::string path;
  {
    EmbeddedRedis redis = started();
    path = redis.socket_path();
    EXPECT_LT(path.size(), sizeof(sockaddr_un::sun_path));
    EXPECT_EQ(ask(path, "PING"), "+PONG\r\n");
  }
  EXPECT_FALSE(std::filesystem::exists(std::filesystem::path(path).parent_path()));
  options_.dir = options_.dir.parent_path();
}

TEST_F(EmbeddedRedisTest, MissingProgramIsNamed) {
  options_.program = "no-such-redis";
  EXPECT_FALSE(EmbeddedRedis::start(options_, error_));
  EXPECT_EQ(error_, "no-such-redis: program not found; install Debian's package redis-server, or set redis.server");
}

TEST_F(EmbeddedRedisTest, WhatCannotBeExecutedIsNamed) {
  options_.program = script("");
  std::ofstream(options_.program) << "neither a script nor a program";
  EXPECT_FALSE(EmbeddedRedis::start(options_, error_));
  EXPECT_EQ(error_, options_.program + " cannot be started: Exec format error");
}

TEST_F(EmbeddedRedisTest, AnEarlyEndGivesItsLastWords) {
  options_.program = script("echo first; echo no memory left; exit 7");
  EXPECT_FALSE(EmbeddedRedis::start(options_, error_));
  EXPECT_EQ(error_, "redis-server ended at its start, with exit code 7: no memory left");
}

TEST_F(EmbeddedRedisTest, TheStartHasADeadline) {
  options_.program = script("exec sleep 100");
  options_.start_deadline = milliseconds(50);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(EmbeddedRedis::start(options_, error_));
  EXPECT_THAT(error_, StartsWith("redis-server did not become ready in time; see "));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds(9));  // and it went at the first asking
}

TEST_F(EmbeddedRedisTest, TheStartCanBeGivenUp) {
  options_.program = script("exec sleep 100");
  int asked = 0;
  options_.keep_waiting = [&] { return ++asked < 3; };
  EXPECT_FALSE(EmbeddedRedis::start(options_, error_));
  EXPECT_EQ(asked, 3);
}

TEST_F(EmbeddedRedisTest, AnUnwritableFolderIsNamed) {
  options_.dir = "/proc/nowhere";
  EXPECT_FALSE(EmbeddedRedis::start(options_, error_));
  EXPECT_THAT(error_, StartsWith("/proc/nowhere/redis cannot be made: "));
}

TEST_F(EmbeddedRedisTest, ItsDeathIsSeen) {
  EmbeddedRedis redis = started();
  const pid_t pid = redis.pid();
  EXPECT_TRUE(redis.running());
  kill(pid, SIGKILL);
  ASSERT_TRUE(ends(pid));
  EXPECT_FALSE(redis.running());
}

}  // namespace
}  // namespace crawler
