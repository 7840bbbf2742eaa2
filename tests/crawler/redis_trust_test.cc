#include "crawler/redis_trust.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace crawler {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

class RedisTrustTest : public ::testing::Test {
 protected:
  RedisTrustTest() { trust_.know("epoch"); }
  RedisTrust trust_{1s};  // so that a second is a beat
};

TEST_F(RedisTrustTest, WhatGrowsIsTheRedisThatWeKnow) {
  EXPECT_TRUE(trust_.see("epoch", 0)) << "before the first beat";
  for (const std::uint64_t beats : {7u, 8u, 10u}) EXPECT_TRUE(trust_.beaten("epoch", beats));
  EXPECT_TRUE(trust_.see("epoch", 9)) << "read a little before";
  EXPECT_TRUE(trust_.good());
  EXPECT_EQ(trust_.why(), "");
}

TEST_F(RedisTrustTest, WhatWasNotSyncedMayBeMissing) {
  trust_.beaten("epoch", 100);
  EXPECT_TRUE(trust_.beaten("epoch", 97));
  EXPECT_TRUE(trust_.beaten("epoch", 94)) << "each loss counts for itself";
  EXPECT_FALSE(trust_.lost());
}

TEST_F(RedisTrustTest, AnOlderStateIsNot) {
  trust_.beaten("epoch", 100);
  EXPECT_FALSE(trust_.see("epoch", 96));
  EXPECT_TRUE(trust_.lost());
  EXPECT_FALSE(trust_.good());
  EXPECT_THAT(trust_.why(), HasSubstr("older state"));
  EXPECT_FALSE(trust_.see("epoch", 100)) << "until somebody says so";
}

TEST_F(RedisTrustTest, AnEmptiedOneIsNot) {
  EXPECT_FALSE(trust_.see("", 0));
  EXPECT_THAT(trust_.why(), HasSubstr("emptied"));
}

TEST_F(RedisTrustTest, OneMadeAnewIsNot) {
  EXPECT_FALSE(trust_.beaten("another", 1));
  EXPECT_THAT(trust_.why(), HasSubstr("made anew"));
}

TEST_F(RedisTrustTest, WhatWasAcceptedIsKnownAgain) {
  trust_.beaten("epoch", 100);
  trust_.see("", 0);
  trust_.know("another");
  EXPECT_TRUE(trust_.good());
  EXPECT_TRUE(trust_.beaten("another", 1));
  EXPECT_FALSE(trust_.see("epoch", 1));
}

TEST_F(RedisTrustTest, EveryDoubtMustGo) {
  trust_.stuck(0, "OOM of worker 0");
  trust_.stuck(1, "OOM of worker 1");
  trust_.unfit("it evicts");
  EXPECT_EQ(trust_.why(), "it evicts");
  trust_.unfit("");
  EXPECT_EQ(trust_.why(), "OOM of worker 0");
  trust_.stuck(0, "");
  EXPECT_FALSE(trust_.good());
  trust_.stuck(1, "");
  EXPECT_TRUE(trust_.good());
  EXPECT_FALSE(trust_.lost());
}

}  // namespace
}  // namespace crawler
