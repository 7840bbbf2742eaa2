// Which lines of a robots.txt are for us (RFC 9309 2.1, 2.2.1, 2.2.4, 2.4, 2.5).
#include <gtest/gtest.h>

#include <string>

#include "web/robots.h"

namespace web {
namespace {

bool allowed(std::string_view body, std::string_view path, std::string_view agent = "decorum") {
  return RobotsRules::parse(body, agent).check(path).allowed;
}
std::optional<double> delay(std::string_view body, std::string_view agent = "decorum") {
  return RobotsRules::parse(body, agent).crawl_delay();
}

TEST(RobotsGroups, WithoutAFileEverythingIsAllowed) {
  const RobotsRules none;
  EXPECT_TRUE(none.check("/x").allowed);
  EXPECT_FALSE(none.crawl_delay());
  EXPECT_TRUE(none.sitemaps().empty());
  EXPECT_TRUE(allowed("", "/x"));
}

TEST(RobotsGroups, OurGroupReplacesThatOfEverybody) {
  constexpr std::string_view kBody = "User-agent: *\nDisallow: /a\n\nUser-agent: Decorum\nDisallow: /b\n";
  EXPECT_TRUE(allowed(kBody, "/a"));
  EXPECT_FALSE(allowed(kBody, "/b"));
  EXPECT_FALSE(allowed(kBody, "/a", "other"));
}

TEST(RobotsGroups, TheTokenIsComparedWholeAndInAnyCase) {
  EXPECT_FALSE(allowed("user-agent: DECORUM/2.1 (x)\ndisallow: /", "/"));
  EXPECT_TRUE(allowed("user-agent: decor\ndisallow: /", "/"));
  EXPECT_TRUE(allowed("user-agent: decorum-images\ndisallow: /", "/"));
  EXPECT_FALSE(allowed("user-agent: decorum\ndisallow: /", "/", "Decorum/1.0"));
}

TEST(RobotsGroups, OnlyALoneStarIsEverybody) {
  EXPECT_FALSE(allowed("user-agent: * # all\ndisallow: /", "/"));
  EXPECT_FALSE(allowed("user-agent: * bots\ndisallow: /", "/"));
  EXPECT_TRUE(allowed("user-agent: *bot\ndisallow: /", "/"));
}

TEST(RobotsGroups, GroupsOfTheSameTokenAreOne) {
  constexpr std::string_view kBody =
      "user-agent: decorum\ndisallow: /a\n\nuser-agent: x\ndisallow: /\n\nuser-agent: decorum\ndisallow: /b\n";
  EXPECT_FALSE(allowed(kBody, "/a"));
  EXPECT_FALSE(allowed(kBody, "/b"));
  EXPECT_TRUE(allowed(kBody, "/c"));
}

TEST(RobotsGroups, AnEmptyGroupOfOursHidesThatOfEverybody) {
  EXPECT_TRUE(allowed("user-agent: *\ndisallow: /\nuser-agent: decorum\n", "/"));
  EXPECT_TRUE(allowed("user-agent: decorum\ndisallow:\n\nuser-agent: *\ndisallow: /\n", "/"));
}

TEST(RobotsGroups, SeveralAgentsShareTheRulesThatFollow) {
  constexpr std::string_view kBody = "user-agent: a\nuser-agent: decorum\ndisallow: /x\nuser-agent: b\ndisallow: /y\n";
  EXPECT_FALSE(allowed(kBody, "/x"));
  EXPECT_TRUE(allowed(kBody, "/y"));
}

// RFC 9309 2.2.4: other records must not interfere with groups.
TEST(RobotsGroups, OtherRecordsDoNotPartAgents) {
  for (const char* record : {"sitemap: http://h/s.xml", "crawl-delay: 3", "noindex: /q", "host: h", ""}) {
    const std::string body = "user-agent: decorum\n" + std::string(record) + "\nuser-agent: b\ndisallow: /x\n";
    EXPECT_FALSE(allowed(body, "/x")) << record;
  }
}

TEST(RobotsGroups, RulesBeforeTheFirstAgentCountForNobody) {
  EXPECT_TRUE(allowed("disallow: /\nuser-agent: x\ndisallow: /y", "/"));
}

TEST(RobotsGroups, LinesEndWithLfCrOrBoth) {
  for (const char* end : {"\n", "\r", "\r\n"}) {
    const std::string body = std::string("user-agent: *") + end + "disallow: /a" + end + end + "disallow: /b";
    EXPECT_FALSE(allowed(body, "/a"));
    EXPECT_FALSE(allowed(body, "/b"));
    EXPECT_EQ(RobotsRules::parse(body, "d").check("/b").line, 4);
  }
}

TEST(RobotsGroups, SpaceAndCommentsAreNoPartOfARecord) {
  EXPECT_FALSE(allowed("  User-Agent\t:  *  # us\n\t disallow :/a#b\n", "/a"));
  EXPECT_TRUE(allowed("user-agent: *\n# disallow: /\n", "/"));
}

TEST(RobotsGroups, AByteOrderMarkIsPassedOver) {
  EXPECT_FALSE(allowed("\xef\xbb\xbfuser-agent: *\ndisallow: /", "/"));
  EXPECT_FALSE(allowed("\xef\xbbuser-agent: *\ndisallow: /", "/"));
}

TEST(RobotsGroups, Utf16WithItsMarkIsDecoded) {
  std::string little = "\xff\xfe", big = "\xfe\xff";
  for (const char c : std::string_view("user-agent: *\ndisallow: /")) {
    little += {c, '\0'};
    big += {'\0', c};
  }
  little += "\xe9";  // half of the last unit is missing
  big += std::string("\0\xe9", 2);
  EXPECT_FALSE(allowed(little, "/x"));
  EXPECT_FALSE(allowed(big, "/%C3%A9"));
  EXPECT_TRUE(allowed(big, "/x"));
}

TEST(RobotsGroups, MisspeltKeysAreObeyedWhereTheyForbid) {
  for (const char* key : {"Dissallow", "Disalow", "Diasllow", "desallow", "disallaw", "dis-allow", "disallows"}) {
    EXPECT_FALSE(allowed("user-agent: *\n" + std::string(key) + ": /", "/")) << key;
  }
  for (const char* key : {"useragent", "user agent", "user-agents", "usr-agent", "user_agent"}) {
    EXPECT_FALSE(allowed(std::string(key) + ": *\ndisallow: /", "/")) << key;
  }
  EXPECT_FALSE(allowed("user-agent: *\ndisallow: /\nalow: /a\nallows: /a", "/a"));
  EXPECT_TRUE(allowed("user-agent: *\ndisable: /\nnoindex: /\nallow-not: /\n", "/"));
}

TEST(RobotsGroups, AMissingColonIsObeyed) {
  EXPECT_FALSE(allowed("user-agent *\ndisallow /a", "/a"));
  EXPECT_FALSE(allowed("user-agent: *\ndisallow /a:b", "/a:b"));
  EXPECT_TRUE(allowed("user-agent: *\ndisallow all of /a", "/a"));
}

TEST(RobotsGroups, ReadingStopsAt500KibAndATornRuleIsDropped) {
  const std::string head = "user-agent: *\n";
  const std::string rule = "disallow: /secret";
  const std::size_t limit = 500 * 1024;
  const std::string fits = head + std::string(limit - head.size() - rule.size() - 1, '#') + "\n" + rule;
  ASSERT_EQ(fits.size(), limit);
  EXPECT_FALSE(allowed(fits, "/secret"));
  EXPECT_FALSE(allowed(fits + "\nallow: /secret", "/secret"));
  EXPECT_TRUE(allowed(fits + "-garden\n", "/secret-garden"));  // not read as "/secret"
  EXPECT_TRUE(allowed("#" + fits, "/secret"));
}

TEST(RobotsGroups, HugeFilesAreReadInBoundedTimeAndMemory) {
  std::string body = "user-agent: *\n";
  while (body.size() < 10 << 20) body += "disallow: /*a*b" + std::to_string(body.size()) + "\n";
  const RobotsRules rules = RobotsRules::parse(body, "decorum");
  EXPECT_FALSE(rules.check("/a/b14").allowed);
  EXPECT_TRUE(rules.check("/c").allowed);
}

TEST(RobotsDelay, IsOfOurGroup) {
  EXPECT_EQ(delay("user-agent: *\ncrawl-delay: 2.5"), 2.5);
  EXPECT_EQ(delay("user-agent: *\ncrawl-delay: 2\nuser-agent: decorum\ndisallow:\n"), std::nullopt);
  EXPECT_EQ(delay("crawl-delay: 2\nuser-agent: decorum\n"), std::nullopt);
}

TEST(RobotsDelay, HoldsForTheAgentsNamedSinceTheLastOne) {
  constexpr std::string_view kBody = "user-agent: a\ncrawl-delay: 1\nuser-agent: b\nuser-agent: c\ncrawl-delay: 9\n";
  EXPECT_EQ(delay(kBody, "a"), 1);
  EXPECT_EQ(delay(kBody, "b"), 9);
  EXPECT_EQ(delay(kBody, "c"), 9);
  EXPECT_EQ(delay("user-agent: a\ncrawl-delay: 1\nuser-agent: b\ndisallow: /x", "b"), std::nullopt);
}

TEST(RobotsDelay, TheLongestOfSeveralCounts) {
  EXPECT_EQ(delay("user-agent: *\ncrawl-delay: 1\ncrawl-delay: 7\ndisallow: /x\nuser-agent: *\ncrawl-delay: 3"), 7);
}

TEST(RobotsDelay, WhatIsNoPlainNumberCountsAsNotWritten) {
  for (const char* value : {"-1", "nan", "inf", "1e3", "0x10", "1.2.1", "10a", "", ".", "+1", "1 2", "five"}) {
    EXPECT_EQ(delay("user-agent: *\ncrawl-delay: " + std::string(value)), std::nullopt) << value;
  }
  EXPECT_EQ(delay("user-agent: *\ncrawl-delay: 0"), 0);
  EXPECT_EQ(delay("user-agent: *\ncrawl-delay: .5"), 0.5);
  EXPECT_EQ(delay("user-agent: *\ncrawl-delay: 3600"), 3600);
}

TEST(RobotsDelay, IsReadBeforeMarkup) {
  EXPECT_EQ(delay("User-agent: *<BR>\nDisallow: <BR>\nCrawl-Delay: 30<BR>"), 30);
  EXPECT_EQ(delay("user-agent: *\ncrawl-delay: <b>"), std::nullopt);
}

TEST(RobotsDelay, ANumberOfAnyLengthComesOutBounded) {
  EXPECT_EQ(delay("user-agent: *\ncrawl-delay: 99999999999999999999"), RobotsRules::kMaxCrawlDelay);
  EXPECT_EQ(delay("user-agent: *\ncrawl-delay: " + std::string(400, '9')), RobotsRules::kMaxCrawlDelay);
  EXPECT_EQ(delay("user-agent: *\ncrawl-delay: 0." + std::string(400, '0') + "1"), 0);
}

TEST(RobotsSitemaps, AreOfTheFileAndAsWritten) {
  const RobotsRules rules = RobotsRules::parse(
      "sitemap: https://H/One.xml\nuser-agent: x\ndisallow: /\nSiteMap:/two.xml # second\nsitemap:\n", "decorum");
  EXPECT_EQ(rules.sitemaps(), (std::vector<std::string>{"https://H/One.xml", "/two.xml"}));
}

TEST(RobotsOdd, NothingIsToldOfAnOrdinaryFile) {
  EXPECT_EQ(RobotsRules().odd(), "");
  const std::string text = "User-agent: *\nDisallow: /*/a*b$\nCrawl-delay: 3600\n# <html>\n";
  EXPECT_EQ(RobotsRules::parse(text, "a").odd(), "");
}

TEST(RobotsOdd, EachOddityIsToldOnce) {
  std::string text = "User-agent: *\nCrawl-delay: -1\nCrawl-delay: NaN\nCrawl-delay: 99999999999999999999\n";
  text += "Disallow: /" + std::string(40, '*') + "\nDisallow: /x*\n" + std::string(3, '\0') + "\n";
  while (text.size() < 600'000) text += "Allow: /yes\n";
  const std::string odd = RobotsRules::parse(text, "a").odd();
  EXPECT_EQ(odd.find("cut at 500 KiB; no text; "), 0u) << odd;
  for (const std::string what : {" rules; ", "40 wildcards in one rule", "no number of seconds", "more than a day"}) {
    EXPECT_NE(odd.find(what), std::string::npos) << odd;
    EXPECT_EQ(odd.find(what), odd.rfind(what)) << odd;
  }
}

}  // namespace
}  // namespace web
