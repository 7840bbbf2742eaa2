#include "web/parameter_filter.h"

#include <gtest/gtest.h>

namespace web {
namespace {

const ParameterFilter kFilter({"jsessionid", "ASPSESSIONID*", "cfid", "sid/16"});

std::string stripped(const char* text) {
  Url url = *parse_url(text);
  const std::string before = url.href();
  const bool changed = kFilter.strip(url);
  EXPECT_EQ(changed, url.href() != before);
  return url.href();
}

TEST(ParameterFilterTest, ASessionInTheQueryGoesAndTheRestStaysInItsOrder) {
  EXPECT_EQ(stripped("http://a.example/p?z=1&jsessionid=ABC&a=2"), "http://a.example/p?z=1&a=2");
  EXPECT_EQ(stripped("http://a.example/p?JSESSIONID=ABC&a=2"), "http://a.example/p?a=2");
  EXPECT_EQ(stripped("http://a.example/p?a=2&&cfid=1"), "http://a.example/p?a=2&");
  EXPECT_EQ(stripped("http://a.example/p?cfid="), "http://a.example/p");
}

TEST(ParameterFilterTest, ASessionInThePathGoes) {
  EXPECT_EQ(stripped("http://a.example/p.jsp;jsessionid=0A1B?x=1"), "http://a.example/p.jsp?x=1");
  EXPECT_EQ(stripped("http://a.example/a;jsessionid=1;v=2/b;jsessionid=1"), "http://a.example/a;v=2/b");
  EXPECT_EQ(stripped("http://a.example/a;v=2;jsessionid=1"), "http://a.example/a;v=2");
}

TEST(ParameterFilterTest, AStarStandsForTheRestOfAName) {
  EXPECT_EQ(stripped("http://a.example/p?ASPSESSIONIDQQCBSTRA=x"), "http://a.example/p");
  EXPECT_EQ(stripped("http://a.example/p?xASPSESSIONID=x"), "http://a.example/p?xASPSESSIONID=x");
}

TEST(ParameterFilterTest, AnAmbiguousNameIsOneOnlyWithATokenBehindIt) {
  EXPECT_EQ(stripped("http://a.example/viewtopic?t=5&sid=9f86d081884c7d659a2feaa0c55ad015"),
            "http://a.example/viewtopic?t=5");
  EXPECT_EQ(stripped("http://a.example/p?sid=q3tv7h2kcl8m1b5r0nsu4i6oe9"), "http://a.example/p");
  for (const char* url :
       {"http://a.example/article?sid=minister-resigns-after-vote",
        "http://a.example/article?sid=ministerresignsaftervote", "http://a.example/article?sid=election2024results5",
        "http://a.example/article?sid=2024110312345678",
        "http://a.example/article?sid=b2c4d6e8-1a3b-4c5d-8e7f-90a1b2c3d4e5",
        "http://a.example/article?sid=article_20241103_4b7c_update"}) {
    EXPECT_EQ(stripped(url), url);
  }
  for (const char* url : {"http://a.example/article?sid=12/34", "http://a.example/article?sid=1234",
                          "http://a.example/article?sid=12%2F01%2F31%2F1715233", "http://a.example/article?sid"}) {
    EXPECT_EQ(stripped(url), url);
  }
}

TEST(ParameterFilterTest, WhatNamesNoSessionStaysToTheLetter) {
  for (const char* url :
       {"http://a.example/", "http://a.example/p?", "http://a.example/p?&&", "http://a.example/a;b/c;d=e?f=g&h",
        "http://a.example/jsessionid=5", "http://a.example/p?xjsessionid=5", "http://a.example/;/"}) {
    EXPECT_EQ(stripped(url), url);
  }
}

TEST(ParameterFilterTest, TwiceIsAsOnce) {
  const std::string once = stripped("http://a.example/;jsessionid=1;;jsessionid=2/?cfid=1&cfid=2&a&cfid=3");
  EXPECT_EQ(stripped(once.c_str()), once);
}

TEST(ParameterFilterTest, RulesAreNamesWithAStarAtTheEndOrALength) {
  for (const char* rule : {"sid", "sid*", "sid/16", "asp.net_sessionid"})
    EXPECT_TRUE(ParameterFilter::is_rule(rule)) << rule;
  for (const char* rule : {"", "*", "*sid", "s*d", "sid/", "sid/0", "sid/x", "sid/99999", "a=b", "a&b", "/16"}) {
    EXPECT_FALSE(ParameterFilter::is_rule(rule)) << rule;
  }
}

}  // namespace
}  // namespace web
