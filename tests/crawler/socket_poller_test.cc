#include "crawler/socket_poller.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <vector>

#include "tests/crawler/test_loop.h"

namespace crawler {
namespace {

class SocketPollerTest : public ::testing::Test {
 protected:
  void TearDown() override {
    bool closed = false;
    poller.close([&] { closed = true; });
    EXPECT_TRUE(loop.run_until([&] { return closed; }));
  }

  testing::TestLoop loop;
  std::vector<int> readable;
  SocketPoller poller{loop.get(), [this](int fd, unsigned) { readable.push_back(fd); }, [] {}};
};

TEST_F(SocketPollerTest, ANewSocketOfAnOldNumberIsWatchedLikeTheOldOne) {
  int old[2], fresh[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, old), 0);
  poller.watch(old[0], true, false);
  uv_run(loop.get(), UV_RUN_NOWAIT);
  close(old[0]);
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, fresh), 0);
  ASSERT_EQ(fresh[0], old[0]) << "the lowest number that is free";
  poller.renew(fresh[0]);
  ASSERT_EQ(write(fresh[1], "x", 1), 1);
  ASSERT_TRUE(loop.run_until([&] { return !readable.empty(); }));
  EXPECT_EQ(readable.front(), fresh[0]);
  poller.watch(fresh[0], false, false);
  for (const int fd : {old[1], fresh[0], fresh[1]}) close(fd);
}

TEST_F(SocketPollerTest, ANumberThatIsNotWatchedStaysSo) {
  int pair[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
  poller.renew(pair[0]);
  ASSERT_EQ(write(pair[1], "x", 1), 1);
  for (int i = 0; i < 3; ++i) uv_run(loop.get(), UV_RUN_NOWAIT);
  EXPECT_TRUE(readable.empty());
  for (const int fd : pair) close(fd);
}

}  // namespace
}  // namespace crawler
