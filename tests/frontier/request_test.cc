#include "frontier/request.h"

#include <gtest/gtest.h>

#include <string>

#include "frontier/record.h"

namespace frontier {
namespace {

Request post(std::string body) {
  return {.method = "POST", .headers = {{"Content-Type", "a/b"}, {"X-Empty", ""}}, .body = std::move(body)};
}

TEST(Request, APlainGetIsNotWritten) {
  EXPECT_EQ(Request{}.encode(), "");
  EXPECT_EQ(Request{}.tag(), "");
}

TEST(Request, ComesBackAsItWasWhateverItsBytes) {
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  Request request = post(all);
  request.headers.emplace_back("X-Percent", "100%41\tb:c");
  const std::string text = request.encode();
  EXPECT_EQ(text.find_first_of("\t\r\n"), text.npos);
  const auto back = Request::decode(text);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->method, "POST");
  EXPECT_EQ(back->headers, request.headers);
  EXPECT_EQ(back->body, all);
}

TEST(Request, AGetMayHaveHeadersAndStaysTheSameUrl) {
  const Request request{.headers = {{"Accept", "application/json"}}};
  EXPECT_EQ(request.tag(), "");
  EXPECT_EQ(Request::decode(request.encode())->headers, request.headers);
}

TEST(Request, MethodAndBodyTellItFromOthersAndHeadersDoNot) {
  EXPECT_EQ(Request{.method = "HEAD"}.tag(), "HEAD");
  EXPECT_EQ(Request{.method = "POST"}.tag(), "POST");
  EXPECT_NE(post("a").tag(), post("b").tag());
  Request other = post("a");
  other.headers.clear();
  EXPECT_EQ(post("a").tag(), other.tag());
}

TEST(Request, OnlyAPostMayNotBeSentTwice) {
  EXPECT_TRUE(Request{}.idempotent());
  EXPECT_TRUE(Request{.method = "HEAD"}.idempotent());
  EXPECT_FALSE(post("").idempotent());
}

TEST(Request, WhatWasNotWrittenByUsIsRefused) {
  const std::string text = post("a%").encode();
  for (std::size_t n = 0; n < text.size() - 4; ++n) EXPECT_FALSE(Request::decode(text.substr(0, n))) << n;
  for (const std::string bad :
       {"request=POST\x1f\x1f%g0", "request=POST\x1fname\x1f\x1f", "request=POST\x1f\x1f\x1f\x1f"}) {
    EXPECT_FALSE(Request::decode(bad)) << bad;
  }
}

TEST(Request, ARecordIsKnownByItAndKeepsItsUrl) {
  Record record{.url = "http://a.example/x", .seed = "http://a.example/x", .request = post("a")};
  EXPECT_EQ(record.id(), "http://a.example/x " + record.request.tag());
  const std::string text = record.encode();
  EXPECT_TRUE(text.starts_with(record.id() + "\t"));
  const auto back = Record::decode(text);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->url, record.url);
  EXPECT_EQ(back->seed, record.seed);
  EXPECT_EQ(back->id(), record.id());
}

}  // namespace
}  // namespace frontier
