#include "frontier/redis_address.h"

#include <gtest/gtest.h>

namespace frontier {
namespace {

TEST(RedisAddress, WhatIsLeftOutHasTheUsualValue) {
  const auto a = RedisAddress::parse("redis://redis.example");
  ASSERT_TRUE(a);
  EXPECT_EQ(a->host, "redis.example");
  EXPECT_EQ(a->port, 6379);
  EXPECT_EQ(a->db, 0);
  EXPECT_TRUE(a->user.empty());
  EXPECT_TRUE(a->password.empty());
  EXPECT_TRUE(a->unix_path.empty());
}

TEST(RedisAddress, HoldsLoginPortAndDatabase) {
  const auto a = RedisAddress::parse("redis://ann:s3cret@127.0.0.1:7000/12");
  ASSERT_TRUE(a);
  EXPECT_EQ(a->host, "127.0.0.1");
  EXPECT_EQ(a->port, 7000);
  EXPECT_EQ(a->db, 12);
  EXPECT_EQ(a->user, "ann");
  EXPECT_EQ(a->password, "s3cret");
}

TEST(RedisAddress, APasswordNeedsNoUserAndMayHoldAnAt) {
  const auto a = RedisAddress::parse("redis://:p@ss:word@localhost");
  ASSERT_TRUE(a);
  EXPECT_EQ(a->host, "localhost");
  EXPECT_TRUE(a->user.empty());
  EXPECT_EQ(a->password, "p@ss:word");
}

TEST(RedisAddress, AnIpv6AddressStandsInBrackets) {
  const auto a = RedisAddress::parse("redis://[::1]:6380/1");
  ASSERT_TRUE(a);
  EXPECT_EQ(a->host, "::1");
  EXPECT_EQ(a->port, 6380);
  EXPECT_EQ(RedisAddress::parse("redis://[::1]")->port, 6379);
}

TEST(RedisAddress, AUnixSocketIsAnAbsolutePath) {
  const auto a = RedisAddress::parse("unix:///run/redis.sock");
  ASSERT_TRUE(a);
  EXPECT_EQ(a->unix_path, "/run/redis.sock");
  EXPECT_FALSE(RedisAddress::parse("unix://run/redis.sock"));
  EXPECT_FALSE(RedisAddress::parse("unix://"));
}

TEST(RedisAddress, ItsTextNeverShowsThePassword) {
  EXPECT_EQ(RedisAddress::parse("redis://ann:s3cret@h:7000/2")->text(), "redis://h:7000/2");
  EXPECT_EQ(RedisAddress::parse("redis://[::1]")->text(), "redis://[::1]:6379");
  EXPECT_EQ(RedisAddress::parse("unix:///a b")->text(), "unix:///a b");
}

TEST(RedisAddress, WhatIsNotOneIsRefused) {
  for (const char* url : {"",
                          "redis:",
                          "redis://",
                          "redis:///1",
                          "http://h",
                          "rediss://h",
                          "h:6379",
                          "redis://h:",
                          "redis://h:0",
                          "redis://h:65536",
                          "redis://h:-1",
                          "redis://h:x",
                          "redis://h:80x",
                          "redis://h/x",
                          "redis://h/-1",
                          "redis://h/1/2",
                          "redis://ann@h",
                          "redis://[::1",
                          "redis://[]",
                          "redis://[::1]x"}) {
    EXPECT_FALSE(RedisAddress::parse(url)) << url;
  }
}

}  // namespace
}  // namespace frontier
