// The crawl's normal form, the host key and robots_url.
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "web/url.h"

namespace web {
namespace {

std::string normal(std::string_view text) {
  return normalize(*parse_url(text)).href();
}

TEST(UrlNormal, TheFragmentIsNoPartOfIdentity) {
  EXPECT_EQ(normal("http://h/a#b"), "http://h/a");
  EXPECT_EQ(normal("http://h/a#"), "http://h/a");
}

// RFC 3986 6.2.2.1 and 6.2.2.2.
TEST(UrlNormal, EscapesHaveOneSpelling) {
  EXPECT_EQ(normal("http://h/%7euser/%41-%2d"), "http://h/~user/A--");
  EXPECT_EQ(normal("http://h/a%2fb%c3%a9"), "http://h/a%2Fb%C3%A9");
  EXPECT_EQ(normal("http://h/?%7e=%2b"), "http://h/?~=%2B");
  EXPECT_EQ(normal("http://h/é"), normal("http://h/%c3%a9"));
}

TEST(UrlNormal, WhatAServerCanTellApartStays) {
  EXPECT_NE(normal("http://h/a//b"), normal("http://h/a/b"));
  EXPECT_NE(normal("http://h/?"), normal("http://h/"));
  EXPECT_NE(normal("http://h/?b&a"), normal("http://h/?a&b"));
  EXPECT_NE(normal("http://h/a%2Fb"), normal("http://h/a/b"));
  EXPECT_NE(normal("http://u@h/"), normal("http://h/"));
  EXPECT_NE(normal("http://h/A"), normal("http://h/a"));
}

TEST(UrlNormal, ABrokenEscapeIsNotCompletedByAnUndoneOne) {
  EXPECT_EQ(normal("http://h/%2%65"), "http://h/%2%65");
  EXPECT_EQ(normal("http://h/%%32e"), "http://h/%%32e");
  EXPECT_EQ(normal("http://h/%%41%7a"), "http://h/%%41z");
  EXPECT_EQ(normal("http://h/%zz%77"), "http://h/%zzw");
}

TEST(UrlNormal, ASecondPassFindsNothingNew) {
  std::mt19937 random(7);
  constexpr std::string_view kOctets = "%%%%0246aeEzZ./~?&\xc3\xa9";
  for (int round = 0; round < 20'000; ++round) {
    std::string text = "http://h/";
    for (int i = 0; i < 12; ++i) text += kOctets[random() % kOctets.size()];
    const std::string once = normal(text);
    EXPECT_EQ(normal(once), once) << text;
    EXPECT_EQ(parse_url(once)->href(), once) << text;
  }
}

TEST(UrlNormal, PortsSchemesAndATrailingDotShareAHost) {
  EXPECT_EQ(host_key(*parse_url("https://Example.org.:8443/x")), "example.org");
  EXPECT_EQ(host_key(*parse_url("http://example.org/")), "example.org");
  EXPECT_EQ(host_key(*parse_url("http://[::1]:8/")), "[::1]");
  EXPECT_EQ(host_key(*parse_url("http://./")), ".");
}

// RFC 9309 2.3.
TEST(UrlNormal, RobotsTxtIsTheOrigins) {
  EXPECT_EQ(robots_url(*parse_url("http://u:p@h:80/a/b?c#d")), "http://h/robots.txt");
  EXPECT_EQ(robots_url(*parse_url("https://h:8443")), "https://h:8443/robots.txt");
}

}  // namespace
}  // namespace web
