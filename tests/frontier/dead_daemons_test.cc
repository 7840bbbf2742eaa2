#include "frontier/dead_daemons.h"

#include "tests/frontier/frontier_fixture.h"

namespace frontier {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(DeadDaemonsTest, AHeartThatStoodStillForManyLooksIsThatOfADeadOne) {
  DeadDaemons dead(3);
  for (int i = 0; i < 3; ++i) EXPECT_THAT(dead.look({{"a", "7"}, {"b", std::to_string(i)}}, {}), IsEmpty());
  EXPECT_THAT(dead.look({{"a", "7"}, {"b", "3"}}, {}), ElementsAre(Pair("a", "7")));
  EXPECT_THAT(dead.look({{"b", "4"}}, {}), IsEmpty());
  EXPECT_THAT(dead.look({{"a", "7"}, {"b", "5"}}, {}), IsEmpty()) << "it came back, and is counted anew";
}

TEST(DeadDaemonsTest, WhoBeatsAgainOrOwnsAPartitionIsNot) {
  DeadDaemons dead(2);
  for (int i = 0; i < 2; ++i) dead.look({{"a", "7"}, {"b", "7"}}, {"", "b nonce"});
  EXPECT_THAT(dead.look({{"a", "8"}, {"b", "7"}}, {"", "b nonce"}), IsEmpty());
  dead.look({{"a", "8"}, {"b", "7"}}, {"", "c nonce"});
  EXPECT_THAT(dead.look({{"a", "8"}, {"b", "7"}}, {"", "c nonce"}), ElementsAre(Pair("a", "8"), Pair("b", "7")));
}

class DaemonsTest : public testing::FrontierTest {};

TEST_F(DaemonsTest, OneThatHasBeatenSinceIsNotForgotten) {
  const std::string daemons = frontier_->keys().daemons();
  client_->ask({"HSET", daemons, "dead", "7", "alive", "7"});
  client_->ask({"HINCRBY", daemons, "alive", "1"});
  std::string buried;
  frontier_->bury("dead", "7", [&] { buried += "dead "; });
  frontier_->bury("dead", "7", [&] { buried += "dead "; });
  frontier_->bury("alive", "7", [&] { buried += "alive"; });
  ASSERT_TRUE(client_->run_until([&] { return client_->connection().unanswered() == 0; }));
  EXPECT_THAT(client_->ask({"HGETALL", daemons}).texts(), ElementsAre("alive", "8"));
  EXPECT_EQ(buried, "dead dead ") << "told again where the answer was lost";
}

TEST_F(DaemonsTest, TheBytesOfAllThatAreForgottenAreOneField) {
  const std::string received = frontier_->keys().received();
  client_->ask({"HSET", received, "a", "100", "b", "20", "c", "3", "odd", "x"});
  for (const char* daemon : {"a", "b", "a", "odd", "never"}) frontier_->fold_received(daemon);
  ASSERT_TRUE(client_->run_until([&] { return client_->connection().unanswered() == 0; }));
  EXPECT_THAT(client_->ask({"HGETALL", received}).texts(), ElementsAre("c", "3", "buried", "120"));
}

}  // namespace
}  // namespace frontier
