#include "crawler/page_reader.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/web/compressed.h"

namespace crawler {
namespace {

const Config& config() {
  static const Config config;
  return config;
}

PageReading read(const std::string& url, const std::string& fields, const std::string& body,
                 Outcome outcome = Outcome::fetched, const Config& config = crawler::config()) {
  const web::Url asked = *web::parse_url(url);
  const auto headers = web::Headers::parse("HTTP/1.1 200 OK\r\n" + fields + "\r\n");
  return PageReader(config).read({asked, frontier::Role::page, outcome, headers, body});
}

TEST(PageReader, GivesLinksAsTheyAreToBeAskedFor) {
  const PageReading reading = read("http://a.example/x/", "Content-Type: text/html; charset=utf-8\r\n",
                                   "<title>T</title><a href='//me:secret@a.example/%7ey?PHPSESSID=1&q=2#f'>");
  ASSERT_EQ(reading.links.size(), 1U);
  EXPECT_EQ(reading.links[0].url.href(), "http://a.example/~y?q=2");
  EXPECT_EQ(reading.title, "T");
  EXPECT_EQ(reading.charset, "utf-8");
  EXPECT_EQ(reading.type.mime, "text/html");
}

TEST(PageReader, ReadsAsHtmlWhatSaysSoOrSaysNothingAndLooksLikeIt) {
  const std::string page = " \n<a href=/y>";
  EXPECT_EQ(read("http://a.example/", "Content-Type: application/xhtml+xml\r\n", page).links.size(), 1U);
  EXPECT_EQ(read("http://a.example/", "", page).links.size(), 1U);
  EXPECT_EQ(read("http://a.example/", "", "text " + page).links.size(), 0U);
  EXPECT_EQ(read("http://a.example/", "Content-Type: text/plain\r\n", page).links.size(), 0U);
  EXPECT_EQ(read("http://a.example/", "Content-Type: text/html\r\n", page, Outcome::http_4xx).links.size(), 0U);
}

TEST(PageReader, ReadsAPageWhoseContentCodingIsNotTheOneItSays) {
  const std::string html = "Content-Type: text/html\r\n", page = "<a href=/y>";
  EXPECT_EQ(read("http://a.example/", html + "Content-Encoding: gzip\r\n", page).links.size(), 1U) << "plain after all";
  EXPECT_EQ(read("http://a.example/", html + "Content-Encoding: br\r\n", page).links.size(), 1U);
  EXPECT_EQ(read("http://a.example/", html, web::gzipped(page)).links.size(), 1U) << "not said";
}

TEST(PageReader, ANofollowOfThePageIsOneOfEachLink) {
  const PageReading reading =
      read("http://a.example/", "Content-Type: text/html\r\nX-Robots-Tag: nofollow\r\n", "<a href=/y>");
  ASSERT_EQ(reading.links.size(), 1U);
  EXPECT_TRUE(reading.links[0].nofollow);
}

TEST(PageReader, TellsWhatAPageIsShownWithAndItsFormsWhereWanted) {
  const std::string page = "<img src=/i><form action=/f></form><a href=/a>", css = "a{b:url(/c)}";
  const std::string html_type = "Content-Type: text/html\r\nX-Robots-Tag: nofollow\r\n";
  const auto told = [](const PageReading& reading) {
    std::string all;
    for (const FoundLink& link : reading.links)
      all += link.url.path + (link.requisite ? "*" : "") + (link.nofollow ? "-" : "") + " ";
    return all;
  };
  EXPECT_EQ(told(read("http://a.example/", html_type, page)), "/a- ");
  EXPECT_EQ(told(read("http://a.example/", "Content-Type: text/css\r\n", css)), "");
  Config all;
  all.parse.requisites = all.parse.forms = true;
  EXPECT_EQ(told(read("http://a.example/", html_type, page, Outcome::fetched, all)), "/i* /f- /a- ");
  EXPECT_EQ(told(read("http://a.example/", "Content-Type: text/css\r\n", css, Outcome::fetched, all)), "/c* ");
}

TEST(PageReader, UndoesTheContentCodingUnderTheLimitOfABodyAndSaysWhatWasCut) {
  const std::string type = "Content-Type: text/html\r\nContent-Encoding: gzip\r\n";
  const PageReading whole = read("http://a.example/", type, web::gzipped("<a href=/y>"));
  EXPECT_EQ(whole.links.size(), 1U);
  EXPECT_FALSE(whole.cut);

  const PageReading bomb = read("http://a.example/", type, web::gzipped("<a href=/y>" + std::string(64 << 20, ' ')));
  EXPECT_EQ(bomb.links.size(), 1U);
  EXPECT_TRUE(bomb.cut);

  const std::string packed = web::gzipped("<a href=/y>" + std::string(1000, ' '));
  EXPECT_TRUE(read("http://a.example/", type, packed.substr(0, packed.size() - 8)).cut);
}

TEST(PageReader, ARedirectLeadsToTheNormalFormWithoutASession) {
  const auto location = [](const std::string& value) {
    return read("http://a.example/x", "Location: " + value + "\r\n", "", Outcome::redirected);
  };
  EXPECT_EQ(location("/%7ey?PHPSESSID=1").location->href(), "http://a.example/~y");
  EXPECT_EQ(location("?PHPSESSID=1").location->href(), "http://a.example/x?PHPSESSID=1");  // to itself, otherwise
  EXPECT_FALSE(location("ftp://a.example/").location);
}

TEST(PageReader, WithoutAnAnswerThereIsNothingToRead) {
  const web::Url url = *web::parse_url("http://a.example/");
  const PageReading reading = PageReader(config()).read({url, frontier::Role::page, Outcome::timeout, {}, ""});
  EXPECT_FALSE(reading.location || !reading.links.empty());
}

PageReading read_map(const std::string& type, const std::string& body, frontier::Role role = frontier::Role::sitemap,
                     const std::string& path = "/map") {
  const web::Url asked = *web::parse_url("http://a.example" + path);
  const auto headers = web::Headers::parse("HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\n\r\n");
  return PageReader(config()).read({asked, role, Outcome::fetched, headers, body});
}

const std::string kMap =
    "<urlset><url><loc>/x</loc></url><url><loc>/%7ey?PHPSESSID=1</loc><priority>0.2</priority></url>"
    "<url><loc>/z</loc><lastmod>2020</lastmod></url></urlset>";

TEST(PageReader, ASitemapIsReadWhateverItsTypeAndSortedByWorth) {
  const PageReading reading = read_map("text/html", kMap);
  ASSERT_EQ(reading.listed.size(), 3U);
  EXPECT_EQ(reading.listed[0].url, "http://a.example/z");
  EXPECT_EQ(reading.listed[1].url, "http://a.example/x");
  EXPECT_EQ(reading.listed[2].url, "http://a.example/~y");
  EXPECT_TRUE(reading.listed[2].low && !reading.listed[1].low);
  EXPECT_EQ(reading.listed_role, frontier::Role::page);
  EXPECT_FALSE(reading.listed_deeper);
  EXPECT_EQ(read_map("text/plain", "http://a.example/t\n").listed.size(), 1U);
  EXPECT_NE(read_map("text/html", "<html>").sitemap_error, "");
}

TEST(PageReader, TheTornUrlOfACutSitemapIsNone) {
  const web::Url asked = *web::parse_url("http://a.example/map.txt");
  const web::Headers headers;
  const std::string body = "http://a.example/x\nhttp://a.example/y";
  PageAnswer answer{asked, frontier::Role::sitemap, Outcome::fetched, headers, body};
  EXPECT_EQ(PageReader(config()).read(answer).listed.size(), 2U);
  answer.cut = true;
  const PageReading reading = PageReader(config()).read(answer);
  EXPECT_EQ(reading.listed.size(), 1U);
  EXPECT_TRUE(reading.cut);
}

TEST(PageReader, APageIsReadAsASitemapByItsTypeOrNameAndContent) {
  const auto page = frontier::Role::page;
  EXPECT_EQ(read_map("application/xml", kMap, page).listed.size(), 3U);
  EXPECT_EQ(read_map("text/xml; charset=utf-8", web::gzipped(kMap), page).listed.size(), 3U);
  EXPECT_EQ(read_map("application/gzip", web::gzipped(kMap), page, "/map.xml.gz").listed.size(), 3U);
  EXPECT_EQ(read_map("application/gzip", web::gzipped(kMap), page, "/map.tar.gz").listed.size(), 0U);
  EXPECT_EQ(read_map("text/plain", "http://a.example/t\n", page).listed.size(), 0U);
  const PageReading other = read_map("application/xml", "<catalog/>", page);
  EXPECT_TRUE(other.listed.empty() && other.sitemap_error.empty());
  const PageReading feed =
      read_map("application/rss+xml", "<rss><channel><item><link>/i</link></item></channel></rss>", page);
  EXPECT_EQ(feed.listed.size(), 1U);
  EXPECT_TRUE(feed.listed_deeper);
}

TEST(PageReader, AnIndexLeadsToSitemapsButNoneThatAnIndexNames) {
  const std::string index = "<sitemapindex><sitemap><loc>/1.xml</loc></sitemap></sitemapindex>";
  const PageReading reading = read_map("application/xml", index);
  ASSERT_EQ(reading.listed.size(), 1U);
  EXPECT_EQ(reading.listed_role, frontier::Role::listed_sitemap);
  const PageReading inner = read_map("application/xml", index, frontier::Role::listed_sitemap);
  EXPECT_TRUE(inner.listed.empty());
  EXPECT_NE(inner.sitemap_error, "");
  EXPECT_EQ(read_map("application/xml", kMap, frontier::Role::listed_sitemap).listed.size(), 3U);
}

TEST(PageReader, WhatIsLongIsToldBeforeItIsRead) {
  const web::Url url = *web::parse_url("http://a.example/");
  const auto is_long = [&](std::size_t bytes, const std::string& head, Outcome outcome = Outcome::fetched) {
    const std::string body(bytes, 'x');
    return PageReader::is_long({url, frontier::Role::page, outcome, web::Headers::parse(head), body});
  };
  const std::string plain = "HTTP/1.1 200 OK\r\n\r\n", packed = "HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n";
  EXPECT_FALSE(is_long(64 << 10, plain));
  EXPECT_TRUE(is_long((64 << 10) + 1, plain));
  EXPECT_FALSE(is_long(1 << 20, plain, Outcome::http_4xx));
  EXPECT_TRUE(is_long(100, packed));
}

}  // namespace
}  // namespace crawler
