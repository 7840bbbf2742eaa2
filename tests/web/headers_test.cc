// Header fields and the values the crawler reads from them (RFC 9110, RFC 9112).
#include "web/headers.h"

#include <gtest/gtest.h>

#include <string>

namespace web {
namespace {

using std::chrono::seconds;
using std::chrono::system_clock;

system_clock::time_point at(std::int64_t unix_seconds) {
  return system_clock::time_point(seconds(unix_seconds));
}

constexpr std::int64_t kExample = 784111777;  // Sun, 06 Nov 1994 08:49:37 GMT, the date of RFC 9110 5.6.7

TEST(Headers, FieldsAreFoundInAnyCase) {
  const Headers headers =
      Headers::parse("HTTP/1.1 200 OK\r\nContent-Type:text/html \r\nSERVER: x:y\r\n\r\nbody: no\r\n");
  EXPECT_EQ(headers.get("content-type"), "text/html");
  EXPECT_EQ(headers.get("Server"), "x:y");
  EXPECT_EQ(headers.get("body"), "");
  EXPECT_EQ(headers.fields().size(), 2u);
  EXPECT_EQ(headers.fields()[1].first, "SERVER");
}

TEST(Headers, EveryValueIsKeptInOrder) {
  const Headers headers = Headers::parse("HTTP/1.1 200\nLink: <a>\nX: 1\nlink: <b>\n");
  EXPECT_EQ(headers.all("Link"), (std::vector<std::string_view>{"<a>", "<b>"}));
  EXPECT_EQ(headers.get("link"), "<a>");
  EXPECT_TRUE(headers.all("none").empty());
}

// RFC 9112 5.2.
TEST(Headers, FoldedLinesAreOneValue) {
  const Headers headers = Headers::parse("HTTP/1.1 200 OK\r\n lost\r\nA: 1\r\n\t2\r\n  3\r\nB:4");
  EXPECT_EQ(headers.get("a"), "1 2 3");
  EXPECT_EQ(headers.get("b"), "4");
}

TEST(Headers, LinesThatAreNoFieldArePassedOver) {
  const Headers headers = Headers::parse("junk\r\nA B: 1\r\n: 2\r\n(c): 3\r\nD: 4");
  EXPECT_EQ(headers.fields().size(), 1u);
  EXPECT_EQ(headers.get("D"), "4");
  EXPECT_TRUE(Headers::parse("").fields().empty());
}

TEST(ContentType, IsLowerCaseTypeAndCharsetAsSent) {
  const ContentType type = parse_content_type(" Text/HTML ; a=b; Charset=\"UTF-8\"; charset=x");
  EXPECT_EQ(type.mime, "text/html");
  EXPECT_EQ(type.charset, "UTF-8");
}

TEST(ContentType, ParametersAreReadLeniently) {
  EXPECT_EQ(parse_content_type("text/html;charset = latin1 ;x").charset, "latin1");
  EXPECT_EQ(parse_content_type("text/html; q=\"a;charset=x\"; charset=y").charset, "y");
  EXPECT_EQ(parse_content_type("text/html; charset=\"a\\\"b").charset, "a\"b");
  EXPECT_EQ(parse_content_type("text/html; charset").charset, "");
  EXPECT_EQ(parse_content_type("text/html; flag; charset=u").charset, "u");
  EXPECT_EQ(parse_content_type("text/html, text/plain; charset=u").charset, "u");
}

TEST(ContentType, WhatIsNoTypeIsEmpty) {
  for (const char* value : {"", "text", "/html", "text/", "te xt/html", "; charset=utf-8", "text/ht ml"}) {
    EXPECT_EQ(parse_content_type(value).mime, "") << value;
  }
}

// RFC 9110 5.6.7.
TEST(HttpDate, AllThreeFormsAreRead) {
  EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), at(kExample));
  EXPECT_EQ(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT"), at(kExample));
  EXPECT_EQ(parse_http_date("Sun Nov  6 08:49:37 1994"), at(kExample));
  EXPECT_EQ(parse_http_date("Thu, 01 Jan 1970 00:00:00 GMT"), at(0));
  EXPECT_EQ(parse_http_date("Thu, 29 Feb 2024 23:59:60 GMT"), at(1709251200));
  EXPECT_EQ(parse_http_date("Sun, 06-Nov-1994 08:49:37 GMT"), at(kExample));
}

TEST(HttpDate, WhatIsNoDateIsRefused) {
  for (const char* value :
       {"", "now", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 6 Nov 1994 08:49:37 GMT",
        "06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT ", "Sun, 06 Nov 9999 08:49:37 GMT",
        "Sun, 06 Nov 1899 08:49:37 GMT", "Sun Nov 6 08:49:37 1994", ",", "Sun,"}) {
    EXPECT_FALSE(parse_http_date(value)) << value;
  }
}

// RFC 9110 10.2.3.
TEST(RetryAfter, IsSecondsOrADate) {
  EXPECT_EQ(parse_retry_after(" 120 ", "", at(kExample)), seconds(120));
  EXPECT_EQ(parse_retry_after("0", "", at(kExample)), seconds(0));
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", "", at(kExample - 90)), seconds(90));
}

TEST(RetryAfter, PartsOfASecondAreWaitedForToo) {
  const auto now = at(kExample - 1) + std::chrono::milliseconds(300);
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", "", now), seconds(1));
}

TEST(RetryAfter, ADateCountsFromTheDateOfItsAnswerWhateverOurClockSays) {
  const char* until = "Sun, 06 Nov 1994 08:49:37 GMT";
  for (const std::int64_t off : {-3600, 0, 30, 3600}) {
    EXPECT_EQ(parse_retry_after(until, " Sun, 06 Nov 1994 08:49:34 GMT", at(kExample + off)), seconds(3));
    EXPECT_EQ(parse_retry_after("3", "Sun, 06 Nov 1994 08:49:37 GMT", at(kExample + off)), seconds(3));
    EXPECT_EQ(parse_retry_after(until, until, at(kExample + off)), std::nullopt);
    EXPECT_EQ(parse_retry_after(until, "Sun, 06 Nov 1994 08:49:38 GMT", at(kExample + off)), std::nullopt);
  }
  EXPECT_EQ(parse_retry_after(until, "yesterday", at(kExample - 2)), seconds(2));
}

TEST(RetryAfter, ADateThatIsPastIsNothing) {
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", "", at(kExample + 5)), std::nullopt);
  EXPECT_EQ(parse_retry_after("-5", "", at(0)), std::nullopt);
}

TEST(RetryAfter, IsBounded) {
  EXPECT_EQ(parse_retry_after(std::string(400, '9'), "", at(0)), kMaxRetryAfter);
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 2250 08:49:37 GMT", "", at(0)), kMaxRetryAfter);
}

TEST(RetryAfter, WhatIsUnreadableIsNothing) {
  for (const char* value : {"", "soon", "1.5", "10 s", "+3", "0x10"}) {
    EXPECT_FALSE(parse_retry_after(value, "", at(0))) << value;
  }
}

}  // namespace
}  // namespace web
