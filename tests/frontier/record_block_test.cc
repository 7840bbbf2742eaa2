#include "frontier/record_block.h"

#include <gtest/gtest.h>

#include <span>

namespace frontier {
namespace {

Record link(int i) {
  return {.url = "https://www.example.org/articles/2026/item-" + std::to_string(i * 7919) + ".html",
          .depth = 3,
          .seed = "https://www.example.org/",
          .via = "https://www.example.org/articles/2026/page-" + std::to_string(i / 8) + ".html"};
}

std::vector<Record> links(int count) {
  std::vector<Record> all;
  for (int i = 0; i < count; ++i) all.push_back(link(i));
  return all;
}

void expect_same(const std::vector<Record>& a, const std::vector<Record>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_EQ(a[i].encode(), b[i].encode());
}

TEST(RecordBlock, ComesBackAsItWas) {
  for (const int count : {1, 2, 63, 64}) {
    const auto back = unpack_records(pack_records(links(count)));
    ASSERT_TRUE(back) << count;
    expect_same(*back, links(count));
  }
}

TEST(RecordBlock, EveryFieldComesBack) {
  std::vector<Record> records = links(3);
  records[0].priority = Priority::low;
  records[0].hops = 2;
  records[1].attempts = 300;
  records[1].pushbacks = 4;
  records[1].seed = records[1].url;
  records[1].via.clear();
  records[2].job = "nightly";
  records[2].meta = R"({"k":"é\t"})";
  records[2].via = "http://elsewhere.example/";
  records[2].url = "http://other.example:81/?q=" + std::string(5000, 'x');
  records[2].depth = 99;
  const auto back = unpack_records(pack_records(records));
  ASSERT_TRUE(back);
  expect_same(*back, records);
}

TEST(RecordBlock, SaysHowManyItHolds) {
  const std::string block = pack_records(links(17));
  EXPECT_EQ(block[0], '\0') << "no record's text begins so";
  EXPECT_EQ(block[1], 17);
}

TEST(RecordBlock, AWholeOneOfOrdinaryLinksTakesLessThanTwentyBytesARecord) {
  EXPECT_LT(pack_records(links(64)).size(), 64u * 20);
}

// The far side cannot write here, but a damaged store must be told from a whole one.
TEST(RecordBlock, WhatIsDamagedIsNoBlock) {
  const std::string block = pack_records(links(20));
  EXPECT_FALSE(unpack_records(""));
  EXPECT_FALSE(unpack_records(link(1).encode()));
  for (std::size_t cut = 0; cut < block.size(); ++cut) EXPECT_FALSE(unpack_records(block.substr(0, cut))) << cut;
  std::string other = block;
  other[1] = 19;
  EXPECT_FALSE(unpack_records(other)) << "more than it says";
  other[1] = 21;
  EXPECT_FALSE(unpack_records(other)) << "less than it says";
  for (std::size_t at = 2; at < block.size(); ++at) {
    for (const int bit : {0, 3, 7}) {
      other = block;
      other[at] = static_cast<char>(other[at] ^ (1 << bit));
      const auto records = unpack_records(other);
      EXPECT_EQ(records ? records->size() : 20u, 20u);
    }
  }
}

}  // namespace
}  // namespace frontier
