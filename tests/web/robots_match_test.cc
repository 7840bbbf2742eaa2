// Which rule decides on a path (RFC 9309 2.2.2, 2.2.3).
#include <gtest/gtest.h>

#include <ctime>
#include <random>
#include <string>

#include "web/robots.h"

namespace web {
namespace {

RobotsRules rules(std::string_view lines) {
  return RobotsRules::parse("user-agent: *\n" + std::string(lines), "decorum");
}
bool allowed(std::string_view lines, std::string_view path) {
  return rules(lines).check(path).allowed;
}

TEST(RobotsMatch, ARuleIsAPrefix) {
  EXPECT_FALSE(allowed("disallow: /fish", "/fish"));
  EXPECT_FALSE(allowed("disallow: /fish", "/fishheads/yummy.html?x"));
  EXPECT_TRUE(allowed("disallow: /fish", "/Fish"));
  EXPECT_TRUE(allowed("disallow: /fish/", "/fish"));
  EXPECT_FALSE(allowed("disallow: /?a", "/?a=b"));
}

TEST(RobotsMatch, LongestMatchWins) {
  constexpr std::string_view kLines = "disallow: /\nallow: /a\ndisallow: /a/b\n";
  EXPECT_FALSE(allowed(kLines, "/x"));
  EXPECT_TRUE(allowed(kLines, "/a/c"));
  EXPECT_FALSE(allowed(kLines, "/a/b/c"));
}

TEST(RobotsMatch, BetweenEqualsAllowWins) {
  EXPECT_TRUE(allowed("disallow: /a\nallow: /a", "/a"));
  EXPECT_TRUE(allowed("allow: /a\ndisallow: /a", "/a"));
  EXPECT_TRUE(allowed("allow: /*b\ndisallow: /ab", "/ab"));
}

TEST(RobotsMatch, AnEmptyRuleMatchesNothing) {
  EXPECT_TRUE(allowed("disallow:", "/a"));
  EXPECT_FALSE(allowed("disallow: /\nallow:", "/a"));
}

TEST(RobotsMatch, RobotsTxtItselfIsAlwaysAllowed) {
  EXPECT_TRUE(allowed("disallow: /", "/robots.txt"));
  EXPECT_FALSE(allowed("disallow: /", "/robots.txt2"));
}

TEST(RobotsMatch, AStarIsAnyRun) {
  EXPECT_FALSE(allowed("disallow: /*.php", "/a/b.php5?x"));
  EXPECT_TRUE(allowed("disallow: /*.php", "/a/b.ph"));
  EXPECT_FALSE(allowed("disallow: /a*z*q", "/azzq"));
  EXPECT_FALSE(allowed("disallow: /a**z", "/az"));
  EXPECT_FALSE(allowed("disallow: *m", "/him"));
  EXPECT_FALSE(allowed("disallow: *", "/"));
}

TEST(RobotsMatch, AFinalDollarIsTheEnd) {
  EXPECT_FALSE(allowed("disallow: /*.php$", "/a.php"));
  EXPECT_TRUE(allowed("disallow: /*.php$", "/a.php?x"));
  EXPECT_FALSE(allowed("disallow: /*.php$", "/a.php.php"));
  EXPECT_FALSE(allowed("disallow: /$", "/"));
  EXPECT_TRUE(allowed("disallow: /$", "/a"));
  EXPECT_FALSE(allowed("disallow: /a*$", "/abc"));
  EXPECT_TRUE(allowed("disallow: /a*ab$", "/ab"));  // pieces do not overlap
}

TEST(RobotsMatch, StarAndDollarHaveEscapes) {
  EXPECT_FALSE(allowed("disallow: /a%2A", "/a*"));
  EXPECT_FALSE(allowed("disallow: /a%2a", "/a%2Ab"));
  EXPECT_TRUE(allowed("disallow: /a%2A", "/ab"));
  EXPECT_FALSE(allowed("disallow: /a%24", "/a$b"));
  EXPECT_TRUE(allowed("disallow: /a$", "/a%24"));
  EXPECT_FALSE(allowed("disallow: /a$b", "/a%24b"));
}

// RFC 9309 2.2.2: octets are compared after escaping, unreserved ones after their escape is undone.
TEST(RobotsMatch, EscapesAndTheirOctetsAreEqual) {
  EXPECT_FALSE(allowed("disallow: /%62%61%7A", "/baz"));
  EXPECT_FALSE(allowed("disallow: /baz", "/b%61z"));
  EXPECT_FALSE(allowed("disallow: /ツ", "/%E3%83%84"));
  EXPECT_FALSE(allowed("disallow: /%e3%83%84", "/ツ"));
  EXPECT_FALSE(allowed("disallow: /a b", "/a%20b"));
  EXPECT_FALSE(allowed("disallow: /?q='x'|y", "/?q=%27x%27|y"));
  EXPECT_TRUE(allowed("disallow: /a%2Fb", "/a/b"));
  EXPECT_FALSE(allowed("disallow: /a%2Fb", "/a%2fb"));
  EXPECT_FALSE(allowed("disallow: /100%", "/100%"));
}

TEST(RobotsMatch, APatternWithoutASlashMatchesNothing) {
  EXPECT_TRUE(allowed("disallow: fish/", "/fish/"));
  EXPECT_TRUE(allowed("disallow: http://h/fish", "/fish"));
}

TEST(RobotsMatch, TheVerdictNamesItsRule) {
  const RobotsRules::Verdict verdict = rules("allow: /a\n  Disallow : /a/b* # why\n").check("/a/b/c");
  EXPECT_FALSE(verdict.allowed);
  EXPECT_EQ(verdict.rule, "Disallow : /a/b*");
  EXPECT_EQ(verdict.line, 3);
  EXPECT_EQ(rules("allow: /a").check("/b").line, 0);
  EXPECT_EQ(rules("allow: /a").check(*parse_url("http://h/a?x")).line, 2);
}

TEST(RobotsMatch, AVerdictIsShortHoweverLongItsRuleIs) {
  const std::string path = "/" + std::string(300'000, 'a');
  EXPECT_EQ(rules("disallow: " + path + " # why").check(path).rule, ("disallow: " + path).substr(0, 200));
  std::string accents = "disallow: /xy";  // then letters of two bytes each: 200 would cut through one
  for (int i = 0; i < 1000; ++i) accents += "\u00e9";
  EXPECT_EQ(rules(accents).check(accents.substr(10)).rule, accents.substr(0, 199));
}

TEST(RobotsMatch, NoPatternIsSlow) {
  std::string pattern = "/";
  for (int i = 0; i < 40; ++i) pattern += "*a";
  std::string many = "/";
  for (int i = 0; i < 200'000; ++i) many += "*a";
  const RobotsRules stars = rules("disallow: " + pattern + "b$\ndisallow: " + many + "b$\n");
  const std::string path = "/" + std::string(8'000, 'a');
  const std::clock_t start = std::clock();  // of CPU, however busy the machine
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(stars.check(path).allowed);
  EXPECT_LT(std::clock() - start, 5 * CLOCKS_PER_SEC);
}

TEST(RobotsMatch, WhatTakesTooLongToDecideIsNotAllowed) {
  std::string lines;
  while (lines.size() < 500'000) lines += "disallow: /*ab" + std::string(3, 'a') + "ba\n";
  std::string path = "/";
  while (path.size() < 8'000) path += "aabb";
  const RobotsRules heavy = rules(lines);
  EXPECT_FALSE(heavy.check(path).allowed);
  EXPECT_TRUE(heavy.check("/aab/x.html").allowed);
}

// A matcher too plain to be wrong: every star is tried with every length.
bool plainly_matches(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return true;
  if (pattern == "$") return text.empty();
  if (pattern[0] != '*')
    return !text.empty() && text[0] == pattern[0] && plainly_matches(pattern.substr(1), text.substr(1));
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (plainly_matches(pattern.substr(1), text.substr(i))) return true;
  }
  return false;
}

TEST(RobotsMatch, RandomPatternsMatchAsTheRuleOfStarsSays) {
  std::mt19937 random(11);
  for (int round = 0; round < 20'000; ++round) {
    std::string pattern = "/", path = "/";
    for (auto i = random() % 8; i > 0; --i) pattern += "ab*"[random() % 3];
    if (random() % 2 == 0) pattern += '$';
    for (auto i = random() % 10; i > 0; --i) path += "ab"[random() % 2];
    EXPECT_EQ(allowed("disallow: " + pattern, path), !plainly_matches(pattern, path)) << pattern << ' ' << path;
  }
}

TEST(RobotsPath, IsPathAndQueryOfAnyUrl) {
  EXPECT_EQ(robots_path("http://h/a/../b?c#d"), "/b?c");
  EXPECT_EQ(robots_path("ftp://h/x"), "/x");
  EXPECT_EQ(robots_path(""), "/");
  EXPECT_EQ(robots_path("h"), "/");
  EXPECT_EQ(robots_path("h/x#y"), "/x");
  EXPECT_EQ(robots_path("gopher://h/x?y"), "/x?y");
}

}  // namespace
}  // namespace web
