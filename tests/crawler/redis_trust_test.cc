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
  bool beaten(std::uint64_t found, std::uint64_t now) { return trust_.beaten("epoch", {found, now, {}}); }
  RedisTrust trust_{1s};  // so that a second is a beat
};

TEST_F(RedisTrustTest, WhatGrowsBeatByBeatIsTheRedisThatWeKnow) {
  EXPECT_TRUE(trust_.see("epoch", 0)) << "before the first beat";
  EXPECT_FALSE(trust_.next_beat().counter) << "nor is it known how often it has beaten in an earlier life";
  for (const std::uint64_t beats : {7u, 8u, 9u}) EXPECT_TRUE(beaten(beats - 1, beats));
  EXPECT_EQ(trust_.next_beat().counter, 10u);
  EXPECT_TRUE(trust_.see("epoch", 8)) << "read a little before";
  EXPECT_TRUE(trust_.see("epoch", 10)) << "one may be under way";
  EXPECT_TRUE(beaten(10, 10)) << "it was sent again";
  EXPECT_TRUE(trust_.good());
  EXPECT_EQ(trust_.why(), "");
}

TEST_F(RedisTrustTest, WhatWasNotSyncedMayBeMissing) {
  beaten(99, 100);
  EXPECT_EQ(trust_.next_beat().lowest, 97u);
  EXPECT_TRUE(beaten(97, 101));
  EXPECT_TRUE(beaten(98, 102)) << "each loss counts for itself";
  EXPECT_FALSE(trust_.lost());
}

TEST_F(RedisTrustTest, NoBeatGoesIntoAnEmptiedRedis) {
  beaten(1, 2);
  EXPECT_EQ(trust_.next_beat().lowest, 1u);
  EXPECT_TRUE(beaten(0, 0)) << "killed right after the first beat";
  EXPECT_EQ(trust_.next_beat().counter, 1u);
  EXPECT_EQ(trust_.next_beat().lowest, 0u) << "then it is begun again";
}

TEST_F(RedisTrustTest, AnOlderStateIsNot) {
  beaten(99, 100);
  EXPECT_FALSE(trust_.see("epoch", 96));
  EXPECT_TRUE(trust_.lost());
  EXPECT_FALSE(trust_.good());
  EXPECT_THAT(trust_.why(), HasSubstr("older state"));
  EXPECT_FALSE(trust_.see("epoch", 100)) << "until somebody says so";
}

TEST_F(RedisTrustTest, AnOlderStateIsSeenByWhatABeatHasFound) {
  beaten(99, 100);
  EXPECT_FALSE(beaten(96, 96));
  EXPECT_THAT(trust_.why(), HasSubstr("older state"));
}

TEST_F(RedisTrustTest, AStateThatKnowsOfMoreBeatsThanWereSentIsNot) {
  beaten(99, 100);
  EXPECT_FALSE(trust_.see("epoch", 102));
  EXPECT_THAT(trust_.why(), HasSubstr("another state"));
}

TEST_F(RedisTrustTest, AnEmptiedOneIsNot) {
  EXPECT_FALSE(trust_.see("", 0));
  EXPECT_THAT(trust_.why(), HasSubstr("emptied"));
}

TEST_F(RedisTrustTest, OneMadeAnewIsNot) {
  EXPECT_FALSE(trust_.beaten("another", {0, 1, {}}));
  EXPECT_THAT(trust_.why(), HasSubstr("made anew"));
}

TEST_F(RedisTrustTest, WhatWasAcceptedIsKnownAgain) {
  beaten(99, 100);
  trust_.see("", 0);
  trust_.know("another");
  EXPECT_TRUE(trust_.good());
  EXPECT_FALSE(trust_.next_beat().counter);
  EXPECT_TRUE(trust_.beaten("another", {0, 1, {}}));
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
