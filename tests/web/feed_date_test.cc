#include "web/feed_date.h"

#include <gtest/gtest.h>

namespace web {
namespace {

long w3c(std::string_view text) {
  const auto date = parse_w3c_date(text);
  return date ? date->time_since_epoch().count() : -1;
}

long mail(std::string_view text) {
  const auto date = parse_mail_date(text);
  return date ? date->time_since_epoch().count() : -1;
}

TEST(FeedDate, AW3cDateMayStopAtAnyUnit) {
  EXPECT_EQ(w3c("2004"), 1'072'915'200);
  EXPECT_EQ(w3c("2004-12"), 1'101'859'200);
  EXPECT_EQ(w3c(" 2004-12-23\n"), 1'103'760'000);
  EXPECT_EQ(w3c("2004-12-23T18:00Z"), 1'103'824'800);
  EXPECT_EQ(w3c("2004-12-23T18:00:15+00:00"), 1'103'824'815);
  EXPECT_EQ(w3c("2004-12-23T18:00:15.123456+01:00"), 1'103'821'215);
  EXPECT_EQ(w3c("2004-12-23T18:00:15-0130"), 1'103'830'215);
  EXPECT_EQ(w3c("2004-12-23 18:00:15"), 1'103'824'815);
}

TEST(FeedDate, WhatIsNoW3cDateIsNone) {
  for (const auto* text :
       {"", "x", "20041223", "2004-13-01", "2004-02-30", "2004-12-23T", "2004-12-23T25:00Z", "2004-12-23T18:00:15.Z",
        "2004-12-23T18:00Zx", "1969-12-31", "2262-01-01", "2004-1-1", "2004-12-23T18:00+99:00"})
    EXPECT_EQ(w3c(text), -1) << text;
}

TEST(FeedDate, AMailDateHasTheFormsOfBothStandards) {
  EXPECT_EQ(mail("Sun, 06 Sep 2009 16:20:00 +0000"), 1'252'254'000);
  EXPECT_EQ(mail("6 Sep 2009 16:20 GMT"), 1'252'254'000);
  EXPECT_EQ(mail("Sun, 6 Sep 09 16:20:00 Z"), 1'252'254'000);
  EXPECT_EQ(mail("Sunday, 06 September 2009 12:20:00 EDT"), 1'252'254'000);
  EXPECT_EQ(mail("Sun,  06 Sep 2009 18:20:00 +0200"), 1'252'254'000);
  EXPECT_EQ(mail("Sun, 06 Sep 2009 16:20:00"), 1'252'254'000);
  EXPECT_EQ(mail("Tue, 19 Jan 38 03:14:07 CEST"), 2'147'483'647);  // a zone of no standard
}

TEST(FeedDate, WhatIsNoMailDateIsNone) {
  for (const auto* text :
       {"", "Sun,", "Sun, 31 Feb 2009 16:20:00 GMT", "Sun, 06 Foo 2009 16:20:00 GMT", "Sun, 06 Sep 2009",
        "Sun, 06 Sep 2009 16:20:00 +99", "2009-09-06", "Sun, 06 Sep 2009 24:20 GMT"})
    EXPECT_EQ(mail(text), -1) << text;
}

}  // namespace
}  // namespace web
