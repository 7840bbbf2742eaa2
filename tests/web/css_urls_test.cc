// Which URLs a style sheet holds, by the tokens of CSS Syntax 3.
#include "web/css_urls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "web/stylesheet.h"

namespace web {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::string_literals;

std::vector<std::string> urls(std::string_view css) {
  std::vector<std::string> found;
  CssUrls reader(css);
  for (CssUrl url; reader.next(url);) found.emplace_back(url.text);
  return found;
}

TEST(CssUrls, AreBareOrQuoted) {
  EXPECT_THAT(urls("a{b:url(one) url( 'two' )url(\"thr)ee\"), URL( four )}"),
              ElementsAre("one", "two", "thr)ee", "four"));
  EXPECT_THAT(urls("url(cut"), ElementsAre("cut"));
  EXPECT_THAT(urls("url('cut"), ElementsAre("cut"));
  EXPECT_THAT(urls("url(x  "), ElementsAre("x"));
}

TEST(CssUrls, OfImportsMayBeStrings) {
  EXPECT_THAT(urls("@import 'a.css';@IMPORT/**/\"b.css\" screen;@import url(c.css) layer(x);@import url('d.css');"),
              ElementsAre("a.css", "b.css", "c.css", "d.css"));
  EXPECT_THAT(urls("@import 'a' 'b'; @media 'c'; x{content:'d'} @importx 'e'; @\\69mport 'f';"), ElementsAre("a", "f"));
}

TEST(CssUrls, OfNamesAreNone) {
  EXPECT_THAT(urls("@namespace url(http://www.w3.org/1999/xhtml);@namespace svg 'http://x';a{b:url(c)}"),
              ElementsAre("c"));
  EXPECT_THAT(urls("@-moz-document url(http://x), url('y'){a{b:url(c)}}"), ElementsAre("c"));
}

TEST(CssUrls, OfImageSetsMayBeStrings) {
  EXPECT_THAT(urls("x:image-set('a' 1x, url(b) 2x, url(\"c\") type('image/png'), 'd' type('no')) 'no'"),
              ElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(urls("x:-webkit-image-set('a' calc(1x*(2)), 'b' 2x);y:cross-fade('no')"), ElementsAre("a", "b"));
  EXPECT_THAT(urls("x:image-set(;y:'no'"), IsEmpty());
}

TEST(CssUrls, InCommentsAndStringsAndLongerNamesAreNone) {
  EXPECT_THAT(urls("/* url(no) */ 'url(no)' \"\\\"url(no)\" curl(no) url-x(no) #url(no) @url(no) 3url(no) -3url(no) "
                   "--url(no) \\url2(no) url (no) url/**/(no) url(yes)"),
              ElementsAre("yes"));
  EXPECT_THAT(urls("/* open url(no)"), IsEmpty());
  EXPECT_THAT(urls("<!--url(a)-->url(b) .url(c) 5%url(d) +url(e)"), ElementsAre("a", "b", "c", "d", "e"));
}

TEST(CssUrls, BadOnesAreSkippedToTheirEnd) {
  EXPECT_THAT(urls("url(a b url(c) url(ok)"), ElementsAre("ok"));
  EXPECT_THAT(urls("url(a'b) url(a(b) url(a\x01) url(a\"\\)url(no)) url(ok)"), ElementsAre("ok"));
  EXPECT_THAT(urls("url(a\\\nb) url(ok)"), ElementsAre("ok"));
  EXPECT_THAT(urls("url('a\nb) url(ok)"), ElementsAre("ok")) << "a string ends with its line";
}

TEST(CssUrls, EscapesAreDecoded) {
  EXPECT_THAT(urls("\\75 rl(a\\ b) u\\52\\4c('\\000041\\\nb\\27') url(\\29)"), ElementsAre("a b", "Ab'", ")"));
  EXPECT_THAT(urls("url(\\0 \\d800 \\110000 x)"), ElementsAre("\uFFFD\uFFFD\uFFFDx"));
  EXPECT_THAT(urls("url(\\e4\r\nx) url('a\\\r\nb') url(y\0z)"s), ElementsAre("\u00E4x", "ab", "y\uFFFDz"));
  EXPECT_THAT(urls("url(a\\"), IsEmpty());
}

TEST(CssUrls, ThatLeadToThePageItselfAreLeftOut) {
  EXPECT_THAT(urls("url() url('') url(' ') url(#clip) url(data:image/png,x) url('DATA:x') url(x#y)"),
              ElementsAre("x#y"));
}

TEST(CssUrls, WhatCouldHoldNoneIsToldWithoutReading) {
  for (const auto css : {"url(x)", "URL('x')", "u\\72l(x)", "image-set('x')", "@import 'x'", "ur&#108;(x)"}) {
    EXPECT_TRUE(may_hold_css_url(css)) << css;
  }
  for (const auto css : {"", "color: red", "transform: rotate(3deg)", "(url", "rgb(1,2,3)"}) {
    EXPECT_FALSE(may_hold_css_url(css)) << css;
  }
}

std::vector<std::string> links(std::string_view css, std::string_view type = "text/css", std::size_t max = 100) {
  const Headers headers = Headers::parse("HTTP/1.1 200 OK\r\nContent-Type: " + std::string(type) + "\r\n\r\n");
  const Stylesheet sheet = read_stylesheet(css, *parse_url("http://h.example/css/a.css"), headers, max);
  std::vector<std::string> found{sheet.charset + (sheet.bounded ? " bounded" : "")};
  for (const Link& link : sheet.links) {
    EXPECT_TRUE(link.requisite && link.source == LinkSource::style && !link.nofollow);
    found.push_back(link.url.href());
  }
  return found;
}

TEST(Stylesheet, LinksAreRelativeToItAndEachIsNamedOnce) {
  EXPECT_THAT(links("@import 'b.css';a{b:url(../c.png)}d{b:url(/c.png),url(c.png#x),url(http://o.example/),url(x:y)}"),
              ElementsAre("utf-8", "http://h.example/css/b.css", "http://h.example/c.png",
                          "http://h.example/css/c.png#x", "http://o.example/"));
}

TEST(Stylesheet, LinksStopAtTheLimit) {
  EXPECT_THAT(links("a{b:url(1),url(2),url(3)}", "text/css", 2),
              ElementsAre("utf-8 bounded", "http://h.example/css/1", "http://h.example/css/2"));
  EXPECT_THAT(links("url(" + std::string(9000, 'x') + ") url(y)"), ElementsAre("utf-8", "http://h.example/css/y"));
}

TEST(Stylesheet, CharsetIsOfMarkHeaderOrRule) {
  const std::string_view body = "url(\xE4)";
  EXPECT_THAT(links(body, "text/css; charset=latin1"), ElementsAre("windows-1252", "http://h.example/css/%C3%A4"));
  EXPECT_THAT(links("@charset \"koi8-r\";url(\xC1)"), ElementsAre("koi8-r", "http://h.example/css/%D0%B0"));
  EXPECT_THAT(links("@charset 'koi8-r';url(a)"), ElementsAre("utf-8", "http://h.example/css/a"));
  EXPECT_THAT(links("@charset \"utf-16\";url(a)"), ElementsAre("utf-8", "http://h.example/css/a"));
  EXPECT_THAT(links("\xFF\xFEu\0r\0l\0(\0a\0)\0"s), ElementsAre("utf-16le", "http://h.example/css/a"));
}

}  // namespace
}  // namespace web
