#include "web/html.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/web/hostile_pages.h"

namespace web {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view kPage = "http://h.example/dir/page.html";

HtmlPage read(std::string_view html, std::string_view fields = "Content-Type: text/html; charset=utf-8\r\n",
              HtmlLimits limits = {}) {
  const Headers headers = Headers::parse("HTTP/1.1 200 OK\r\n" + std::string(fields) + "\r\n");
  return read_html(html, *parse_url(kPage), headers, "decorum", limits);
}

// Each link as "URL", followed ones bare, others behind a '-'.
std::vector<std::string> links_of(const HtmlPage& page) {
  std::vector<std::string> links;
  for (const Link& link : page.links) links.push_back((link.nofollow ? "-" : "") + link.url.href());
  return links;
}
std::vector<std::string> links(std::string_view html) {
  return links_of(read(html));
}

std::vector<std::string> sources(const HtmlPage& page) {
  std::vector<std::string> names;
  for (const Link& link : page.links) names.emplace_back(link_source_name(link.source));
  return names;
}

TEST(HtmlLinks, ComeFromTheseElementsInDocumentOrder) {
  const HtmlPage page = read(
      "<link rel=canonical href=c><link rel='next' href=n><link rel=Prev href=p><link rel='alternate' href=f>"
      "<a href=a>a</a><map><area href=r></map><iframe src=i></iframe><img src=no><script src=no></script>"
      "<link rel=stylesheet href=no><form action=no></form><a name=no>");
  EXPECT_THAT(sources(page), ElementsAre("canonical", "next", "prev", "alternate", "a", "area", "iframe"));
  EXPECT_THAT(links_of(page), ElementsAre("http://h.example/dir/c", "http://h.example/dir/n", "http://h.example/dir/p",
                                          "http://h.example/dir/f", "http://h.example/dir/a", "http://h.example/dir/r",
                                          "http://h.example/dir/i"));
}

TEST(HtmlLinks, ComeFromFrames) {
  const HtmlPage page = read("<frameset rows='1,2'><frame src=one><frame src=/two></frameset>");
  EXPECT_THAT(links_of(page), ElementsAre("http://h.example/dir/one", "http://h.example/two"));
  EXPECT_THAT(sources(page), ElementsAre("frame", "frame"));
}

TEST(HtmlLinks, OfFramesComeBehindTagsThatLeaveRoomForThem) {  // the frameset-ok flag of 13.2.6.4.7
  const auto framed = [](const std::string& before) {
    return links("<html><head><title>t</title></head>" + before + "<frameset><frame src=/f></frameset>");
  };
  for (const auto tag : {"div", "p", "center", "b", "nav", "h1", "ul", "u", "span", "a", "font"}) {
    EXPECT_THAT(framed("<" + std::string(tag) + ">\n"), ElementsAre("http://h.example/f")) << tag;
  }
  for (const auto before : {"x", "&nbsp;", "<li>", "<dd>", "<dt>", "<pre>", "<br>", "</br>", "<img>", "<image>", "<hr>",
                            "<table>", "<input>"}) {
    EXPECT_THAT(framed("<div>" + std::string(before)), IsEmpty()) << before;
  }
}

TEST(HtmlLinks, ComeFromSvgToo) {
  EXPECT_THAT(links("<svg><a href=x><text/></a><a xlink:href=y /><title>t</title></svg>"),
              ElementsAre("http://h.example/dir/x", "http://h.example/dir/y"));
  for (const std::string& deep : {std::string(), repeated("<object>", 40'000)}) {
    EXPECT_THAT(links(deep + "<a xlink:href=x></a><svg><desc><a xlink:href=x></a></desc><a xlink:href=y></svg>"),
                ElementsAre("http://h.example/dir/y"));
  }
}

TEST(HtmlLinks, AlternateStylesheetsAreNone) {
  EXPECT_THAT(links("<link rel='alternate stylesheet' href=dark.css>"), IsEmpty());
}

TEST(HtmlLinks, EachCountsOnceWhateverItsFragment) {
  EXPECT_THAT(links("<a href=x#one><a href='x#two'><a href=' x '><a href=./x><a href=http://H.example:80/dir/x>"),
              ElementsAre("http://h.example/dir/x#one"));
}

TEST(HtmlLinks, FollowedInOnePlaceIsFollowed) {
  EXPECT_THAT(links("<a rel=nofollow href=x><a rel='me UGC' href=y><a href=x><a href=y#z rel=sponsored>"
                    "<a href=./y rel=nofollow><a href=z rel=nofollower><a href=w rel=nofollow><a href=./w>"),
              ElementsAre("http://h.example/dir/x", "-http://h.example/dir/y", "http://h.example/dir/z",
                          "http://h.example/dir/w"));
}

TEST(HtmlLinks, OfOtherSchemesAreCountedAsUnusable) {
  const HtmlPage page = read(
      "<a href=mailto:a@b.example><a href='javascript:void(0)'><a href=ftp://f.example/>"
      "<a href='http://[bad'><a href=ok><a href=mailto:a@b.example>");
  EXPECT_THAT(links_of(page), ElementsAre("http://h.example/dir/ok"));
  EXPECT_EQ(page.unusable_links, 4);
}

TEST(HtmlLinks, CommentsScriptsStylesAndTemplatesHoldNone) {
  EXPECT_THAT(links("<!-- <a href=no> --><script>'<a href=no>'</script><style><a href=no></style>"
                    "<textarea><a href=no></textarea><template><a href=no><template></template><a href=no></template>"
                    "<noscript><a href=yes></noscript>"),
              ElementsAre("http://h.example/dir/yes"));
}

TEST(HtmlLinks, CharacterReferencesAreDecoded) {
  EXPECT_THAT(links("<a href='?a=1&amp;b=2&copy=3&#38;c'>"),
              ElementsAre("http://h.example/dir/page.html?a=1&b=2&copy=3&c"));
}

TEST(HtmlLinks, QueriesAreInThePagesEncodingPathsInUtf8) {
  EXPECT_THAT(links_of(read("<a href='/\xE9?\xE9=&hearts;'>", "Content-Type: text/html; charset=latin1\r\n")),
              ElementsAre("http://h.example/%C3%A9?%E9=%26%239829%3B"));
}

TEST(HtmlLinks, StopAtTheLimitAndSaySo) {
  HtmlLimits limits;
  limits.links = 3;
  const HtmlPage page = read("<a href=1><a href=2><a href=1><a href=3><a href=3>", "", limits);
  EXPECT_EQ(page.links.size(), 3U);
  EXPECT_FALSE(page.bounded);
  const HtmlPage more = read("<a href=1><a href=2><a href=3><a href=4>", "", limits);
  EXPECT_EQ(more.links.size(), 3U);
  EXPECT_TRUE(more.bounded);
}

TEST(HtmlLinks, ALongBaseDoesNotMultiplyIntoAllOurMemory) {
  std::string html = "<base href=/" + std::string(8000, 'b') + "/>";
  for (int i = 0; i < 9000; ++i) html += "<a href=" + std::to_string(i) + ">";
  const HtmlPage page = read(html);
  EXPECT_TRUE(page.bounded);
  EXPECT_LT(page.links.size(), 2200U);
}

TEST(HtmlLinks, AttributesPast8KiBAreLeftOut) {
  EXPECT_THAT(links("<a href=/" + std::string(9000, 'x') + "><a href=y rel='" + std::string(9000, 'r') + "'>"),
              ElementsAre("http://h.example/dir/y"));
}

TEST(HtmlBase, TheFirstWithAnHrefCounts) {
  EXPECT_THAT(links("<base target=_top><base href='//b.example/x/y'><base href=http://c.example/><a href=z>"),
              ElementsAre("http://b.example/x/z"));
  EXPECT_THAT(links("<a href=z><base href=/late/>"), ElementsAre("http://h.example/late/z"));
}

TEST(HtmlBase, OneThatIsNoUrlDoesNotCount) {
  EXPECT_THAT(links("<base href='http://[bad'><a href=z>"), ElementsAre("http://h.example/dir/z"));
  EXPECT_THAT(links("<base href='data:text/html,x'><a href=z>"), ElementsAre("http://h.example/dir/z"));
}

TEST(HtmlBase, OfAnotherSchemeTakesRelativeLinksWithIt) {
  EXPECT_THAT(links("<base href='ftp://f.example/'><a href=z><a href=http://ok.example/>"),
              ElementsAre("http://ok.example/"));
  EXPECT_THAT(links("<base href='about:blank'><a href=z><a href=http://ok.example/>"),
              ElementsAre("http://ok.example/"));
}

TEST(HtmlTitle, IsTheFirstWithItsWhiteSpaceCollapsed) {
  EXPECT_EQ(read("<title>\n One &amp;\t two&hellip; </title><title>no</title>").title, "One & two…");
  EXPECT_EQ(read("<svg><title>no</title></svg><title>yes</title>").title, "yes");
  EXPECT_EQ(read("<p>no title").title, "");
}

TEST(HtmlTitle, HoldsAtMost1KiBOfWholeCharacters) {
  const std::string title = read("<title>" + std::string(1023, 'a') + "é" + std::string(5000, 'b') + "</title>").title;
  EXPECT_EQ(title, std::string(1023, 'a'));
}

TEST(HtmlRobots, MetaForAllAndForUsCountOthersDoNot) {
  HtmlPage page = read("<meta name=robots content='NoIndex, max-snippet:5'>");
  EXPECT_TRUE(page.noindex);
  EXPECT_FALSE(page.nofollow);
  page = read("<meta name=Decorum content=none><a href=x>");
  EXPECT_TRUE(page.noindex && page.nofollow);
  EXPECT_THAT(links_of(page), ElementsAre("-http://h.example/dir/x"));
  page = read("<meta name=otherbot content=none><meta name=description content=noindex><a href=x>");
  EXPECT_FALSE(page.noindex || page.nofollow);
  EXPECT_THAT(links_of(page), ElementsAre("http://h.example/dir/x"));
}

TEST(HtmlRobots, HeaderForAllAndForUsCountOthersDoNot) {
  EXPECT_TRUE(read("", "X-Robots-Tag: noindex\r\n").noindex);
  EXPECT_TRUE(read("", "X-Robots-Tag: archive\r\nx-robots-tag: DECORUM: noindex, nofollow\r\n").nofollow);
  EXPECT_FALSE(read("", "X-Robots-Tag: otherbot: noindex, nofollow\r\n").nofollow);
}

TEST(HtmlRefresh, IsALinkAndIsToldApart) {
  const HtmlPage page =
      read("<meta http-equiv=Refresh content=\"7; URL='next.html'\"><meta name=robots content=nofollow>");
  ASSERT_TRUE(page.refresh);
  EXPECT_EQ(page.refresh->url.href(), "http://h.example/dir/next.html");
  EXPECT_EQ(page.refresh->delay_seconds, 7);
  EXPECT_THAT(links_of(page), ElementsAre("http://h.example/dir/next.html"));
  EXPECT_THAT(sources(page), ElementsAre("refresh"));
  const std::string both = "<meta http-equiv=refresh content='1; url=r'><meta name=robots content=nofollow>";
  EXPECT_THAT(links("<a href=r#top><a href=x>" + both),
              ElementsAre("http://h.example/dir/r#top", "-http://h.example/dir/x"));
}

TEST(HtmlRefresh, TheHeaderComesBeforeTheFirstMeta) {
  const std::string_view html = "<meta http-equiv=refresh content='0;one'><meta http-equiv=refresh content='0;two'>";
  EXPECT_EQ(read(html).refresh->url.href(), "http://h.example/dir/one");
  EXPECT_EQ(read(html, "Refresh: 3; url=/head\r\n").refresh->url.href(), "http://h.example/head");
}

TEST(HtmlRefresh, WithoutAUrlOrToAScriptIsNone) {
  EXPECT_FALSE(read("<meta http-equiv=refresh content=30>").refresh);
  EXPECT_FALSE(read("<meta http-equiv=refresh content='0;url=javascript:x()'>").refresh);
}

TEST(HtmlCanonical, OfThePageBeforeThatOfTheHeader) {
  const std::string_view field = "Link: </head>; rel=canonical\r\n";
  EXPECT_EQ(read("<link rel=canonical href=/page>", field).canonical->href(), "http://h.example/page");
  EXPECT_EQ(read("<base href=http://b.example/>", field).canonical->href(), "http://h.example/head");
  EXPECT_FALSE(read("<link rel=canonical href=mailto:x>").canonical);
}

TEST(HtmlHeaderLinks, AreRelativeToThePageAndComeLast) {
  const HtmlPage page = read("<base href=/base/><a href=a>", "Link: <2>; rel=\"next last\", <s.css>; rel=preload\r\n");
  EXPECT_THAT(links_of(page), ElementsAre("http://h.example/base/a", "http://h.example/dir/2"));
  EXPECT_THAT(sources(page), ElementsAre("a", "header"));
}

TEST(HtmlCharset, IsNamedAndRead) {
  const HtmlPage page = read("<meta charset=windows-1251><title>\xC4\xE0</title>", "Content-Type: text/html\r\n");
  EXPECT_EQ(page.charset, "windows-1251");
  EXPECT_EQ(page.title, "Да");
  EXPECT_EQ(read("<title>x").charset, "utf-8");
}

}  // namespace
}  // namespace web
