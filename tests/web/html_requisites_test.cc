// What a page is shown with, and its forms: found by the tree and by the plain scan alike.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "web/html.h"
#include "web/html_srcset.h"

namespace web {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

HtmlPage read(std::string_view html, const HtmlWants& wants, std::string_view fields, const HtmlLimits& limits) {
  const Headers headers =
      Headers::parse("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n" + std::string(fields) + "\r\n");
  return read_html(html, *parse_url("http://h.example/d/page"), headers, "decorum", limits, wants);
}

// Each link as "source path", requisites with a '*', nofollow ones with a '-'.
std::vector<std::string> told(const HtmlPage& page) {
  std::vector<std::string> links;
  for (const Link& link : page.links) {
    std::string line = (link.requisite ? "*" : "") + std::string(link.nofollow ? "-" : "");
    line += std::string(link_source_name(link.source)) + " " + link.url.href().substr(16);
    links.push_back(line);
  }
  return links;
}

// By the tree, and once more by the scan, which must say the same.
std::vector<std::string> links(std::string_view html, const HtmlWants& wants = {.requisites = true},
                               std::string_view fields = "") {
  const HtmlPage page = read(html, wants, fields, {});
  EXPECT_FALSE(page.bounded);
  HtmlLimits nothing;
  nothing.memory = Bytes{0};
  const HtmlPage scanned = read(html, wants, fields, nothing);
  EXPECT_TRUE(scanned.bounded);
  EXPECT_EQ(told(page), told(scanned));
  return told(page);
}

TEST(HtmlRequisites, AreLeftOutWhereNotWanted) {
  EXPECT_THAT(links("<link rel=stylesheet href=s><body background=b><img src=i srcset='j 2x'><script src=c></script>"
                    "<video src=v poster=p></video><svg><image href=g /></svg><p style='x:url(u)'><style>url(t)</style>"
                    "<form action=f></form><a href=a>",
                    {}, "Link: <h.css>; rel=stylesheet\r\n"),
              ElementsAre("a /d/a"));
}

TEST(HtmlRequisites, ComeFromWhatShowsThem) {
  EXPECT_THAT(links("<body background=bg><img src=i><picture><source srcset=p></picture><video src=v poster=w><source "
                    "src=s><track src=t></video><audio src=u></audio><embed src=e><object data=o></object>"
                    "<input type=IMAGE src=n><input src=no><table background=tb><tr background=tr><td background=td>"),
              ElementsAre("*background /d/bg", "*img /d/i", "*source /d/p", "*video /d/v", "*poster /d/w",
                          "*source /d/s", "*track /d/t", "*audio /d/u", "*embed /d/e", "*object /d/o", "*input /d/n",
                          "*background /d/tb", "*background /d/tr", "*background /d/td"));
  EXPECT_THAT(
      links("<image src=i><script src=c>x</script><script>y</script><script src=d></script></script><b src=no>"),
      ElementsAre("*img /d/i", "*script /d/c", "*script /d/d"));
}

TEST(HtmlRequisites, ComeFromTheLinksThatAreFetched) {
  EXPECT_THAT(links("<link rel=stylesheet href=s><link rel='alternate StyleSheet' href=as><link rel='shortcut icon' "
                    "href=i><link rel=apple-touch-icon href=t><link rel=manifest href=m><link rel=preload href=p "
                    "imagesrcset='q 1x, r 2x'><link rel=modulepreload href=mp><link rel=dns-prefetch href=no><link "
                    "rel=search href=no><link href=no>"),
              ElementsAre("*stylesheet /d/s", "*stylesheet /d/as", "*icon /d/i", "*icon /d/t", "*manifest /d/m",
                          "*preload /d/p", "*preload /d/q", "*preload /d/r", "*preload /d/mp"));
  EXPECT_THAT(
      links("<base href=/b/>", {.requisites = true}, "Link: <s>; rel=stylesheet, <p>;rel=preload, <n>;rel=next\r\n"),
      ElementsAre("*header /d/s", "*header /d/p", "header /d/n"));
}

TEST(HtmlRequisites, ComeFromSvgWhereTheyLieElsewhere) {
  EXPECT_THAT(links("<svg><image href=a /><image xlink:href=b></image><use href='c.svg#d'/><use href='#no'/>"
                    "<img2 src=no><script src=no></script><feImage href=no /></svg><use href=no></use>"),
              ElementsAre("*image /d/a", "*image /d/b", "*use /d/c.svg#d"));
}

TEST(HtmlRequisites, InSvgThatHoldsHtml) {
  EXPECT_THAT(
      links("<svg><foreignObject><div style='x:url(a)'><p><img src=b></div></foreignObject><image href=c /></svg>"
            "<img src=d><math><mi><img src=e></mi><annotation-xml encoding='text/html'><img src=f>"
            "</annotation-xml></math><svg><desc><script src=g></script></desc><script src=no /><g/></svg>"),
      ElementsAre("*style /d/a", "*img /d/b", "*image /d/c", "*img /d/d", "*img /d/e", "*img /d/f", "*script /d/g"));
  EXPECT_THAT(links("<svg><p style='x:url(a)'>t<script src=b></script>"), ElementsAre("*style /d/a", "*script /d/b"));
  EXPECT_THAT(links("<svg/><image src=a><math/><img src=b><p><svg><g></p><image src=c><math><a href=no></a></math>"),
              ElementsAre("*img /d/a", "*img /d/b", "*img /d/c"));
}

TEST(HtmlRequisites, ComeFromStyles) {
  EXPECT_THAT(links("<style>@import 'a.css';b{c:url(d);e:url(data:x)}/*url(no)*/</style><div style=\"f:url('g')\"><b "
                    "style='h:url(&quot;i&quot;)'>x</b><table style='j:url(k)'><tr style=l:url(m)><td>n</table>"
                    "<style>url(\"a&amp;\\\"<b>\")</style><a href=o style='p:url(q)'>"),
              ElementsAre("*style /d/a.css", "*style /d/d", "*style /d/g", "*style /d/i", "*style /d/k", "*style /d/m",
                          "*style /d/a&amp;%22%3Cb%3E", "a /d/o", "*style /d/q"));
}

TEST(HtmlRequisites, OfTemplatesAndCommentsAreNone) {
  EXPECT_THAT(links("<!--<img src=no>--><template><img src=no><style>url(no)</style><i style='a:url(no)'></template>"
                    "<noscript><img src=yes></noscript><textarea><img src=no></textarea>"),
              ElementsAre("*img /d/yes"));
}

TEST(HtmlRequisites, ThatLeadToThePageItselfAreNone) {
  EXPECT_THAT(links("<img src><img src=''><img src=' '><img src='#x'><img src=data:image/gif,x><script src=''></script>"
                    "<img src='javascript:x'><link rel=icon href='data:,'>"),
              IsEmpty());
}

TEST(HtmlRequisites, AreFollowedWhateverNofollowSays) {
  EXPECT_THAT(links("<meta name=robots content=nofollow><a href=a><img src=i><a href=b rel=nofollow><img src=b>"),
              ElementsAre("-a /d/a", "*img /d/i", "*a /d/b"));
}

TEST(HtmlRequisites, AlsoLinkedAreBoth) {
  EXPECT_THAT(links("<a href=big.png><img src=big.png></a><img src='x#1'><a href=./x>"),
              ElementsAre("*a /d/big.png", "*img /d/x#1"));
}

TEST(HtmlRequisites, OfCssAreInUtf8OthersInThePagesEncoding) {
  const HtmlPage page =
      read("<meta charset=latin1><img src='?\xE4'><p style='x:url(/?\xE4)'>", {.requisites = true}, "", {});
  EXPECT_THAT(told(page), ElementsAre("*img /d/page?%EF%BF%BD", "*style /?%EF%BF%BD"));
  const Headers latin = Headers::parse("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=latin1\r\n\r\n");
  EXPECT_THAT(told(read_html("<img src='?\xE4'><p style='x:url(/?\xE4)'>", *parse_url("http://h.example/d/page"), latin,
                             "decorum", {}, {.requisites = true})),
              ElementsAre("*img /d/page?%E4", "*style /?%C3%A4"));
}

TEST(HtmlForms, ThatAreSentWithGetAreLinks) {
  const HtmlWants forms{.forms = true};
  EXPECT_THAT(
      links("<form action=a></form><form method=POST action=no></form><form method=dialog action=no></form><form "
            "method=get action='b?c' rel=nofollow></form><form action=''></form><form></form><form method=x "
            "action=d></form><img src=no>",
            forms),
      ElementsAre("form /d/a", "-form /d/b?c", "form /d/d"));
}

std::vector<std::string> srcset(std::string_view value) {
  std::vector<std::string> urls;
  for (auto url = take_srcset_url(value); url.data() != nullptr; url = take_srcset_url(value)) urls.emplace_back(url);
  return urls;
}

TEST(Srcset, IsReadAsTheStandardDoes) {
  EXPECT_THAT(srcset("a, b 2x ,\n c 100w,d,e 1.5x,, ,f"), ElementsAre("a", "b", "c", "d,e", "f"));
  EXPECT_THAT(srcset("a,,, b 1x"), ElementsAre("a", "b"));
  EXPECT_THAT(srcset("data:image/png;base64,xx= 1x, y 2x"), ElementsAre("data:image/png;base64,xx=", "y"));
  EXPECT_THAT(srcset(""), IsEmpty());
  EXPECT_THAT(srcset(" ,, "), IsEmpty());
}

TEST(Srcset, CandidatesWithWrongDescriptorsAreNone) {
  EXPECT_THAT(srcset("a 1x 2x, b 100, c 0w, d -1x, e 1.x, f 1w 1x, g 3h, h 1w 3h, i 1e3x, j +1x, k .5x, l -0x, m 1e, n "
                     "x, o w, p 00w, q 1w 2h 3h"),
              ElementsAre("h", "i", "k", "l"));
  EXPECT_THAT(srcset("a (, x) 1x, b 1x (y), c"), ElementsAre("c"));
  EXPECT_THAT(srcset("a (, b 1x, c"), IsEmpty()) << "the parenthesis stays open";
}

}  // namespace
}  // namespace web
