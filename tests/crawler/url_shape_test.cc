#include "crawler/url_shape.h"

#include <gtest/gtest.h>

namespace crawler {
namespace {

UrlShape shape(const char* text) {
  return shape_of(*web::parse_url(text));
}

TEST(UrlShapeTest, NumbersAreTakenOutOfPathAndQuery) {
  const UrlShape s = shape("http://a.example/cal/2026-11/07?week=3&view=w2");
  EXPECT_EQ(s.pattern, "a.example/cal/#-#/#?week=#&view=w#");
  EXPECT_EQ(s.numbers, (std::vector<std::uint64_t>{2026, 11, 7, 3, 2}));
  EXPECT_EQ(shape("https://a.example/cal/1-1/1?week=1&view=w1").pattern, s.pattern) << "schemes share patterns";
  EXPECT_NE(shape("http://b.example/cal/1-1/1?week=1&view=w1").pattern, s.pattern);
  EXPECT_NE(shape("http://a.example:8080/cal/1-1/1?week=1&view=w1").pattern, s.pattern);
}

TEST(UrlShapeTest, ANumberTooLargeIsTheLargest) {
  EXPECT_EQ(shape("http://a.example/99999999999999999999999").numbers.front(), UINT64_MAX);
}

TEST(UrlShapeTest, TheContentsPatternHasTheNamesOfParametersOnly) {
  EXPECT_EQ(content_pattern(*web::parse_url("http://a.example/p/17?id=5&q=x&flag")), "a.example/p/#?id&q&flag");
  EXPECT_EQ(content_pattern(*web::parse_url("http://a.example/p/17?&&")), "a.example/p/#");
}

TEST(UrlShapeTest, ADateIsAYearAndMore) {
  EXPECT_TRUE(shape("http://a.example/2026/11").is_date());
  EXPECT_TRUE(shape("http://a.example/c?month=11&year=2026").is_date());
  EXPECT_FALSE(shape("http://a.example/2026").is_date());
  EXPECT_FALSE(shape("http://a.example/c/12?page=40").is_date());
  EXPECT_TRUE(shape("http://a.example/2026/11/30").is_date());
  EXPECT_TRUE(shape("http://a.example/30.11.2026").is_date());
  EXPECT_TRUE(shape("http://a.example/11-30-2026").is_date());
  for (const char* url : {"http://a.example/2024/05/03/12345.html", "http://a.example/abs/2301.00001",
                          "http://a.example/topic?t=2345&start=40", "http://a.example/topic?t=2045&start=40",
                          "http://a.example/2026/0", "http://a.example/2026/13", "http://a.example/40/2026"}) {
    EXPECT_FALSE(shape(url).is_date()) << url;
  }
}

TEST(UrlShapeTest, DatesAreOrderedByYearWhereverItStands) {
  const auto later = [](const char* a, const char* b) { return shape(a).compare(shape(b)) > 0; };
  EXPECT_TRUE(later("http://a.example/2027/1", "http://a.example/2026/12"));
  EXPECT_TRUE(later("http://a.example/c?m=1&y=2027", "http://a.example/c?m=12&y=2026"));
  EXPECT_TRUE(later("http://a.example/1-12-2026", "http://a.example/30-11-2026"));
  EXPECT_TRUE(later("http://a.example/7/2026/12", "http://a.example/7/2026/11"));
  EXPECT_FALSE(later("http://a.example/2026/11", "http://a.example/2026/11"));
}

TEST(UrlShapeTest, ADayLiesNeitherBeforeNorAfterItsMonth) {
  const UrlShape month = shape("http://a.example/m/2026/11"), day = shape("http://a.example/d/2026/11/30");
  EXPECT_TRUE(month.comparable(day));
  EXPECT_EQ(day.compare(month), 0);
  EXPECT_GT(shape("http://a.example/m/2026/12").compare(day), 0);
  EXPECT_FALSE(month.comparable(shape("http://b.example/d/2026/11/30")));
  EXPECT_FALSE(shape("http://a.example/p/1").comparable(shape("http://a.example/q/1"))) << "numbers of two kinds";
}

TEST(UrlShapeTest, PlainNumbersInAQueryAreKnown) {
  for (const char* query : {"t=12", "f=2&t=12", "f=2&t=17&start=25", "1234", "t=12&"})
    EXPECT_TRUE(is_numeric_query(query)) << query;
  for (const char* query : {"q=word", "t=12&q=word", "a=1&b=2&c=3&d=4", "", "t=", "t=1,2"}) {
    EXPECT_FALSE(is_numeric_query(query)) << query;
  }
}

TEST(UrlShapeTest, AShownPatternIsShort) {
  EXPECT_EQ(shown_pattern("a.example/p/#"), "/p/#");
  EXPECT_LE(shown_pattern("a.example/" + std::string(5000, 'x')).size(), 120u);
}

}  // namespace
}  // namespace crawler
