#include "frontier/record.h"

#include <gtest/gtest.h>

namespace frontier {
namespace {

Record full() {
  return {.url = "http://example.org/a",
          .depth = 3,
          .hops = 1,
          .attempts = 2,
          .pushbacks = 4,
          .seed = "http://example.org/",
          .via = "http://example.org/b",
          .job = "nightly",
          .meta = R"({"k":"a b"})",
          .priority = Priority::low,
          .role = Role::listed_sitemap};
}

void expect_equal(const Record& a, const Record& b) {
  EXPECT_EQ(a.url, b.url);
  EXPECT_EQ(a.depth, b.depth);
  EXPECT_EQ(a.hops, b.hops);
  EXPECT_EQ(a.attempts, b.attempts);
  EXPECT_EQ(a.pushbacks, b.pushbacks);
  EXPECT_EQ(a.seed, b.seed);
  EXPECT_EQ(a.via, b.via);
  EXPECT_EQ(a.job, b.job);
  EXPECT_EQ(a.meta, b.meta);
  EXPECT_EQ(a.priority, b.priority);
  EXPECT_EQ(a.role, b.role);
}

TEST(Record, ComesBackAsItWas) {
  const auto back = Record::decode(full().encode());
  ASSERT_TRUE(back);
  expect_equal(*back, full());
}

TEST(Record, IsTabSeparatedWithTheUrlFirst) {
  Record record = full();
  record.seed = "https://example.org/";
  record.via = "http://example.org:81/b";
  EXPECT_EQ(record.encode(),
            "http://example.org/a\t3\t1\t2\t4\thttps://example.org/\thttp://example.org:81/b\tnightly\t"
            "{\"k\":\"a b\"}\tlow\tlisted_sitemap");
  expect_equal(*Record::decode(record.encode()), record);
}

TEST(Record, OfTheSameOriginOnlyThePathIsWritten) {
  EXPECT_EQ(full().encode(), "http://example.org/a\t3\t1\t2\t4\t/\t/b\tnightly\t{\"k\":\"a b\"}\tlow\tlisted_sitemap");
}

TEST(Record, AnOriginThatOnlyBeginsAlikeIsAnother) {
  Record record{.url = "http://a.example/", .seed = "http://a.example.org/", .via = "http://a.example:81/"};
  expect_equal(*Record::decode(record.encode()), record);
}

TEST(Record, ASeedsOwnUrlIsNotRepeated) {
  Record seed;
  seed.url = seed.seed = "http://example.org/";
  EXPECT_EQ(seed.encode(), "http://example.org/\t0\t0\t0\t0\t\t\t\t");
  const auto back = Record::decode(seed.encode());
  ASSERT_TRUE(back);
  EXPECT_EQ(back->seed, "http://example.org/");
}

TEST(Record, ANormalPriorityIsNotWrittenAndNoneIsNormal) {
  for (const Priority priority : {Priority::high, Priority::normal, Priority::low}) {
    Record record{.url = "http://example.org/", .meta = R"({"k":1})", .priority = priority};
    const std::string text = record.encode();
    EXPECT_EQ(text.ends_with(R"({"k":1})"), priority == Priority::normal) << text;
    ASSERT_TRUE(Record::decode(text)) << text;
    EXPECT_EQ(Record::decode(text)->priority, priority);
    EXPECT_EQ(Record::decode(text)->meta, record.meta);
  }
}

TEST(Record, TheRoleOfAPageIsNotWrittenAndNoneIsAPage) {
  for (const Role role : {Role::page, Role::sitemap, Role::listed_sitemap}) {
    const Record record{.url = "http://example.org/", .role = role};
    const std::string text = record.encode();
    EXPECT_EQ(text.ends_with("\t"), role == Role::page) << text;
    ASSERT_TRUE(Record::decode(text));
    EXPECT_EQ(Record::decode(text)->role, role);
  }
}

TEST(Record, WhatIsNotARecordIsRefused) {
  for (const char* text : {
           "", "http://example.org/",
           "\t0\t0\t0\t0\t\t\t\t",            // no URL
           "u\t0\t0\t0\t0\t\t\t",             // a field too few
           "u\t0\t0\t0\t0\t\t\t\t\t",         // an empty priority
           "u\t0\t0\t0\t0\t\t\t\t\turgent",   // one that is none
           "u\t0\t0\t0\t0\t\t\t\t\tlow\t",    // a field too many
           "u\t\t0\t0\t0\t\t\t\t",            // no number
           "u\tx\t0\t0\t0\t\t\t\t",           //
           "u\t0\t1 \t0\t0\t\t\t\t",          // something after it
           "u\t0\t0\t-1\t0\t\t\t\t",          // below zero
           "u\t0\t0\t0\t99999999999\t\t\t\t"  // beyond an int
       }) {
    EXPECT_FALSE(Record::decode(text)) << text;
  }
}

}  // namespace
}  // namespace frontier
