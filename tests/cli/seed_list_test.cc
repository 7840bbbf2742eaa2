#include "cli/seed_list.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "crawler/seed_entry.h"

namespace cli {
namespace {

using frontier::Priority;

std::optional<crawler::SeedEntry> parsed(const std::string& entry) {
  std::string reason;
  auto seed = crawler::parse_seed(entry, reason);
  EXPECT_TRUE(seed) << entry << ": " << reason;
  return seed;
}

TEST(SeedList, APriorityGoesWithEveryEntryThatNamesNone) {
  for (const std::string entry : {"http://example.org/a", R"({"url":"http://example.org/a"})",
                                  R"({ "url": "http://example.org/a", "meta": {"priority": "low"}})"}) {
    const auto seed = parsed(with_priority(entry, "high"));
    ASSERT_TRUE(seed);
    EXPECT_EQ(seed->record.priority, Priority::high) << entry;
    EXPECT_EQ(seed->record.url, "http://example.org/a");
  }
  EXPECT_EQ(parsed(with_priority(R"({"url":"http://example.org/","priority":"low"})", "high"))->record.priority,
            Priority::low);
}

TEST(SeedList, WithoutAPriorityAnEntryStaysAsItIs) {
  for (const std::string entry : {"http://example.org/", R"({"url":"http://example.org/"})", "{", ""}) {
    EXPECT_EQ(with_priority(entry, ""), entry);
  }
}

TEST(SeedList, WhatIsNoEntryStaysAsItIsToBeRejected) {
  for (const std::string& entry :
       {std::string("{"), std::string("{}x"), std::string(), "{\"url\":" + std::string(60'000, '[')}) {
    EXPECT_EQ(with_priority(entry, "low"), entry);
  }
  std::string reason;
  EXPECT_FALSE(crawler::parse_seed(with_priority("{}", "low"), reason));
  EXPECT_NE(reason.find("url is missing"), reason.npos) << reason;
}

TEST(SeedList, AUrlOfAnyBytesIsTheSameUrlWithAPriority) {
  for (const std::string url : {"http://example.org/\xff", "http://example.org/\xc3\xa9?q=\"a\\b\"",
                                "http://b\xc3\xbc"
                                "cher.example/"}) {
    const auto plain = parsed(url), high = parsed(with_priority(url, "high"));
    ASSERT_TRUE(plain && high);
    EXPECT_EQ(high->record.url, plain->record.url);
    EXPECT_EQ(high->record.priority, Priority::high);
  }
}

}  // namespace
}  // namespace cli
