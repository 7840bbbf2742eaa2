// '*' in the patterns of the config.
#include "web/glob.h"

#include <gtest/gtest.h>

#include <ctime>
#include <string>

namespace web {
namespace {

TEST(Glob, TheWholeTextMustFit) {
  EXPECT_TRUE(glob_match("example.org", "example.org"));
  EXPECT_FALSE(glob_match("example.org", "example.org."));
  EXPECT_FALSE(glob_match("example.org", "www.example.org"));
  EXPECT_TRUE(glob_match("", ""));
  EXPECT_FALSE(glob_match("", "a"));
}

TEST(Glob, AStarIsAnyRun) {
  EXPECT_TRUE(glob_match("*", ""));
  EXPECT_TRUE(glob_match("*.example.org", "a.b.example.org"));
  EXPECT_FALSE(glob_match("*.example.org", "example.org"));
  EXPECT_TRUE(glob_match("a*b*c", "abbc"));
  EXPECT_TRUE(glob_match("a**c", "ac"));
  EXPECT_FALSE(glob_match("a*b*c", "acb"));
}

TEST(Glob, PiecesDoNotOverlap) {
  EXPECT_FALSE(glob_match("ab*ba", "aba"));
  EXPECT_TRUE(glob_match("ab*ba", "abba"));
  EXPECT_TRUE(glob_match("*aab", "aaab"));
  EXPECT_TRUE(glob_match("*ab*ab", "abab"));
  EXPECT_FALSE(glob_match("*ab*ab", "ab"));
}

TEST(Glob, EverythingElseIsItself) {
  EXPECT_TRUE(glob_match("?[a].\\$", "?[a].\\$"));
  EXPECT_FALSE(glob_match("?", "a"));
  EXPECT_FALSE(glob_match("A", "a"));
}

TEST(Glob, NoPatternIsSlow) {
  std::string pattern;
  for (int i = 0; i < 1'000; ++i) pattern += "*a";
  const std::clock_t start = std::clock();  // of CPU, however busy the machine
  EXPECT_FALSE(glob_match(pattern + "*b", std::string(100'000, 'a')));
  EXPECT_LT(std::clock() - start, 2 * CLOCKS_PER_SEC);
}

}  // namespace
}  // namespace web
