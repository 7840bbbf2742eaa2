#include "crawler/byte_books.h"

#include "tests/frontier/frontier_fixture.h"

namespace crawler {
namespace {

using ::testing::UnorderedElementsAre;

class ByteBooksTest : public frontier::testing::FrontierTest {
 protected:
  void look(ByteBooks& books, std::uint64_t received) {
    books.look(received);
    settle_down();
  }
  void bury(const std::string& daemon) {
    frontier_->fold_received(daemon);
    settle_down();
  }
  std::vector<std::string> kept() {
    const std::string received = frontier_->keys().received();
    return client_->ask({"HGETALL", received}).texts();
  }

 private:
  void settle_down() {
    ASSERT_TRUE(client_->run_until([&] { return client_->connection().unanswered() == 0; }));
  }
};

TEST_F(ByteBooksTest, AllLivesAndAllDaemonsCount) {
  ByteBooks first(*frontier_, "a"), other(*frontier_, "b");
  look(first, 0);
  look(first, 100);
  look(other, 20);
  ByteBooks second(*frontier_, "a");
  look(second, 3);
  EXPECT_EQ(second.total(3), 123u);
  EXPECT_THAT(kept(), UnorderedElementsAre("a", "103", "b", "20"));
}

TEST_F(ByteBooksTest, ThoseOfAForgottenDaemonStillCount) {
  ByteBooks dead(*frontier_, "dead"), other(*frontier_, "b");
  look(dead, 100);
  bury("dead");
  look(other, 20);
  EXPECT_EQ(other.total(20), 120u);
  ByteBooks again(*frontier_, "dead");
  look(again, 1);
  look(again, 2);
  EXPECT_EQ(again.total(2), 122u) << "it came back after all";
  EXPECT_THAT(kept(), UnorderedElementsAre("buried", "100", "b", "20", "dead", "2"));
}

TEST_F(ByteBooksTest, OneThatWasForgottenWhileItStoodStillCountsItsBytesOnce) {
  ByteBooks books(*frontier_, "still");
  look(books, 60);
  bury("still");
  look(books, 61);
  EXPECT_EQ(books.total(61), 61u);
  EXPECT_THAT(kept(), UnorderedElementsAre("buried", "60", "still", "1"));
  bury("still");
  look(books, 65);
  EXPECT_EQ(books.total(65), 65u) << "and again";
  EXPECT_THAT(kept(), UnorderedElementsAre("buried", "61", "still", "4"));
}

TEST_F(ByteBooksTest, WhereTheKeyIsLostItIsTheSumOfWhatEachRemembers) {
  ByteBooks a(*frontier_, "a"), b(*frontier_, "b");
  for (const std::uint64_t n : {1u, 2u}) {
    look(a, 100 * n);
    look(b, 10 * n);
  }
  const std::string received = frontier_->keys().received();
  client_->ask({"DEL", received});
  look(b, 21);
  look(a, 201);
  look(b, 21);
  EXPECT_EQ(a.total(201), 222u);
  EXPECT_EQ(b.total(21), 222u);
}

}  // namespace
}  // namespace crawler
