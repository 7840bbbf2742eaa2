// Registrable domains by the Public Suffix List.
#include "web/domain.h"

#include <gtest/gtest.h>

namespace web {
namespace {

TEST(Domain, IsOneLabelBelowThePublicSuffix) {
  EXPECT_EQ(registrable_domain("example.org"), "example.org");
  EXPECT_EQ(registrable_domain("a.b.example.org"), "example.org");
  EXPECT_EQ(registrable_domain("www.example.co.uk"), "example.co.uk");
  EXPECT_EQ(registrable_domain("www.example.org."), "example.org");
}

TEST(Domain, PrivateSuffixesCount) {
  EXPECT_EQ(registrable_domain("a.me.github.io"), "me.github.io");
}

TEST(Domain, NamesInPunycodeAreKnown) {
  EXPECT_EQ(registrable_domain("www.example.xn--p1ai"), "example.xn--p1ai");
  EXPECT_EQ(registrable_domain("a.b.xn--85x722f.com.cn"), "xn--85x722f.com.cn");
}

TEST(Domain, AnUnlistedSuffixIsOneLabel) {
  EXPECT_EQ(registrable_domain("a.b.internal-net"), "b.internal-net");
}

TEST(Domain, WhatHasNoneIsItself) {
  for (const char* host : {"localhost", "co.uk", "org", "127.0.0.1", "[2001:db8::1]", ".", ""}) {
    EXPECT_EQ(registrable_domain(host), host);
  }
}

}  // namespace
}  // namespace web
