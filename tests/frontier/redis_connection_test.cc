#include "frontier/redis_connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/frontier/private_redis.h"

namespace frontier {
namespace {

using testing::Answer;
using testing::Client;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::PrivateRedis;
using testing::TestLoop;
using namespace std::chrono_literals;

constexpr Script kEcho{"return ARGV[1]", "098e0f0d1448c0a81dafe820f66d460eb09263da"};

RedisOptions quick() {
  RedisOptions options;
  options.reconnect_initial = options.reconnect_max = 10ms;
  return options;
}

class RedisConnectionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!PrivateRedis::available()) GTEST_SKIP() << "redis-server is not installed";
  }

  TestLoop loop_;
  PrivateRedis redis_{{"--appendonly", "yes", "--appendfsync", "always"}};
};

TEST_F(RedisConnectionTest, RepliesComeInTheOrderOfTheCommands) {
  ASSERT_TRUE(redis_.start());
  Client client(loop_, redis_.address(), quick());
  std::vector<std::int64_t> numbers;
  for (int i = 0; i < 1000; ++i) {
    client.connection().command({"INCR", "n"}, [&](const Reply& reply) { numbers.push_back(reply.integer()); });
  }
  EXPECT_EQ(client.connection().unanswered(), 1000u);
  ASSERT_TRUE(client.run_until([&] { return numbers.size() == 1000; }));
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(numbers[static_cast<std::size_t>(i)], i + 1);
  EXPECT_EQ(client.connection().unanswered(), 0u);
  EXPECT_EQ(client.connection().error(), "");
  EXPECT_THAT(client.ups(), ElementsAre(false));
}

TEST_F(RedisConnectionTest, BytesGoAndComeUnchanged) {
  ASSERT_TRUE(redis_.start());
  Client client(loop_, redis_.address(), quick());
  const std::string bytes("\0\r\n$5\r\n\xff \t\"", 12);
  client.ask({"SET", bytes, bytes});
  EXPECT_EQ(client.ask({"GET", bytes}).text, bytes);
  const std::string big(3 << 20, 'x');
  client.ask({"SET", "big", big});
  EXPECT_EQ(client.ask({"GET", "big"}).text, big);
}

TEST_F(RedisConnectionTest, AnErrorOfACommandIsItsAnswer) {
  ASSERT_TRUE(redis_.start());
  Client client(loop_, redis_.address(), quick());
  client.ask({"SET", "text", "x"});
  const Answer answer = client.ask({"INCR", "text"});
  EXPECT_TRUE(answer.error);
  EXPECT_THAT(answer.text, HasSubstr("not an integer"));
  EXPECT_FALSE(answer.lost);
}

TEST_F(RedisConnectionTest, WhatWasNotAnsweredIsSentAgainAfterAKillAndARestart) {
  ASSERT_TRUE(redis_.start());
  Client client(loop_, redis_.address(), quick());
  EXPECT_EQ(client.ask({"SET", "kept", "yes"}).text, "OK");
  redis_.stall();  // so that what is given now is certainly not answered
  std::vector<int> answered;
  for (int i = 0; i < 100; ++i) {
    const std::string key = "k" + std::to_string(i);
    client.connection().command({"SET", key, "v"}, [&answered, i](const Reply& reply) {
      EXPECT_EQ(reply.text(), "OK");
      answered.push_back(i);
    });
  }
  redis_.kill();
  ASSERT_TRUE(client.run_until([&] { return !client.connection().up(); }));
  EXPECT_THAT(client.connection().error(), ::testing::Not(""));
  client.connection().command({"SET", "late", "v"}, [&](const Reply&) { answered.push_back(100); });
  EXPECT_EQ(client.connection().unanswered(), 101u);
  EXPECT_TRUE(answered.empty());

  ASSERT_TRUE(redis_.start());
  ASSERT_TRUE(client.run_until([&] { return answered.size() == 101; }));
  for (int i = 0; i <= 100; ++i) EXPECT_EQ(answered[static_cast<std::size_t>(i)], i) << "each once, in order";
  EXPECT_THAT(client.ups(), ElementsAre(false, true));
  EXPECT_EQ(client.ask({"GET", "kept"}).text, "yes");
  EXPECT_EQ(client.ask({"DBSIZE"}).integer, 102);
}

TEST_F(RedisConnectionTest, OnUpIsCalledBeforeAnythingUnansweredIsSentAgain) {
  ASSERT_TRUE(redis_.start());
  RedisConnection connection(loop_.get(), redis_.address(), quick());
  std::vector<std::string> seen;
  connection.on_up([&](bool again) {
    connection.command({"ECHO", again ? "up again" : "up"}, [&](const Reply& r) { seen.emplace_back(r.text()); });
  });
  connection.command({"ECHO", "early"}, [&](const Reply& reply) { seen.emplace_back(reply.text()); });
  connection.connect();
  ASSERT_TRUE(loop_.run_until([&] { return seen.size() == 2; }));
  EXPECT_THAT(seen, ElementsAre("up", "early"));
  bool closed = false;
  connection.close([&] { closed = true; });
  ASSERT_TRUE(loop_.run_until([&] { return closed; }));
}

TEST_F(RedisConnectionTest, AnUnknownScriptIsLoadedAndCalledAgain) {
  ASSERT_TRUE(redis_.start());
  RedisOptions options = quick();
  options.scripts = {kEcho};
  Client client(loop_, redis_.address(), options);
  EXPECT_EQ(client.ask(kEcho, {}, {"one"}).text, "one");
  EXPECT_EQ(client.ask({"SCRIPT", "FLUSH"}).text, "OK");
  EXPECT_EQ(client.ask(kEcho, {}, {"two"}).text, "two");
  EXPECT_THAT(client.ups(), ElementsAre(false));
}

TEST_F(RedisConnectionTest, ARefusedConnectIsReportedAndTriedAgain) {
  Client client(loop_, redis_.address(), quick());
  ASSERT_TRUE(client.run_until([&] { return client.connection().error().starts_with("cannot connect"); }))
      << client.connection().error();
  EXPECT_FALSE(client.connection().up());
  ASSERT_TRUE(redis_.start());
  ASSERT_TRUE(client.run_until([&] { return client.connection().up(); }));
  EXPECT_EQ(client.connection().error(), "");
}

TEST_F(RedisConnectionTest, ATcpPortThatNobodyListensOnIsReportedToo) {
  RedisAddress nowhere;
  nowhere.port = 1;
  Client client(loop_, nowhere, quick());
  EXPECT_TRUE(client.run_until([&] { return client.connection().error().starts_with("cannot connect"); }));
}

TEST_F(RedisConnectionTest, AServerThatDoesNotAnswerIsLeftAfterTheCommandTimeout) {
  ASSERT_TRUE(redis_.start());
  RedisOptions options = quick();
  options.command_timeout = 200ms;
  options.connect_timeout = 200ms;
  Client client(loop_, redis_.address(), options);
  ASSERT_TRUE(client.run_until([&] { return client.connection().up(); }));
  redis_.stall();
  bool answered = false;
  client.connection().command({"PING"}, [&](const Reply& reply) { answered = reply.text() == "PONG"; });
  ASSERT_TRUE(client.run_until([&] { return !client.connection().up(); }));
  EXPECT_THAT(client.connection().error(), HasSubstr("no answer"));
  redis_.go_on();
  ASSERT_TRUE(client.run_until([&] { return answered; }));
}

TEST_F(RedisConnectionTest, AWriteIsPutOffWhileRedisIsFullAndGivenAgain) {
  ASSERT_TRUE(redis_.start());
  Client client(loop_, redis_.address(), quick());
  client.ask({"CONFIG", "SET", "maxmemory", "1"});
  bool written = false;
  client.connection().command({"SET", "k", "v"}, [&](const Reply& reply) { written = reply.text() == "OK"; });
  ASSERT_TRUE(client.run_until([&] { return client.connection().error().starts_with("OOM"); }));
  EXPECT_TRUE(client.connection().up());
  EXPECT_FALSE(written);
  EXPECT_EQ(client.connection().unanswered(), 1u);
  client.ask({"CONFIG", "SET", "maxmemory", "0"});
  ASSERT_TRUE(client.run_until([&] { return written; }));
  EXPECT_EQ(client.connection().error(), "");
}

TEST_F(RedisConnectionTest, AWrongPasswordIsReportedAndTheRightOneOpens) {
  PrivateRedis locked({"--requirepass", "right"});
  ASSERT_TRUE(locked.start());
  RedisAddress address = locked.address();
  address.password = "wrong";
  {
    Client client(loop_, address, quick());
    EXPECT_TRUE(client.run_until([&] { return client.connection().error().starts_with("WRONGPASS"); }));
    EXPECT_FALSE(client.connection().up());
  }
  address.password = "right";
  address.db = 3;
  Client client(loop_, address, quick());
  EXPECT_THAT(client.ask({"CLIENT", "INFO"}).text, HasSubstr(" db=3 "));
}

TEST_F(RedisConnectionTest, CloseAnswersWhatIsLeftAsLost) {
  ASSERT_TRUE(redis_.start());
  Client client(loop_, redis_.address(), quick());
  ASSERT_TRUE(client.run_until([&] { return client.connection().up(); }));
  redis_.stall();
  int lost = 0;
  for (int i = 0; i < 3; ++i) {
    client.connection().command({"PING"}, [&](const Reply& reply) { lost += reply.lost() ? 1 : 0; });
  }
  client.close();
  EXPECT_EQ(lost, 3);
}

TEST_F(RedisConnectionTest, CloseBeforeItIsUpAnswersLostToo) {
  Client client(loop_, redis_.address(), quick());
  int lost = 0;
  client.connection().command({"PING"}, [&](const Reply& reply) { lost += reply.lost() ? 1 : 0; });
  client.close();
  EXPECT_EQ(lost, 1);
}

}  // namespace
}  // namespace frontier
