// Resolver: whose fault it is that a name has no answer.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "tests/crawler/resolver_fixture.h"

namespace crawler {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::fake_time;
using testing::texts;
using ResolverOutageTest = testing::ResolverTest;

TEST_F(ResolverOutageTest, WhileNobodyIsAnsweredAskersAreToldAtOnceToComeAgain) {
  options.timeout = milliseconds(200);
  serve({{"silent.test", {.silent = true}}, {"good.test", {.v4 = {"192.0.2.1"}}}});
  EXPECT_EQ(resolve("silent.test").again, fake_time + seconds(1));
  EXPECT_EQ(told_down, std::vector<bool>{true});
  std::optional<Resolved> good;
  resolver().resolve("good.test", 80, [&](const Resolved& resolved) { good = resolved; });
  ASSERT_TRUE(good.has_value()) << "inside the call";
  EXPECT_TRUE(good->temporary);
  EXPECT_EQ(good->again, fake_time + seconds(1));
  EXPECT_EQ(dns->times("A good.test"), 0u);
  fake_time += seconds(1);
  EXPECT_EQ(texts(resolve("good.test")), std::vector<std::string>{"192.0.2.1"}) << "one tries";
  EXPECT_EQ(told_down, (std::vector<bool>{true, false}));
}

TEST_F(ResolverOutageTest, SilenceWhileOthersAreAnsweredIsTheNamesOwn) {
  options.timeout = milliseconds(400);
  serve({{"silent.test", {.silent = true}}, {"good.test", {.v4 = {"192.0.2.1"}}}});
  std::optional<Resolved> silent;
  resolver().resolve("silent.test", 80, [&](const Resolved& resolved) { silent = resolved; });
  resolve("good.test");
  ASSERT_TRUE(loop.run_until([&] { return silent.has_value(); }));
  EXPECT_TRUE(silent->temporary);
  EXPECT_FALSE(silent->again.has_value());
}

TEST_F(ResolverOutageTest, ThreeNamesRefusedInARowAreNotToBlame) {
  serve({{"a.test", {.rcode = 2}}, {"b.test", {.rcode = 2}}, {"c.test", {.rcode = 5}}});
  EXPECT_FALSE(resolve("a.test").again.has_value());
  EXPECT_FALSE(resolve("b.test").again.has_value());
  EXPECT_TRUE(resolve("c.test").again.has_value());
}

TEST_F(ResolverOutageTest, ASilentNameIsToBlameWhereAnotherIsAnsweredAgain) {
  options.timeout = milliseconds(200);
  serve({{"silent-1.test", {.silent = true}},
         {"silent-2.test", {.silent = true}},
         {"silent-3.test", {.silent = true}},
         {"good.test", {.v4 = {"192.0.2.1"}}}});
  resolve("good.test");
  for (std::size_t i = 1; i <= 3; ++i) {
    fake_time += seconds(1);
    const Resolved silent = resolve("silent-" + std::to_string(i) + ".test");
    EXPECT_TRUE(silent.temporary);
    EXPECT_FALSE(silent.again.has_value());
    EXPECT_EQ(dns->times("A good.test"), i + 1) << "past the cache";
  }
  EXPECT_TRUE(told_down.empty());
}

TEST_F(ResolverOutageTest, NamesRefusedInARowAreToBlameWhereAnotherIsAnsweredAgain) {
  serve({{"good.test", {.v4 = {"192.0.2.1"}}},
         {"a.test", {.rcode = 2}},
         {"b.test", {.rcode = 2}},
         {"c.test", {.rcode = 2}}});
  resolve("good.test");
  for (const char* name : {"a.test", "b.test", "c.test", "a.test", "b.test", "c.test"}) {
    fake_time += seconds(1);
    EXPECT_FALSE(resolve(name).again.has_value()) << name;
  }
  EXPECT_EQ(dns->times("A good.test"), 3u) << "for each third";
  EXPECT_TRUE(told_down.empty());
}

TEST_F(ResolverOutageTest, NamesOfOneDomainThatAreRefusedAreOne) {
  serve({{"a.evil.test", {.rcode = 2}}, {"b.evil.test", {.rcode = 2}}, {"c.evil.test", {.rcode = 2}}});
  for (const char* name : {"a.evil.test", "b.evil.test", "c.evil.test"}) EXPECT_FALSE(resolve(name).again.has_value());
}

TEST_F(ResolverOutageTest, NobodyIsToBlameWhereAKnownNameHasNoAnswerEither) {
  options.timeout = milliseconds(200);
  options.max_lookups = 1;  // the known one waits for nobody
  serve({{"silent.test", {.silent = true}}, {"known.test", {.silent = true}}, {"good.test", {.v4 = {"192.0.2.1"}}}});
  network.name_answered("known.test", fake_time, fake_time);
  EXPECT_EQ(resolve("silent.test").again, fake_time + seconds(1));
  EXPECT_GT(dns->times("A known.test"), 0u);
  EXPECT_EQ(told_down, std::vector<bool>{true});
  fake_time += seconds(1);
  EXPECT_EQ(texts(resolve("good.test")), std::vector<std::string>{"192.0.2.1"}) << "one tries";
  EXPECT_EQ(told_down, (std::vector<bool>{true, false}));
}

TEST_F(ResolverOutageTest, AnyAnswerTellsThoseWhoWaitForAKnownName) {
  options.timeout = milliseconds(400);
  serve({{"silent.test", {.silent = true}}, {"known.test", {.silent = true}}, {"good.test", {.v4 = {"192.0.2.1"}}}});
  network.name_answered("known.test", fake_time, fake_time);
  std::optional<Resolved> silent;
  resolver().resolve("silent.test", 80, [&](const Resolved& resolved) { silent = resolved; });
  ASSERT_TRUE(loop.run_until([&] { return dns->times("A known.test") > 0; }));
  EXPECT_FALSE(silent.has_value());
  resolve("good.test");
  ASSERT_TRUE(silent.has_value());
  EXPECT_FALSE(silent->again.has_value());
}

TEST_F(ResolverOutageTest, CancelAnswersThoseWhoWaitForAKnownName) {
  options.timeout = milliseconds(200);
  serve({{"silent.test", {.silent = true}}, {"known.test", {.silent = true}}});
  network.name_answered("known.test", fake_time, fake_time);
  std::string error;
  resolver().resolve("silent.test", 80, [&](const Resolved& resolved) { error = resolved.error; });
  ASSERT_TRUE(loop.run_until([&] { return dns->times("A known.test") > 0; }));
  EXPECT_EQ(error, "");
  resolver().cancel_all();
  EXPECT_EQ(error, "cancelled");
}

}  // namespace
}  // namespace crawler
