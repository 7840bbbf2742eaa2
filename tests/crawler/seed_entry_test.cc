#include "crawler/seed_entry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace crawler {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

SeedEntry taken(std::string_view entry) {
  std::string reason;
  auto seed = parse_seed(entry, reason);
  EXPECT_TRUE(seed) << entry.substr(0, 100) << ": " << reason;
  return seed ? *seed : SeedEntry{};
}

std::string refused(std::string_view entry) {
  std::string reason;
  EXPECT_FALSE(parse_seed(entry, reason)) << entry.substr(0, 100);
  EXPECT_EQ(reason.find_first_of("\r\n"), reason.npos) << reason;
  return reason;
}

TEST(SeedEntry, APlainUrlIsItsOwnSeed) {
  const SeedEntry seed = taken("https://example.org/a?b=c");
  EXPECT_EQ(seed.record.url, "https://example.org/a?b=c");
  EXPECT_EQ(seed.record.seed, seed.record.url);
  EXPECT_EQ(seed.url.href(), seed.record.url);
  EXPECT_EQ(seed.record.depth, 0);
  EXPECT_EQ(seed.record.via, "");
  EXPECT_EQ(seed.record.priority, frontier::Priority::normal);
  EXPECT_FALSE(seed.force);
}

TEST(SeedEntry, WhiteSpaceAroundItIsIgnored) {
  EXPECT_EQ(taken(" \t\r\nhttp://example.org/ \r\n").record.url, "http://example.org/");
  EXPECT_EQ(taken(R"( {"url": " http://example.org/ "} )").record.url, "http://example.org/");
}

TEST(SeedEntry, TheNormalFormIsTheIdentity) {
  EXPECT_EQ(taken("HTTP://Example.ORG:80/%7ea/../b#part").record.url, "http://example.org/b");
}

TEST(SeedEntry, CredentialsAreNoPartOfTheIdentity) {
  EXPECT_EQ(taken("https://user:secret@example.org/a").record.url, "https://example.org/a");
  EXPECT_EQ(taken("https://user:secret@example.org/a").url.username, "");
}

TEST(SeedEntry, JsonCarriesWhatGoesWithTheUrl) {
  const SeedEntry seed = taken(
      R"({"url":"http://example.org/","job":"j-1","priority":"low","depth":3,"force":true,"meta":{"k":[1,"é"]},"method":"GET"})");
  EXPECT_EQ(seed.record.url, "http://example.org/");
  EXPECT_EQ(seed.record.job, "j-1");
  EXPECT_EQ(seed.record.depth, 3);
  EXPECT_EQ(seed.record.priority, frontier::Priority::low);
  EXPECT_EQ(seed.record.meta, R"({"k":[1,"\u00e9"]})");
  EXPECT_TRUE(seed.force);
}

TEST(SeedEntry, AUrlWithoutSchemeGetsAProposal) {
  for (const std::string url : {"example.org", "example.org/a", "example.org:8080/a", "www.example.org?x=y"}) {
    const std::string reason = refused(url);
    EXPECT_THAT(reason, StartsWith("bad_url: "));
    EXPECT_THAT(reason, HasSubstr("did you mean https://" + url + "?"));
  }
}

TEST(SeedEntry, OtherSchemesAreNamed) {
  for (const std::string scheme : {"ftp", "file", "gopher"}) {
    const std::string reason = refused(scheme + "://example.org/");
    EXPECT_THAT(reason, StartsWith("scheme: "));
    EXPECT_THAT(reason, HasSubstr(scheme));
  }
  EXPECT_THAT(refused("javascript:alert(1)"), StartsWith("scheme: "));
  EXPECT_THAT(refused("data:text/html,a.b"), StartsWith("scheme: "));
}

TEST(SeedEntry, AMailAddressIsNoHostWithoutScheme) {
  const std::string reason = refused("mailto:someone@example.org");
  EXPECT_THAT(reason, StartsWith("scheme: "));
  EXPECT_THAT(reason, Not(HasSubstr("did you mean")));
}

TEST(SeedEntry, WhatIsNoUrlIsRefused) {
  for (const std::string entry :
       {"", "   ", "http://", "http://[::1", "http://a b/", "https://example.org:99999/", "???"}) {
    EXPECT_THAT(refused(entry), StartsWith("bad_url: ")) << entry;
  }
}

TEST(SeedEntry, ControlCharactersAreRefusedAndNotRepeated) {
  EXPECT_THAT(refused("http://example.org/a\nb"), StartsWith("bad_url: "));
  EXPECT_THAT(refused("http://example.org/\x1b[31m"), Not(HasSubstr("\x1b")));
  EXPECT_THAT(refused(std::string("http://example.org/\0x", 21)), StartsWith("bad_url: "));
  EXPECT_THAT(refused(R"({"url":"http://example.org/\u0007"})"), StartsWith("bad_url: "));
}

TEST(SeedEntry, JsonOfAnotherShapeIsRefused) {
  for (const std::string entry :
       {"{", "{}", R"({"url":5})", R"({"url":null})", R"({"url":"http://example.org/"} x)", R"({"job":"j"})"}) {
    EXPECT_THAT(refused(entry), StartsWith("bad entry: ")) << entry;
  }
}

TEST(SeedEntry, AFieldOfAnotherTypeIsRefusedByItsName) {
  const auto with = [](const std::string& field) { return R"({"url":"http://example.org/",)" + field + "}"; };
  for (const std::string value : {"-1", "1.5", "\"1\"", "true", "1000001", "18446744073709551615", "1e3"}) {
    EXPECT_THAT(refused(with("\"depth\":" + value)), HasSubstr("depth")) << value;
  }
  for (const std::string value : {"5", "null", R"("a\u0000b")", R"("a\tb")"}) {
    EXPECT_THAT(refused(with("\"job\":" + value)), HasSubstr("job")) << value;
  }
  EXPECT_THAT(refused(with(R"("meta":"text")")), HasSubstr("meta"));
  for (const std::string value : {"\"urgent\"", "\"\"", "\"High\"", "1", "null", "[\"high\"]"}) {
    EXPECT_THAT(refused(with("\"priority\":" + value)), HasSubstr("priority")) << value;
  }
  EXPECT_THAT(refused(with(R"("force":1)")), HasSubstr("force"));
  EXPECT_THAT(refused(with(R"("method":"BREW")")), HasSubstr("method"));
  EXPECT_THAT(refused(with(R"("urgent":true)")), HasSubstr("urgent"));
}

std::string with(const std::string& fields) {
  return R"({"url":"http://example.org/api",)" + fields + "}";
}

using Headers = std::vector<std::pair<std::string, std::string>>;

TEST(SeedEntry, ARequestMayHaveAMethodHeadersAndABody) {
  const frontier::Request post =
      taken(with(R"("headers":{"X-Key":"k","content-type":"text/csv"},"body":"a,b\n","method":"POST")")).record.request;
  EXPECT_EQ(post.method, "POST");
  EXPECT_EQ(post.body, "a,b\n");
  EXPECT_EQ(post.headers, (Headers{{"X-Key", "k"}, {"content-type", "text/csv"}}));
  EXPECT_EQ(taken(with(R"("method":"HEAD")")).record.id(), "http://example.org/api HEAD");
  EXPECT_EQ(taken(with(R"("headers":{"Accept":"application/json"})")).record.id(), "http://example.org/api");
}

TEST(SeedEntry, ABodySaysWhatItIsWhereNobodyElseDoes) {
  const frontier::Request json = taken(with(R"("method":"POST","body":{"b":[1,"é"],"a":null})")).record.request;
  EXPECT_EQ(json.body, R"({"a":null,"b":[1,"é"]})");
  EXPECT_EQ(json.headers, (Headers{{"Content-Type", "application/json"}}));
  const frontier::Request form = taken(with(R"("method":"POST","body":"a=1&b=2")")).record.request;
  EXPECT_EQ(form.headers, (Headers{{"Content-Type", "application/x-www-form-urlencoded"}}));
  EXPECT_TRUE(taken(with(R"("method":"POST")")).record.request.headers.empty());
}

TEST(SeedEntry, ABodyGoesWithAPostOnly) {
  EXPECT_THAT(refused(with(R"("body":"x")")), HasSubstr("POST"));
  EXPECT_THAT(refused(with(R"("method":"HEAD","body":"x")")), HasSubstr("POST"));
}

TEST(SeedEntry, HeadersThatAreOursOrNoneAreRefusedByName) {
  for (const std::string name : {"Host", "user-agent", "FROM", "Content-Length", "Transfer-Encoding", "Connection"}) {
    EXPECT_THAT(refused(with("\"headers\":{\"" + name + "\":\"x\"}")), HasSubstr(name));
  }
  for (const std::string headers : {R"({"a b":"x"})", R"({"":"x"})", R"({"a:":"x"})", R"({"a":1})",
                                    R"({"a":"x\r\nb: y"})", R"({"a":" x"})", R"(["a"])"}) {
    EXPECT_THAT(refused(with("\"headers\":" + headers)), HasSubstr("header")) << headers;
  }
  std::string many;
  for (int i = 0; i < 33; ++i) many += (i > 0 ? ",\"h" : "\"h") + std::to_string(i) + "\":\"\"";
  EXPECT_THAT(refused(with("\"headers\":{" + many + "}")), HasSubstr("at most 32"));
  EXPECT_THAT(refused(with(R"("headers":{"a":")" + std::string(8192, 'x') + "\"}")), HasSubstr("8 KiB"));
}

TEST(SeedEntry, MetaIsAtMost4KiB) {
  const auto with_meta = [](std::size_t bytes) {  // as written down: {"k":"abc"}
    return R"({"url":"http://example.org/","meta":{"k":")" + std::string(bytes - 8, 'x') + "\"}}";
  };
  EXPECT_EQ(taken(with_meta(4096)).record.meta.size(), 4096u);
  EXPECT_THAT(refused(with_meta(4097)), HasSubstr("meta"));
}

TEST(SeedEntry, AnEntryIsAtMost64KiB) {
  const std::string url = "http://example.org/";
  EXPECT_EQ(taken(url + std::string(64 * 1024 - url.size(), ' ')).record.url, url);
  EXPECT_THAT(refused(url + std::string(64 * 1024 + 1 - url.size(), ' ')), HasSubstr("64 KiB"));
}

TEST(SeedEntry, DeepNestingIsRefused) {
  const auto nested = [](int levels) {
    return R"({"url":"http://example.org/","meta":{"k":)" + std::string(levels, '[') + std::string(levels, ']') + "}}";
  };
  EXPECT_FALSE(taken(nested(60)).record.meta.empty());
  EXPECT_THAT(refused(nested(70)), StartsWith("bad entry: "));
  EXPECT_THAT(refused(R"({"url":)" + std::string(60'000, '[')), StartsWith("bad entry: "));
}

TEST(SeedEntry, BytesThatAreNoUtf8DoNotHarm) {
  EXPECT_THAT(refused("{\"url\":\"http://example.org/\xff\"}"), StartsWith("bad entry: "));
  EXPECT_EQ(taken("http://example.org/\xff").record.url, "http://example.org/%FF");
}

}  // namespace
}  // namespace crawler
