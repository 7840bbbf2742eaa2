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

TEST_F(RedisConnectionTest, AnErrorIsTheAnswerOfAnAttemptOnly) {
  ASSERT_TRUE(redis_.start());
  Client client(loop_, redis_.address(), quick());
  client.ask({"SET", "text", "x"});
  const Answer answer = client.ask({"INCR", "text"});
  EXPECT_TRUE(answer.error);
  EXPECT_THAT(answer.text, HasSubstr("not an integer"));
  EXPECT_FALSE(answer.lost);
  EXPECT_EQ(client.connection().error(), "");
}

TEST_F(RedisConnectionTest, ACommandIsGivenAgainUntilItDoesNotFail) {
  ASSERT_TRUE(redis_.start());
  RedisOptions options = quick();
  std::vector<std::string> told;
  options.stuck = [&](const std::string& error) { told.push_back(error); };
  Client client(loop_, redis_.address(), options);
  client.ask({"SET", "list", "x"});
  std::vector<std::int64_t> lengths;
  for (int i = 0; i < 3; ++i) {
    client.connection().command({"LLEN", "list"}, [&](const Reply& reply) { lengths.push_back(reply.integer()); });
  }
  ASSERT_TRUE(client.run_until([&] { return client.connection().error().starts_with("WRONGTYPE"); }));
  EXPECT_THAT(client.connection().error(), HasSubstr("(LLEN list)"));
  EXPECT_EQ(client.ask({"ECHO", "others are answered"}).text, "others are answered");
  EXPECT_THAT(client.connection().error(), HasSubstr("WRONGTYPE")) << "it is not over because something else went well";
  client.ask({"DEL", "list"});
  client.ask({"RPUSH", "list", "a", "b"});
  ASSERT_TRUE(client.run_until([&] { return lengths.size() == 3; }));
  EXPECT_THAT(lengths, ElementsAre(2, 2, 2));
  EXPECT_EQ(client.connection().error(), "");
  ASSERT_EQ(told.size(), 2u) << "when it begins and when it is over";
  EXPECT_THAT(told.front(), HasSubstr("WRONGTYPE"));
  EXPECT_EQ(told.back(), "");
}

TEST_F(RedisConnectionTest, AReplicaTakesNoWritesAndIsAskedAgain) {
  ASSERT_TRUE(redis_.start());
  Client client(loop_, redis_.address(), quick());
  client.ask({"REPLICAOF", "127.0.0.1", "1"});
  bool written = false;
  client.connection().command({"SET", "k", "v"}, [&](const Reply& reply) { written = reply.text() == "OK"; });
  ASSERT_TRUE(client.run_until([&] { return client.connection().error().starts_with("READONLY"); }));
  client.ask({"CONFIG", "SET", "replica-serve-stale-data", "no"});
  bool read = false;
  client.connection().command({"GET", "k"}, [&](const Reply& reply) { read = reply.text() == "v"; });
  ASSERT_TRUE(client.run_until([&] { return client.connection().unanswered() == 2; }));
  client.ask({"REPLICAOF", "NO", "ONE"});
  ASSERT_TRUE(client.run_until([&] { return written; }));
  EXPECT_EQ(client.ask({"GET", "k"}).text, "v");
  ASSERT_TRUE(client.run_until([&] { return client.connection().unanswered() == 0; }));
  EXPECT_EQ(client.connection().error(), "");
}

TEST_F(RedisConnectionTest, WhatOneMayNotDoIsNotTakenForAnEmptyAnswer) {
  ASSERT_TRUE(redis_.start());
  Client client(loop_, redis_.address(), quick()), other(loop_, redis_.address(), quick());
  other.ask({"SET", "k", "v"});
  other.ask({"ACL", "SETUSER", "default", "-get"});
  std::string value;
  client.connection().command({"GET", "k"}, [&](const Reply& reply) { value = reply.text(); });
  ASSERT_TRUE(client.run_until([&] { return client.connection().error().starts_with("NOPERM"); }));
  other.ask({"ACL", "SETUSER", "default", "+get"});
  ASSERT_TRUE(client.run_until([&] { return value == "v"; }));
}

TEST_F(RedisConnectionTest, AScriptThatRunsTooLongIsWaitedFor) {
  ASSERT_TRUE(redis_.start());
  RedisOptions patient = quick();
  patient.command_timeout = 30s;
  Client client(loop_, redis_.address(), patient), busy(loop_, redis_.address(), patient);
  client.ask({"CONFIG", "SET", "busy-reply-threshold", "1"});
  bool ended = false;
  busy.connection().attempt({"EVAL", "while true do end", "0"}, [&](const Reply&) { ended = true; });
  for (int tries = 0; !client.ask({"EXISTS", "k"}).text.starts_with("BUSY"); ++tries) ASSERT_LT(tries, 100'000);
  std::string echo;
  client.connection().command({"ECHO", "late"}, [&](const Reply& reply) { echo = reply.text(); });
  ASSERT_TRUE(client.run_until([&] { return client.connection().error().starts_with("BUSY"); }));
  client.ask({"SCRIPT", "KILL"});
  ASSERT_TRUE(client.run_until([&] { return echo == "late" && ended; }));
  EXPECT_EQ(client.connection().error(), "");
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

// What is answered after a kill, while a first question is not and then is.
class RedisConnectionHeldTest : public RedisConnectionTest {
 protected:
  std::vector<std::string> answered_until(bool other) {
    EXPECT_TRUE(redis_.start());
    RedisOptions options = quick();
    options.scripts = {kEcho};
    std::vector<std::string> seen;
    const auto note = [&seen](const std::string& name) {
      return [&seen, name](const Reply& reply) { seen.push_back(name + (reply.lost() ? " lost" : "")); };
    };
    RedisConnection connection(loop_.get(), redis_.address(), options);
    connection.on_up([&](bool again) {
      if (!again) return;
      connection.hold();
      connection.first({"ECHO", "is it the same?"}, note("first"));
    });
    connection.connect();
    EXPECT_TRUE(loop_.run_until([&] { return connection.up(); }));
    redis_.stall();
    connection.command({"SET", "k", "v"}, note("command"));
    connection.script_for_state(kEcho, {}, {"x"}, note("script"));
    redis_.kill();
    EXPECT_TRUE(loop_.run_until([&] { return !connection.up(); }));
    EXPECT_TRUE(redis_.start());
    EXPECT_TRUE(loop_.run_until([&] { return !seen.empty(); }));
    connection.first({"EXISTS", "k"}, [&](const Reply& reply) {
      EXPECT_EQ(reply.integer(), 0) << "nothing was sent again yet";
      connection.go_on(other);
    });
    EXPECT_TRUE(loop_.run_until([&] { return connection.unanswered() == 0; }));
    bool closed = false;
    connection.close([&] { closed = true; });
    EXPECT_TRUE(loop_.run_until([&] { return closed; }));
    return seen;
  }
};

TEST_F(RedisConnectionHeldTest, NothingUnansweredIsSentAgainBeforeItIsKnownWhatRedisHolds) {
  EXPECT_THAT(answered_until(false), ElementsAre("first", "command", "script"));
}

TEST_F(RedisConnectionHeldTest, WhatFollowedFromAnotherStateOfRedisIsLost) {
  EXPECT_THAT(answered_until(true), ElementsAre("first", "script lost", "command"));
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
