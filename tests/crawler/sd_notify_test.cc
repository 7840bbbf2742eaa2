#include "crawler/sd_notify.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>

namespace crawler {
namespace {

using std::chrono::microseconds;

// What systemd listens on: a datagram socket, here with an abstract name.
class NotifierTest : public testing::Test {
 protected:
  NotifierTest() {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    name_.copy(address.sun_path, name_.size());
    address.sun_path[0] = '\0';
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name_.size());
    EXPECT_EQ(bind(fd_, reinterpret_cast<const sockaddr*>(&address), length), 0);
  }
  ~NotifierTest() override {
    close(fd_);
    for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) unsetenv(name);
  }
  std::string received() {
    char buffer[4096];
    const ssize_t n = recv(fd_, buffer, sizeof buffer, MSG_DONTWAIT);
    return n < 0 ? "" : std::string(buffer, static_cast<std::size_t>(n));
  }

  const std::string name_ = "@decorum-notify-" + std::to_string(getpid());
  const int fd_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
};

TEST_F(NotifierTest, SaysWhatItIsTold) {
  const Notifier notifier(name_, microseconds(30'000'000));
  EXPECT_TRUE(notifier.enabled());
  notifier.ready("waiting for seeds");
  EXPECT_EQ(received(), "READY=1\nSTATUS=waiting for seeds\n");
  notifier.ready();
  EXPECT_EQ(received(), "READY=1\n");
  notifier.status("3 pages");
  EXPECT_EQ(received(), "STATUS=3 pages\n");
  notifier.watchdog();
  EXPECT_EQ(received(), "WATCHDOG=1\n");
  notifier.extend_timeout(std::chrono::seconds(5));
  EXPECT_EQ(received(), "EXTEND_TIMEOUT_USEC=5000000\n");
  notifier.stopping();
  EXPECT_EQ(received(), "STOPPING=1\n");
}

TEST_F(NotifierTest, AStatusCannotCarryAnotherAssignment) {
  Notifier(name_).status("evil\nREADY=1\r\x1b[0m");
  EXPECT_EQ(received(), "STATUS=evil READY=1  [0m\n");
}

TEST_F(NotifierTest, ReadsTheEnvironment) {
  setenv("NOTIFY_SOCKET", name_.c_str(), 1);
  setenv("WATCHDOG_USEC", "30000000", 1);
  EXPECT_EQ(Notifier::from_environment().watchdog_interval(), microseconds(10'000'000));
  setenv("WATCHDOG_PID", std::to_string(getpid()).c_str(), 1);
  EXPECT_EQ(Notifier::from_environment().watchdog_interval(), microseconds(10'000'000));
  Notifier::from_environment().ready();
  EXPECT_EQ(received(), "READY=1\n");
}

TEST_F(NotifierTest, AWatchdogMeantForAnotherProcessIsNotOurs) {
  setenv("NOTIFY_SOCKET", name_.c_str(), 1);
  setenv("WATCHDOG_USEC", "30000000", 1);
  setenv("WATCHDOG_PID", "1", 1);
  const Notifier notifier = Notifier::from_environment();
  EXPECT_EQ(notifier.watchdog_interval(), std::nullopt);
  notifier.watchdog();
  EXPECT_EQ(received(), "");
}

TEST_F(NotifierTest, UnreadableIntervalsAreNone) {
  setenv("NOTIFY_SOCKET", name_.c_str(), 1);
  for (const char* text : {"", "0", "-5", "soon", "5s"}) {
    setenv("WATCHDOG_USEC", text, 1);
    EXPECT_EQ(Notifier::from_environment().watchdog_interval(), std::nullopt) << text;
  }
}

TEST_F(NotifierTest, WithoutASocketNothingHappens) {
  const Notifier none = Notifier::from_environment();
  EXPECT_FALSE(none.enabled());
  none.ready();
  Notifier("/nowhere/socket").ready();
  Notifier("/" + std::string(200, 'x')).ready();
  EXPECT_EQ(received(), "");
}

}  // namespace
}  // namespace crawler
