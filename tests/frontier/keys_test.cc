#include "frontier/keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace frontier {
namespace {

using ::testing::StartsWith;

TEST(Keys, EveryKeyOfAPartitionCarriesItsHashTag) {
  const Keys keys("decorum");
  EXPECT_EQ(keys.of(7, "counts"), "decorum:{p007}:counts");
  EXPECT_EQ(keys.of(255, "news"), "decorum:{p255}:news");
  EXPECT_EQ(keys.queue(17, "example.org", Priority::high), "decorum:{p017}:q-high:example.org");
  EXPECT_EQ(keys.queue(17, "example.org", Priority::normal), "decorum:{p017}:q:example.org");
  EXPECT_EQ(keys.queue(17, "example.org", Priority::low), "decorum:{p017}:q-low:example.org");
  EXPECT_EQ(keys.seen(17, 300), "decorum:{p017}:seen:300");
  EXPECT_EQ(keys.out(17, 0), "decorum:{p017}:out:0");
}

// Redis Cluster hashes what stands between the first { and the next }, or the whole key without them.
TEST(Keys, TheTakingListLiesInTheSlotOfTheInbox) {
  const Keys keys("other");
  EXPECT_EQ(keys.seeds(), "other:seeds");
  EXPECT_THAT(keys.taking(), StartsWith("{" + keys.seeds() + "}"));
}

TEST(Keys, ThePromisedNamesAreAsTheContractSays) {
  const Keys keys("decorum");
  EXPECT_EQ(keys.seeds(), "decorum:seeds");
  EXPECT_EQ(keys.rejected(), "decorum:seeds:rejected");
  EXPECT_EQ(keys.status(), "decorum:status");
  EXPECT_EQ(keys.events(), "decorum:events");
  EXPECT_EQ(keys.meta(), "decorum:meta");
}

TEST(Partition, DependsOnTheHostAloneAndAllAreUsed) {
  const int example = partition_of("example.org");
  EXPECT_EQ(partition_of(std::string("example") + ".org"), example);
  std::set<int> used;
  for (int i = 0; i < 5000; ++i) {
    const int p = partition_of("host" + std::to_string(i) + ".example");
    ASSERT_GE(p, 0);
    ASSERT_LT(p, kPartitions);
    used.insert(p);
  }
  EXPECT_EQ(used.size(), static_cast<std::size_t>(kPartitions));
}

TEST(UrlId, FitsASignedIntegerAndDependsOnTheKey) {
  for (int i = 0; i < 1000; ++i) {
    const std::string url = "http://example.org/" + std::to_string(i);
    EXPECT_LT(url_id(url, 42), std::uint64_t{1} << 63);
    EXPECT_EQ(url_id(url, 42), url_id(url, 42));
    EXPECT_NE(url_id(url, 42), url_id(url, 43));
  }
}

TEST(Bucket, OneBucketHoldsEverything) {
  EXPECT_EQ(bucket_of(0, 1), 0u);
  EXPECT_EQ(bucket_of(~std::uint64_t{0}, 1), 0u);
}

// Linear hashing by hand: with 5 buckets, bucket 0 is divided already, so 3 bits count for it and 2 for the others.
TEST(Bucket, TheLowBitsDecideAndOneMoreWhereItIsSplit) {
  EXPECT_EQ(bucket_of(0b000, 5), 0u);
  EXPECT_EQ(bucket_of(0b100, 5), 4u);
  EXPECT_EQ(bucket_of(0b001, 5), 1u);
  EXPECT_EQ(bucket_of(0b101, 5), 1u);
  EXPECT_EQ(bucket_of(0b110, 5), 2u);
  EXPECT_EQ(bucket_of(0b111, 5), 3u);
}

TEST(Bucket, SplitsGoRoundFromTheFirst) {
  EXPECT_EQ(split_source(1), 0u);
  EXPECT_EQ(split_source(2), 0u);
  EXPECT_EQ(split_source(3), 1u);
  EXPECT_EQ(split_source(4), 0u);
  EXPECT_EQ(split_source(7), 3u);
  EXPECT_EQ(split_source(8), 0u);
}

TEST(Bucket, ASplitMovesIdsOnlyFromItsSourceToTheNewBucket) {
  for (std::uint32_t buckets = 1; buckets < 300; ++buckets) {
    for (int i = 0; i < 200; ++i) {
      const std::uint64_t id = url_id(std::to_string(i), buckets);
      const std::uint32_t before = bucket_of(id, buckets), after = bucket_of(id, buckets + 1);
      ASSERT_LT(after, buckets + 1);
      if (before == split_source(buckets))
        ASSERT_TRUE(after == before || after == buckets) << buckets;
      else
        ASSERT_EQ(after, before) << buckets;
    }
  }
}

}  // namespace
}  // namespace frontier
