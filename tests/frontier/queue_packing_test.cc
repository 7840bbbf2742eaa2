#include "frontier/queue_packing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "frontier/record_block.h"

namespace frontier {
namespace {

using ::testing::ElementsAre;

constexpr QueueClass kNormal2{Priority::normal, 2};

std::string text(int i, int depth = 2, Priority priority = Priority::normal) {
  return Record{.url = "http://example.org/" + std::to_string(i), .depth = depth, .priority = priority}.encode();
}

std::vector<std::string> texts(int from, int to, int depth = 2, Priority priority = Priority::normal) {
  std::vector<std::string> all;
  for (int i = from; i < to; ++i) all.push_back(text(i, depth, priority));
  return all;
}

ColdIndex index_of(std::string_view text) {
  return *ColdIndex::parse(text);
}

std::vector<std::string> texts_of(const std::vector<std::string>& blocks) {
  std::vector<std::string> all;
  for (const std::string& block : blocks) {
    const auto records = unpack_records(block);
    for (const Record& record : *records) all.push_back(record.encode());
  }
  return all;
}

std::vector<std::size_t> sizes_of(const std::vector<std::string>& blocks) {
  std::vector<std::size_t> sizes;
  for (const std::string& block : blocks) sizes.push_back(unpack_records(block)->size());
  return sizes;
}

TEST(ColdIndex, IsTextWithTheNearestOfEachPriorityFirst) {
  ColdIndex index;
  index.add({Priority::low, 1}, 5);
  index.add({Priority::normal, 12}, 64);
  index.add({Priority::normal, 3}, 130);
  index.add({Priority::high, 0}, 1);
  EXPECT_EQ(index.text(), "h0:1 n3:130 n12:64 l1:5");
  EXPECT_EQ(ColdIndex::parse(index.text())->text(), index.text());
  EXPECT_EQ(index.total(), 200u);
}

TEST(ColdIndex, WhatIsEmptyIsNotNamed) {
  ColdIndex index = index_of("n2:64");
  index.add(kNormal2, -64);
  EXPECT_EQ(index.text(), "");
  EXPECT_EQ(index.of(kNormal2), 0u);
}

TEST(ColdIndex, WhatCannotBeReadIsNone) {
  for (const char* bad : {"n", "n2", "n2:", "n2:0", "n2:x", "x2:1", "n64:1", "n-1:1", "2:1", "n2:1,n3:1"}) {
    EXPECT_FALSE(ColdIndex::parse(bad)) << bad;
  }
}

TEST(QueueClass, OneOfEveryPriorityAndDepth) {
  for (const char* name : {"h0", "n7", "l63"}) EXPECT_EQ(QueueClass::parse(name)->name(), name);
  EXPECT_EQ(QueueClass::of({.depth = 5000, .priority = Priority::low}).name(), "l63");
}

TEST(Packing, AShortHeadStaysAsItIs) {
  EXPECT_TRUE(Packing::begin({{{}, texts(0, kLongestHead), {}}}, {})->empty());
}

TEST(Packing, TheShallowestStayAndTheRestGoesIntoBlocks) {
  Heads heads;
  heads[1] = texts(0, 10, 3);
  for (const auto& t : texts(10, 20, 2)) heads[1].push_back(t);
  for (const auto& t : texts(20, 100, 4)) heads[1].push_back(t);
  const auto packing = Packing::begin(heads, {});
  const auto plan = packing->plan({});
  EXPECT_EQ(plan->heads[1].records, texts(10, 14, 2)) << "in the order in which they came";
  EXPECT_FALSE(plan->heads[0].changed);
  EXPECT_EQ(plan->index.text(), "n2:6 n3:10 n4:80");
  EXPECT_THAT(sizes_of(plan->tails.at({Priority::normal, 4}).blocks), ElementsAre(64, 16));
}

TEST(Packing, EveryPriorityHasItsOwnBlocks) {
  Heads heads;
  heads[0] = texts(0, 20, 1, Priority::high);
  heads[2] = texts(20, 40, 1, Priority::low);
  const auto plan = Packing::begin(heads, {})->plan({});
  EXPECT_EQ(plan->index.text(), "h1:16 l1:16");
  EXPECT_EQ(plan->heads[0].records.size(), kShortHead);
  EXPECT_EQ(plan->heads[2].records.size(), kShortHead);
}

TEST(Packing, TheLastBlockIsFilledUp) {
  Heads heads;
  heads[1] = texts(100, 120);
  const auto before = Packing::begin({{{}, texts(0, 66), {}}}, {})->plan({});
  const std::string last = before->tails.at(kNormal2).blocks.back();
  ASSERT_EQ(unpack_records(last)->size(), 62u);
  const auto packing = Packing::begin(heads, before->index);
  EXPECT_THAT(packing->extended(), ElementsAre(kNormal2));
  const auto plan = packing->plan({{kNormal2, last}});
  const PackPlan::Tail& tail = plan->tails.at(kNormal2);
  EXPECT_EQ(tail.gone, last);
  EXPECT_THAT(sizes_of(tail.blocks), ElementsAre(64, 14));
  EXPECT_EQ(plan->index.of(kNormal2), 78u);
}

TEST(Packing, AWholeLastBlockStays) {
  const std::string whole = Packing::begin({{{}, texts(0, 70), {}}}, {})->plan({})->tails.at(kNormal2).blocks.front();
  const auto plan = Packing::begin({{{}, texts(100, 120), {}}}, index_of("n2:64"))->plan({{kNormal2, whole}});
  EXPECT_EQ(plan->tails.at(kNormal2).gone, "");
  EXPECT_THAT(sizes_of(plan->tails.at(kNormal2).blocks), ElementsAre(16));
}

TEST(Packing, NothingIsLostAndNothingDoubled) {
  Heads heads;
  for (int i = 0; i < 500; ++i) heads[1].push_back(text(i, i * 7 % 5));
  const auto plan = Packing::begin(heads, {})->plan({});
  std::multiset<std::string> in(heads[1].begin(), heads[1].end()), out;
  out.insert(plan->heads[1].records.begin(), plan->heads[1].records.end());
  for (const auto& [c, tail] : plan->tails) {
    for (const auto& t : texts_of(tail.blocks)) out.insert(t);
  }
  EXPECT_EQ(in, out);
  EXPECT_EQ(plan->index.total(), 500 - kShortHead);
}

TEST(Packing, WhatCannotBeReadIsLeftAlone) {
  Heads heads;
  heads[1] = texts(0, 20);
  heads[1][3] = "no record";
  EXPECT_FALSE(Packing::begin(heads, {}));
  heads[1] = texts(0, 20, 1, Priority::high);
  EXPECT_FALSE(Packing::begin(heads, {})) << "of another priority's queue";
  heads[1] = texts(0, 20);
  EXPECT_FALSE(Packing::begin(heads, index_of("n2:64"))->plan({{kNormal2, "no block"}}));
}

TEST(Unpacking, TheFirstComeOutAndTheRestStaysPacked) {
  const auto packed = Packing::begin({{{}, texts(0, 70), {}}}, {})->plan({});
  const std::string& block = packed->tails.at(kNormal2).blocks.front();
  const auto plan = plan_unpack(kNormal2, block, 16, packed->index);
  const auto all = texts_of({block});
  EXPECT_EQ(plan->records, std::vector<std::string>(all.begin(), all.begin() + 16));
  EXPECT_EQ(texts_of({plan->rest}), std::vector<std::string>(all.begin() + 16, all.end()));
  EXPECT_EQ(plan->index.text(), "n2:50");
}

TEST(Unpacking, OfALastBlockNothingStays) {
  const auto packed = Packing::begin({{{}, texts(0, 20), {}}}, {})->plan({});
  const auto plan = plan_unpack(kNormal2, packed->tails.at(kNormal2).blocks.front(), 64, packed->index);
  EXPECT_EQ(plan->records.size(), 16u);
  EXPECT_EQ(plan->rest, "");
  EXPECT_EQ(plan->index.text(), "");
  EXPECT_FALSE(plan_unpack(kNormal2, "no block", 64, packed->index));
}

}  // namespace
}  // namespace frontier
