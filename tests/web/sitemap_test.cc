#include "web/sitemap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/web/compressed.h"

namespace web {
namespace {

using std::chrono::sys_seconds;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using namespace std::string_literals;

const Url kUrl = *parse_url("https://h.example/maps/sitemap.xml");

Sitemap read(const std::string& body) {
  return read_sitemap(body, "", kUrl, SitemapLimits{});
}

std::vector<std::string> urls(const Sitemap& sitemap) {
  std::vector<std::string> found;
  for (const SitemapEntry& entry : sitemap.entries) found.push_back(entry.url);
  return found;
}

std::string urlset(const std::string& inside) {
  return "<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>" + inside + "</urlset>";
}

std::string loc(const std::string& url) {
  return "<url><loc>" + url + "</loc></url>";
}

TEST(Sitemap, AnEntryHasUrlDateAndPriority) {
  const Sitemap map =
      read(urlset("<url><lastmod>2004-12-23T18:00:15+01:00</lastmod><loc>\n https://h.example/a?x=1&amp;y=2#f </loc>"
                  "<changefreq>daily</changefreq><priority> 0.8 </priority></url>"
                  "<url><loc>https://h.example/b</loc><lastmod>yesterday</lastmod><priority>1.1</priority></url>"
                  "<url><loc>https://h.example/c</loc><priority>nan</priority></url>"));
  EXPECT_EQ(map.kind, SitemapKind::urlset);
  EXPECT_EQ(map.error, "");
  ASSERT_THAT(urls(map), ElementsAre("https://h.example/a?x=1&y=2", "https://h.example/b", "https://h.example/c"));
  EXPECT_EQ(map.entries[0].lastmod, sys_seconds(std::chrono::seconds(1'103'821'215)));
  EXPECT_EQ(map.entries[0].priority, 0.8F);
  EXPECT_FALSE(map.entries[1].lastmod || map.entries[1].priority);
  EXPECT_FALSE(map.entries[2].priority);
}

TEST(Sitemap, ExtensionsAreReadPast) {
  const Sitemap map = read(
      "<s:urlset xmlns:s='wrong' xmlns:image='i'><s:url><image:image><image:loc>https://h.example/1.jpg</image:loc>"
      "</image:image><image:loc>https://h.example/2.jpg</image:loc><video:video><url>https://h.example/3</url>"
      "</video:video><s:loc>https://h.example/page</s:loc><xhtml:link rel='alternate' href='/de'/></s:url></s:urlset>");
  EXPECT_EQ(map.kind, SitemapKind::urlset);
  EXPECT_THAT(urls(map), ElementsAre("https://h.example/page"));
}

TEST(Sitemap, AnIndexNamesItsChildren) {
  const Sitemap map = read(
      "\xEF\xBB\xBF \n<sitemapindex><sitemap><loc><![CDATA[https://h.example/1.xml.gz]]></loc>"
      "<lastmod>2005-01-01</lastmod></sitemap><sitemap>https://h.example/2.xml</sitemap></sitemapindex>");
  EXPECT_EQ(map.kind, SitemapKind::index);
  EXPECT_THAT(urls(map), ElementsAre("https://h.example/1.xml.gz", "https://h.example/2.xml"));
  EXPECT_TRUE(map.entries[0].lastmod);
}

TEST(Sitemap, ReferencesAreResolvedAndEachUrlComesOnce) {
  const Sitemap map =
      read(urlset(loc("page") + loc("/top") + loc("www.h.example/x") + loc("/top#again") + loc("mailto:x@h.example") +
                  loc("ftp://h.example/") + loc("") + loc("\xC2\xA0/n\xE3\x80\x80")));
  EXPECT_THAT(urls(map), ElementsAre("https://h.example/maps/page", "https://h.example/top", "https://www.h.example/x",
                                     "https://h.example/n"));
}

TEST(Sitemap, RssGivesTheLinksOfItsItems) {
  const Sitemap map = read(
      "<rss version='2.0' xmlns:atom='a'><channel><link>https://h.example/</link><atom:link href='/feed'/>"
      "<item><title>&nbsp;one</title><link>https://h.example/1</link><pubDate>Sun, 06 Sep 2009 16:20:00 +0000</pubDate>"
      "<guid>https://h.example/guid</guid><atom:link href='/no'/></item>"
      "<item><guid>https://h.example/2</guid></item><item><guid>7bd204c6</guid></item>"
      "<item><guid isPermaLink='false'>https://h.example/3</guid></item></channel></rss>");
  EXPECT_EQ(map.kind, SitemapKind::rss);
  EXPECT_EQ(map.error, "");
  EXPECT_THAT(urls(map), ElementsAre("https://h.example/1", "https://h.example/2", "https://h.example/3"));
  EXPECT_EQ(map.entries[0].lastmod, sys_seconds(std::chrono::seconds(1'252'254'000)));
  const Sitemap rdf = read(
      "<rdf:RDF xmlns='http://purl.org/rss/1.0/' xmlns:rdf='r' xmlns:dc='d'><channel><link>/</link></channel>"
      "<item rdf:about='x'><link>https://h.example/1</link><dc:date>2009-09-06</dc:date></item></rdf:RDF>");
  EXPECT_EQ(rdf.kind, SitemapKind::rss);
  EXPECT_THAT(urls(rdf), ElementsAre("https://h.example/1"));
  EXPECT_TRUE(rdf.entries[0].lastmod);
}

TEST(Sitemap, AtomGivesTheFirstAlternateOfEachEntry) {
  const Sitemap map = read(
      "<feed xmlns='http://www.w3.org/2005/Atom'><link href='/'/><link rel='self' href='/feed'/><entry>"
      "<link rel='edit' href='/edit'/><link href='/1'/><link rel='alternate' href='/1.html'/>"
      "<updated>2003-12-13T18:30:02Z</updated><content><link href='/inside'/></content></entry>"
      "<entry><link rel='Alternate' href='/2'/></entry><entry><id>https://h.example/3</id></entry></feed>");
  EXPECT_EQ(map.kind, SitemapKind::atom);
  EXPECT_THAT(urls(map), ElementsAre("https://h.example/1", "https://h.example/2"));
  EXPECT_EQ(map.entries[0].lastmod, sys_seconds(std::chrono::seconds(1'071'340'202)));
}

TEST(Sitemap, AtomLinksAreRelativeToTheirXmlBase) {
  const Sitemap map = read(
      "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='//feed.example/a/'><entry><link href='1'/></entry>"
      "<entry xml:base=' b/ '><link href='2'/></entry><entry><link xml:base='/c/' href='3'/></entry>"
      "<entry xml:base='mailto:x'><link href='4'/></entry></feed>");
  EXPECT_THAT(urls(map), ElementsAre("https://feed.example/a/1", "https://feed.example/a/b/2",
                                     "https://feed.example/c/3", "https://feed.example/a/4"));
  const std::string long_base = "/" + std::string(9'000, 'x') + "/";
  EXPECT_THAT(urls(read("<feed xml:base='" + long_base + "'><entry><link href='1'/></entry></feed>")),
              ElementsAre("https://h.example/maps/1"));
}

TEST(Sitemap, TextHasAUrlALine) {
  const Sitemap map = read("\xEF\xBB\xBFhttps://h.example/1\r\n\n  https://h.example/2 \nno URL\nwww.h.example/3");
  EXPECT_EQ(map.kind, SitemapKind::text);
  EXPECT_EQ(map.error, "");
  EXPECT_THAT(urls(map), ElementsAre("https://h.example/1", "https://h.example/2", "https://www.h.example/3"));
  EXPECT_EQ(read("this is\nno sitemap").kind, SitemapKind::none);
  EXPECT_THAT(urls(read("Sitemap of http://h.example/\n/path?of=http://h.example/\n//h.example/\n")), IsEmpty());
  EXPECT_EQ(read("").error, "neither XML nor lines of URLs");
}

TEST(Sitemap, APageOfHtmlIsNone) {
  const Sitemap map = read("<!DOCTYPE html><html><body><a href='/x'>x</a></html>");
  EXPECT_EQ(map.kind, SitemapKind::none);
  EXPECT_EQ(map.error, "neither a sitemap nor a feed: its root element is html");
  EXPECT_THAT(urls(map), IsEmpty());
}

std::string utf16(std::string_view ascii, bool big) {
  std::string out = big ? "\xFE\xFF" : "\xFF\xFE";
  for (const char c : ascii) out += big ? std::string{'\0', c} : std::string{c, '\0'};
  return out;
}

TEST(Sitemap, EncodingsAreThoseOfTheWeb) {
  const auto in = [](const std::string& label, const std::string& bytes) {
    return read("<?xml version='1.0' encoding='" + label + "'?><urlset>" + loc("/" + bytes) + "</urlset>");
  };
  const auto expect = [](const Sitemap& map, const std::string& path) {
    EXPECT_EQ(map.error, "");
    EXPECT_THAT(urls(map), ElementsAre("https://h.example/" + path));
  };
  expect(in("UTF-8", "\xC3\xA4"), "%C3%A4");
  expect(in("utf8", "\xF0\x9F\x98\x80"), "%F0%9F%98%80");
  expect(in("UTF-16", "\xC3\xA4"), "%C3%A4");  // which it cannot be
  expect(in("ISO-8859-1", "\xE4"), "%C3%A4");
  expect(in("windows-1251", "\xE4"), "%D0%B4");
  expect(in("gb2312", "\xC4\xE3"), "%E4%BD%A0");
  expect(in("Shift_JIS", "\x93\xFA\xB1"), "%E6%97%A5%EF%BD%B1");
  expect(in("euc-jp", "\xC6\xFC"), "%E6%97%A5");
  for (const auto label : {"gbk", "gb18030", "big5", "shift_jis", "euc-kr", "euc-jp"}) {  // half a character
    const std::string head = "<?xml version='1.0' encoding='" + std::string(label) + "'?><urlset>";
    expect(read(head + "<url><title>cut\x81</title><loc>/a</loc></url></urlset>"), "a");
  }
  expect(in("big5", "\x88\x62"), "%C3%8A%CC%84");  // two characters of Unicode
  EXPECT_THAT(in("klingon", "x").error, HasSubstr("unknown encoding"));
  for (const bool big : {false, true}) {
    expect(read(utf16("<urlset><url><loc>/a</loc></url></urlset>", big)), "a");
    expect(read(utf16("https://h.example/a\n", big)), "a");
  }
}

TEST(Sitemap, PiecesOfAnySizeReadTheSame) {
  const std::string xml = "\xEF\xBB\xBF\n" + urlset(loc("/a") + loc("/\xC3\xA4") + "<!-- -->" + loc("/b&amp;c"));
  const std::string text = utf16("https://h.example/a\nhttps://h.example/b\nhttps://h.example/c", true);
  const std::string chinese =
      "<?xml version='1.0' encoding='GBK'?><urlset>" + loc("/a\xC4\xE3\xBA\xC3") + loc("/\xC4\xE3") + loc("/\xBA\xC3");
  for (const std::string& body : {xml, text, chinese + "</urlset>"}) {
    const auto whole = urls(read(body));
    EXPECT_EQ(whole.size(), 3U);
    for (const std::size_t piece : {1, 2, 3, 7, 1000}) {
      SitemapReader reader(kUrl, SitemapLimits{});
      for (std::size_t at = 0; at < body.size(); at += piece) EXPECT_TRUE(reader.feed(body.substr(at, piece)));
      EXPECT_EQ(urls(reader.finish()), whole) << piece;
    }
  }
}

TEST(Sitemap, GzipIsKnownByItsFirstBytes) {
  const std::string body = urlset(loc("/a"));
  EXPECT_THAT(urls(read(gzipped(body))), ElementsAre("https://h.example/a"));
  EXPECT_THAT(urls(read_sitemap(gzipped(gzipped(body)), "gzip", kUrl, SitemapLimits{})),
              ElementsAre("https://h.example/a"));
  EXPECT_THAT(urls(read_sitemap(gzipped(body), "gzip", kUrl, SitemapLimits{})), ElementsAre("https://h.example/a"));
}

TEST(Sitemap, WhatCameBeforeAFaultIsKept) {
  const Sitemap torn = read(urlset(loc("/a") + "<url><loc>/b</loc><priority>0.1</priority></ur"));
  EXPECT_THAT(urls(torn), ElementsAre("https://h.example/a", "https://h.example/b"));
  EXPECT_THAT(torn.error, HasSubstr("line 1, column "));
  EXPECT_THAT(urls(read("<urlset>" + loc("/a") + "<url><loc>/half")), ElementsAre("https://h.example/a"));
  std::string many;
  for (int i = 0; i < 5'000; ++i) many += loc("/" + std::to_string(i * 7919));
  const std::string file = gzipped(urlset(many));
  const Sitemap early = read(file.substr(0, file.size() / 2));
  EXPECT_EQ(early.error, "its compressed data end early");
  EXPECT_GT(early.entries.size(), 1'000U);
}

TEST(Sitemap, TheTornLineOfACutTextIsNoUrl) {
  const std::string half = "https://h.example/a\nhttps://h.example/b";
  EXPECT_EQ(read(half).entries.size(), 2U);
  const Sitemap cut = read_sitemap(half, "", kUrl, SitemapLimits{}, true);
  EXPECT_THAT(urls(cut), ElementsAre("https://h.example/a"));
  EXPECT_EQ(cut.error, "only its beginning has come");
  EXPECT_TRUE(cut.cut);
  std::string many;
  for (int i = 0; i < 5'000; ++i) many += "https://h.example/" + std::to_string(i * 7919) + "/index.html\n";
  const std::string file = gzipped(many);
  for (const std::size_t short_of : {100, 300, 500, 700}) {
    const Sitemap early = read(file.substr(0, file.size() - short_of));
    EXPECT_EQ(early.error, "its compressed data end early");
    EXPECT_THAT(early.entries.back().url, EndsWith("/index.html"));
  }
  const SitemapLimits short_limits{.decode = {.max_output = Bytes{30}}};
  EXPECT_THAT(urls(read_sitemap(half, "", kUrl, short_limits)), ElementsAre("https://h.example/a"));
  EXPECT_EQ(read_sitemap("<urlset>" + loc("/a"), "", kUrl, SitemapLimits{}, true).error, "only its beginning has come");
}

}  // namespace
}  // namespace web
