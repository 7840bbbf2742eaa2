#include "crawler/scope.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace crawler {
namespace {

Config::Scope scope_of(const std::string& type) {
  Config::Scope config;
  config.type = type;
  return config;
}

Scope::Verdict judge(const Config::Scope& config, const std::string& url, const std::string& seed, int depth = 1) {
  return Scope(config).judge(*web::parse_url(url), *web::parse_url(seed), depth);
}

bool inside(const std::string& type, const std::string& url, const std::string& seed) {
  const auto verdict = judge(scope_of(type), url, seed);
  if (verdict.refused.empty()) return true;
  EXPECT_EQ(verdict.refused, "out_of_scope");
  EXPECT_EQ(verdict.rule, "scope.type = " + type);
  return false;
}

TEST(Scope, HostIgnoresSchemeAndPort) {
  EXPECT_TRUE(inside("host", "http://a.example/x", "http://a.example/"));
  EXPECT_TRUE(inside("host", "https://a.example:8443/x", "http://a.example/"));
  EXPECT_TRUE(inside("host", "http://A.EXAMPLE/x", "http://a.example/deep/page"));
  EXPECT_FALSE(inside("host", "http://www.a.example/", "http://a.example/"));
  EXPECT_FALSE(inside("host", "http://a.example.net/", "http://a.example/"));
}

TEST(Scope, PageIsTheSeedAlone) {
  EXPECT_TRUE(inside("page", "http://a.example/x?q=1", "http://a.example/x?q=1"));
  EXPECT_TRUE(inside("page", "http://a.example/x#part", "http://a.example/x"));
  EXPECT_FALSE(inside("page", "http://a.example/x?q=2", "http://a.example/x?q=1"));
  EXPECT_FALSE(inside("page", "http://b.example/x", "http://a.example/x"));
}

TEST(Scope, PrefixIsTheFolderOfTheSeed) {
  EXPECT_TRUE(inside("prefix", "http://a.example/docs/more/x.html", "http://a.example/docs/index.html"));
  EXPECT_TRUE(inside("prefix", "http://a.example/docs/", "http://a.example/docs/index.html"));
  EXPECT_FALSE(inside("prefix", "http://a.example/docs-old/x.html", "http://a.example/docs/index.html"));
  EXPECT_FALSE(inside("prefix", "http://a.example/", "http://a.example/docs/index.html"));
  EXPECT_FALSE(inside("prefix", "http://b.example/docs/x.html", "http://a.example/docs/index.html"));
  EXPECT_TRUE(inside("prefix", "http://a.example/anything", "http://a.example/"));
}

TEST(Scope, DomainIsTheRegistrableDomain) {
  EXPECT_TRUE(inside("domain", "http://b.site.co.uk/", "http://a.site.co.uk/"));
  EXPECT_FALSE(inside("domain", "http://other.co.uk/", "http://a.site.co.uk/"));  // co.uk is a public suffix
  EXPECT_FALSE(inside("domain", "http://127.0.0.2/", "http://127.0.0.1/"));
}

TEST(Scope, AnyIsEverything) {
  EXPECT_TRUE(inside("any", "https://b.example/", "http://a.example/"));
}

TEST(Scope, IncludeAddsToTheType) {
  Config::Scope config = scope_of("host");
  config.include = {"http://cdn.example/*"};
  EXPECT_EQ(judge(config, "http://cdn.example/x", "http://a.example/").refused, "");
  EXPECT_EQ(judge(config, "http://a.example/x", "http://a.example/").refused, "");
  EXPECT_EQ(judge(config, "http://b.example/x", "http://a.example/").refused, "out_of_scope");
}

TEST(Scope, ExcludeWinsAndItsRuleIsNamed) {
  Config::Scope config = scope_of("host");
  config.include = {"*"};
  config.exclude = {"*/never/*", "*.zip"};
  EXPECT_EQ(judge(config, "http://a.example/x.html", "http://a.example/").refused, "");
  const auto verdict = judge(config, "http://a.example/x.zip", "http://a.example/");
  EXPECT_EQ(verdict.refused, "out_of_scope");
  EXPECT_EQ(verdict.rule, "scope.exclude[1]");
}

TEST(Scope, DepthIsTheLinksOwnAndTheLimitIsIncluded) {
  Config::Scope config = scope_of("host");
  config.max_depth = 2;
  EXPECT_EQ(judge(config, "http://a.example/x", "http://a.example/", 2).refused, "");
  const auto verdict = judge(config, "http://a.example/x", "http://a.example/", 3);
  EXPECT_EQ(verdict.refused, "depth");
  EXPECT_EQ(verdict.rule, "scope.max_depth");
  config.max_depth = std::nullopt;
  EXPECT_EQ(judge(config, "http://a.example/x", "http://a.example/", 1'000'000).refused, "");
}

TEST(Scope, WhatIsOutsideIsRefusedForThatBeforeItsDepth) {
  Config::Scope config = scope_of("host");
  config.max_depth = 2;
  EXPECT_EQ(judge(config, "http://b.example/x", "http://a.example/", 3).refused, "out_of_scope");
}

TEST(Scope, TooLongCountsTheWholeUrl) {
  Config::Scope config = scope_of("any");
  const std::string root = "http://a.example/";
  config.max_url_length = 100;
  EXPECT_EQ(judge(config, root + std::string(100 - root.size(), 'x'), root).refused, "");
  const auto verdict = judge(config, root + std::string(101 - root.size(), 'x'), root);
  EXPECT_EQ(verdict.refused, "too_long");
  EXPECT_EQ(verdict.rule, "scope.max_url_length");
}

}  // namespace
}  // namespace crawler
