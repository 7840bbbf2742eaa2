#include "crawler/robots_answer.h"

#include <gtest/gtest.h>

#include <string>

namespace crawler {
namespace {

using Kind = RobotsAnswer::Kind;

const web::Url kAsked = *web::parse_url("http://a.example/robots.txt");
const std::string kRules = "User-agent: *\nDisallow: /no\n";

FetchResult result(Outcome outcome, int status, const std::string& fields = "", std::string body = {}) {
  FetchResult r;
  r.outcome = outcome;
  r.status = status;
  r.response_head = "HTTP/1.1 " + std::to_string(status) + " x\r\n" + fields + "\r\n";
  r.body = std::move(body);
  return r;
}

RobotsAnswer read(FetchResult r, bool no_such_host = false) {
  return read_robots_answer(kAsked, std::move(r), no_such_host, "sha1:D");
}

TEST(RobotsAnswer, RulesComeWithTheDigestOfWhatArrived) {
  const RobotsAnswer answer = read(result(Outcome::fetched, 200, "Content-Type: text/plain\r\n", kRules));
  EXPECT_EQ(answer.kind, Kind::rules);
  EXPECT_EQ(answer.text, kRules);
  EXPECT_EQ(answer.digest, "sha1:D");
  EXPECT_EQ(answer.odd, "");
}

TEST(RobotsAnswer, Only4xxSaysThatThereIsNone) {  // RFC 9309 2.3.1.3
  EXPECT_EQ(read(result(Outcome::http_4xx, 404)).kind, Kind::none);
  EXPECT_EQ(read(result(Outcome::http_4xx, 403)).kind, Kind::none);
  EXPECT_EQ(read(result(Outcome::rate_limited, 429)).kind, Kind::unreachable);
  EXPECT_EQ(read(result(Outcome::http_4xx, 301)).kind, Kind::unreachable);  // without a usable Location
  EXPECT_EQ(read(result(Outcome::not_modified, 304)).kind, Kind::unreachable);
}

TEST(RobotsAnswer, FailuresOfServerAndNetworkAreUnreachable) {  // RFC 9309 2.3.1.4
  for (const Outcome outcome : {Outcome::http_5xx, Outcome::rate_limited, Outcome::timeout, Outcome::dns,
                                Outcome::connect, Outcome::tls, Outcome::protocol, Outcome::reset}) {
    EXPECT_EQ(read(result(outcome, 0)).kind, Kind::unreachable) << outcome_name(outcome);
  }
}

TEST(RobotsAnswer, AHostThatCannotBeAskedIsHopeless) {
  EXPECT_EQ(read(result(Outcome::dns, 0), true).text, "dns");
  EXPECT_EQ(read(result(Outcome::forbidden_address, 0)).text, "forbidden_address");
}

TEST(RobotsAnswer, ARedirectNamesItsTargetInNormalForm) {
  const RobotsAnswer answer = read(result(Outcome::redirected, 302, "Location: //a:b@B.example:80/r%7ebots#x\r\n"));
  EXPECT_EQ(answer.kind, Kind::redirect);
  EXPECT_EQ(answer.text, "http://b.example/r~bots");
  const std::string endless = "Location: /" + std::string(9000, 'a') + "\r\n";
  EXPECT_EQ(read(result(Outcome::redirected, 302, endless)).kind, Kind::unreachable);
}

TEST(RobotsAnswer, HtmlIsReadAndTold) {
  EXPECT_NE(read(result(Outcome::fetched, 200, "Content-Type: text/html\r\n", kRules)).odd.find("HTML"),
            std::string::npos);
  const RobotsAnswer answer = read(result(Outcome::fetched, 200, "", "\n<html>\n" + kRules));
  EXPECT_EQ(answer.kind, Kind::rules);
  EXPECT_NE(answer.odd.find("HTML"), std::string::npos);
}

TEST(RobotsAnswer, WhatCannotBeUnpackedIsUnreachable) {
  const RobotsAnswer answer = read(result(Outcome::fetched, 200, "Content-Encoding: gzip\r\n", kRules));
  EXPECT_EQ(answer.kind, Kind::unreachable);
  EXPECT_EQ(answer.text, "");
  EXPECT_NE(answer.odd, "");
  const std::string layers = "Content-Encoding: gzip,gzip,gzip,gzip,gzip,gzip\r\n";
  EXPECT_EQ(read(result(Outcome::fetched, 200, layers, kRules)).kind, Kind::unreachable);
}

TEST(RobotsAnswer, TextUnderAnUnknownCodingIsTakenAsText) {
  EXPECT_EQ(read(result(Outcome::fetched, 200, "Content-Encoding: utf-8\r\n", kRules)).text, kRules);
  const std::string binary("\x01\x02", 2);
  EXPECT_EQ(read(result(Outcome::fetched, 200, "Content-Encoding: own\r\n", binary)).kind, Kind::unreachable);
}

TEST(RobotsAnswer, TravelsAsBytes) {
  for (const Kind kind : {Kind::rules, Kind::none, Kind::redirect, Kind::unreachable}) {
    const RobotsAnswer sent{kind, std::string("a\nb\0c", 5) + kRules, "sha1:D", "odd; very"};
    const auto got = RobotsAnswer::decode(sent.encode());
    ASSERT_TRUE(got);
    EXPECT_EQ(got->kind, sent.kind);
    EXPECT_EQ(got->text, sent.text);
    EXPECT_EQ(got->digest, sent.digest);
    EXPECT_EQ(got->odd, sent.odd);
  }
  for (const std::string bytes : {"", "0", "0 x", "0 x\n", "5 \n\n", "x \n\n", "0\n\nabc"}) {
    EXPECT_FALSE(RobotsAnswer::decode(bytes)) << bytes;
  }
}

}  // namespace
}  // namespace crawler
