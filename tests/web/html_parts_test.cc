// The pieces that read_html is made of: tokens, the thinning, directives, the scan, the tree.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "web/gumbo_arena.h"
#include "web/gumbo_tree.h"
#include "web/html_directives.h"
#include "web/html_references.h"
#include "web/html_scan.h"
#include "web/html_thin.h"
#include "web/html_tokens.h"

namespace web {
namespace {

using testing::ElementsAre;
using namespace std::string_literals;

// Every token as one word: text, <tag attributes>, </tag>, raw text as [..], comments as (..).
std::vector<std::string> tokens(std::string_view html) {
  std::vector<std::string> out;
  HtmlTokenizer tokenizer(html);
  for (HtmlToken token; tokenizer.next(token);) {
    std::string word(token.kind == HtmlToken::Kind::start_tag || token.kind == HtmlToken::Kind::end_tag ? token.name
                                                                                                        : token.source);
    if (token.kind == HtmlToken::Kind::start_tag) {
      word = "<" + word;
      for (const HtmlAttribute& attribute : token) word += " " + std::string(attribute.value);
      word += token.self_closing ? "/>" : ">";
    }
    if (token.kind == HtmlToken::Kind::end_tag) word = "</" + word + ">";
    if (token.kind == HtmlToken::Kind::raw_text) word = "[" + word + "]";
    if (token.kind == HtmlToken::Kind::comment) word = "(" + word + ")";
    out.push_back(word);
  }
  return out;
}

TEST(HtmlTokens, AttributesMayBeQuotedBareOrEmpty) {
  EXPECT_THAT(tokens("<a id=1 HREF=\"x>y\" rel = 'r'><a href=x/><A hrefs=no href href=late>"),
              ElementsAre("<a x>y r>", "<a x/>", "<A >"));
  EXPECT_THAT(tokens("<a href/><a =href=x href='y'z>"), ElementsAre("<a />", "<a y>"));
}

TEST(HtmlTokens, ALoneAngleBracketIsText) {
  EXPECT_THAT(tokens("a < b <3 <a>"), ElementsAre("a < b <3 ", "<a>"));
  EXPECT_THAT(tokens("x<"), ElementsAre("x<"));
  EXPECT_THAT(tokens("<"), ElementsAre("<"));
}

TEST(HtmlTokens, ATagThatTheEndCutsOffIsNone) {
  for (const auto cut : {"t<a", "t<a href=x", "t<a href='x>", "t</a", "t<a href", "t<a href=", "t<a /"}) {
    EXPECT_THAT(tokens(cut), ElementsAre("t")) << cut;
  }
}

TEST(HtmlTokens, CommentsEndWhereTheStandardSays) {
  EXPECT_THAT(tokens("<!-- a -- b --><p>"), ElementsAre("(<!-- a -- b -->)", "<p>"));
  EXPECT_THAT(tokens("<!--><p>"), ElementsAre("(<!-->)", "<p>"));
  EXPECT_THAT(tokens("<!---><p>"), ElementsAre("(<!--->)", "<p>"));
  EXPECT_THAT(tokens("<!--a--!><p>"), ElementsAre("(<!--a--!>)", "<p>"));
  EXPECT_THAT(tokens("<!----><p>"), ElementsAre("(<!---->)", "<p>"));
  EXPECT_THAT(tokens("<!-- <p>"), ElementsAre("(<!-- <p>)"));
  EXPECT_THAT(tokens("<?php ?><!x></ ><p>"), ElementsAre("(<?php ?>)", "(<!x>)", "(</ >)", "<p>"));
}

TEST(HtmlTokens, RawTextEndsAtItsOwnEndTag) {
  EXPECT_THAT(tokens("<style>a<b></styles></STYLE ><p>"), ElementsAre("<style>", "[a<b></styles>]", "</STYLE>", "<p>"));
  EXPECT_THAT(tokens("<title></title><textarea><p>"), ElementsAre("<title>", "</title>", "<textarea>", "[<p>]"));
  EXPECT_THAT(tokens("<plaintext></plaintext><p>"), ElementsAre("<plaintext>", "[</plaintext><p>]"));
}

TEST(HtmlTokens, AScriptWithinACommentWithinAScript) {
  EXPECT_THAT(tokens("<script><!--<script></script>--></script><p>"),
              ElementsAre("<script>", "[<!--<script></script>-->]", "</script>", "<p>"));
  EXPECT_THAT(tokens("<script><!--></script><p>"), ElementsAre("<script>", "[<!-->]", "</script>", "<p>"));
  EXPECT_THAT(tokens("<script><!-- </script><p>"), ElementsAre("<script>", "[<!-- ]", "</script>", "<p>"));
}

TEST(HtmlTokens, InForeignContentNothingIsRaw) {
  EXPECT_THAT(tokens("<svg><style><a></style></svg><style><a></style>"),
              ElementsAre("<svg>", "<style>", "<a>", "</style>", "</svg>", "<style>", "[<a>]", "</style>"));
  EXPECT_THAT(tokens("<svg><![CDATA[<a>]]></svg><![CDATA[<a>"),
              ElementsAre("<svg>", "<![CDATA[<a>]]>", "</svg>", "(<![CDATA[<a>)"));
  EXPECT_THAT(tokens("<svg><div><style><a>"), ElementsAre("<svg>", "<div>", "<style>", "[<a>]"));
}

TEST(HtmlThin, KeepsWhatShapesTheTreeAndDropsTheRest) {
  const ThinHtml thin = thin_html(
      "<!DOCTYPE html> <title>A title</title><script>var x;</script><!-- c --><div class=x>some <em>text</em>"
      "<a class=y href='z'>link</a></div> <table id=t> <tr><td>cell&nbsp;</table>",
      100);
  EXPECT_EQ(thin.text, "<!DOCTYPE html><title>A title</title><param>x<a href='z'>x</a><table><tr><td>x</table>");
  EXPECT_FALSE(thin.too_deep);
}

TEST(HtmlThin, ReferencesThatMayBeWhiteSpaceStay) {
  EXPECT_EQ(thin_html("<table>&#32;<tr>", 100).text, "<table>&#32;<tr>");
  EXPECT_EQ(thin_html("<table>\0<tr>"s, 100).text, "<table>\0<tr>"s);
}

TEST(HtmlThin, TextIsShortWhateverThePage) {
  for (const std::string& page :
       {std::string(1 << 20, 'x'), "&" + std::string(1 << 20, 'x'), "<b " + std::string(1 << 20, 'x') + ">",
        "<a href='" + std::string(1 << 20, 'x') + "'>", "<" + std::string(1 << 20, 'x') + ">",
        "<!doctype " + std::string(1 << 20, 'x') + ">", "<title>" + std::string(1 << 20, 'x')}) {
    EXPECT_LE(thin_html(page, 100).text.size(), 5000U) << page.substr(0, 12);
  }
}

TEST(HtmlThin, SaysWhenThePageIsTooDeep) {
  std::string nested, listed;
  for (int i = 0; i < 200; ++i) nested += "<object>", listed += "<object></object>";
  EXPECT_TRUE(thin_html(nested, 100).too_deep);
  EXPECT_FALSE(thin_html(listed, 100).too_deep);
  EXPECT_FALSE(thin_html(nested, 200).too_deep);
}

TEST(RobotsDirectives, AreWordsInAnyCase) {
  RobotsDirectives all;
  all.add("NOINDEX,nofollow");
  EXPECT_TRUE(all.noindex && all.nofollow);
  RobotsDirectives none;
  none.add("index, follow, noindexing, max-snippet:-1");
  EXPECT_FALSE(none.noindex || none.nofollow);
}

TEST(RobotsDirectives, AHeaderMayNameWhomItIsFor) {
  const auto nofollow = [](std::string_view value) {
    RobotsDirectives directives;
    directives.add_header(value, "Decorum");
    return directives.nofollow;
  };
  EXPECT_TRUE(nofollow("nofollow"));
  EXPECT_TRUE(nofollow("decorum: nofollow"));
  EXPECT_TRUE(nofollow("otherbot: noindex, decorum: nofollow"));
  EXPECT_FALSE(nofollow("otherbot: noindex, nofollow"));
  EXPECT_TRUE(nofollow("unavailable_after: 25 Jun 2030 15:00:00 GMT, nofollow"));
  EXPECT_TRUE(nofollow("unavailable_after: Wed, 25 Jun 2030 15:00:00 GMT, nofollow"));
}

std::string refresh(std::string_view value) {
  const auto parsed = parse_refresh(value);
  return parsed ? std::to_string(static_cast<long>(parsed->delay_seconds)) + "|" + std::string(parsed->url) : "";
}

TEST(Refresh, IsReadAsTheStandardDoes) {
  EXPECT_EQ(refresh("5;url=x"), "5|x");
  EXPECT_EQ(refresh(" 5.7 , URL = 'x y'z"), "5|x y");
  EXPECT_EQ(refresh("0 x"), "0|x");
  EXPECT_EQ(refresh(".5;x"), "0|x");
  EXPECT_EQ(refresh("1;url"), "1|url");
  EXPECT_EQ(refresh("1;urlx=3"), "1|urlx=3");
  EXPECT_EQ(refresh("99999999999999999999;x"), "1000000000|x");
  for (const auto bad : {"", "5", "5;", "5;url=", "x;y", "-1;x", "5x", "5;url=''", ";x"})
    EXPECT_EQ(refresh(bad), "") << bad;
}

std::vector<std::string> header_links(std::string_view value) {
  std::vector<std::string> out;
  for (const HeaderLink& link : parse_link_header(value))
    out.push_back(std::string(link.url) + "|" + std::string(link.rel));
  return out;
}

TEST(LinkHeader, IsReadAsRfc8288Says) {
  EXPECT_THAT(header_links("<a,b;c>; title=\"x, <no>; rel=no\"; rel=next, <d>;rel=\"prev last\" ;rel=no"),
              ElementsAre("a,b;c|next", "d|prev last"));
  EXPECT_THAT(header_links("<a>; flag; REL = next"), ElementsAre("a|next"));
  EXPECT_THAT(header_links("<a>; rel=next; anchor=\"#x\", <b>"), ElementsAre("b|"));
  EXPECT_THAT(header_links("<a>; rel=\"un\\\"closed"), ElementsAre("a|un\\\"closed"));
  EXPECT_THAT(header_links("no brackets; rel=next, <open"), ElementsAre());
}

std::string decoded(std::string_view raw) {
  return HtmlReferences().in_attribute(raw);
}

TEST(References, AreDecodedAsInAttributes) {
  EXPECT_EQ(decoded("a&amp;b&lt;&gt;&quot;&apos;"), "a&b<>\"'");
  EXPECT_EQ(decoded("?a&copy=1&amp=2&ampx&amp"), "?a&copy=1&amp=2&ampx&");
  EXPECT_EQ(decoded("&#65;&#x42&#X43;&#0;&#xD800;&#x110000;&#150;"), "ABC\uFFFD\uFFFD\uFFFD–");
  EXPECT_EQ(decoded("&#;&#x;&;&unknown;&"), "&#;&#x;&;&unknown;&");
  EXPECT_EQ(decoded("&#99999999999999999999;"), "\uFFFD");
  EXPECT_EQ(decoded("&notin;&hearts;&hearts &NotEqualTilde;&copy/&notit;&&eacute"), "∉♥&hearts ≂̸©/&notit;&é");
  EXPECT_EQ(decoded("&CounterClockwiseContourIntegral;&" + std::string(40, 'x') + ";"),
            "∳&" + std::string(40, 'x') + ";");
}

TEST(References, InATitleNeedNoSemicolon) {
  EXPECT_EQ(HtmlReferences::in_title("a&notit;b&amp<i>&hearts;&x"), "a¬it;b&<i>♥&x");
  EXPECT_EQ(HtmlReferences::in_title("plain <b>"), "plain <b>");
}

TEST(References, OfManyNamesAreNotAllLookedUp) {
  std::string unknown;
  for (int i = 0; i < 3000; ++i) unknown += "&a" + std::to_string(i) + ";";
  EXPECT_EQ(decoded(unknown + "&hearts;&amp;"), unknown + "&hearts;&");
}

std::vector<std::string> urls(const HtmlPage& page) {
  std::vector<std::string> out;
  for (const Link& link : page.links) out.push_back(link.url.path);
  return out;
}

TEST(HtmlScan, FindsWhatTheTreeFinds) {
  const std::string html =
      "<title>A &amp; B</title><base href=/b/><!-- <a href=no> --><a href='x?&amp;y' rel=nofollow>x</a>"
      "<template><a href=no><template></template><a href=no></template><svg><title>no</title><a xlink:href=s /></svg>"
      "<script>'<a href=no>'</script><iframe src=i></iframe><meta name=robots content=noindex>";
  const Url url = *parse_url("http://h.example/");
  HtmlCollector scanned(url, "decorum", {}), tree(url, "decorum", {});
  HtmlScanStorage storage;
  scan_html(html, scanned, storage);
  ASSERT_EQ(read_gumbo_tree(html, {}, tree), TreeResult::read);
  const HtmlPage a = scanned.finish("utf-8"), b = tree.finish("utf-8");
  EXPECT_EQ(a.title, "A & B");
  EXPECT_EQ(a.title, b.title);
  EXPECT_THAT(urls(a), ElementsAre("/b/x", "/b/s", "/b/i"));
  EXPECT_EQ(urls(a), urls(b));
  EXPECT_EQ(a.links[0].url.query, "&y");
  EXPECT_TRUE(a.links[0].nofollow && b.links[0].nofollow);
  EXPECT_TRUE(a.noindex && b.noindex);
}

TEST(GumboTree, AnAssertionThatAPageMakesFailEndsThatParseOnly) {
  const Url url = *parse_url("http://h.example/");
  HtmlCollector page(url, "decorum", {});
  EXPECT_EQ(read_gumbo_tree("<table><svg><title><![CDATA[x]]>y", {}, page), TreeResult::faulty);
  EXPECT_EQ(read_gumbo_tree("<a href=x>", {}, page), TreeResult::read);
  EXPECT_THAT(urls(page.finish("utf-8")), ElementsAre("/x"));
}

TEST(GumboTree, IsLeftAtEachLimit) {
  const Url url = *parse_url("http://h.example/");
  std::string deep;
  for (int i = 0; i < 60'000; ++i) deep += "<object>";
  HtmlLimits limits;
  HtmlCollector page(url, "decorum", limits);
  limits.memory = mib(2);
  EXPECT_EQ(read_gumbo_tree(deep, limits, page), TreeResult::out_of_memory);
  limits.memory = mib(64);
  limits.cpu_now = [] {
    static std::chrono::nanoseconds now{};
    return now += std::chrono::milliseconds(1);
  };
  EXPECT_EQ(read_gumbo_tree(deep, limits, page), TreeResult::out_of_time);
  EXPECT_EQ(read_gumbo_tree(deep.substr(0, 8 * 600), {}, page), TreeResult::too_deep);
  EXPECT_EQ(read_gumbo_tree("<p>", limits, page), TreeResult::read);
}

TEST(GumboArena, KeepsToItsBudgetAndAligns) {
  GumboArena& arena = GumboArena::borrow(4 << 20);
  std::size_t taken = 0;
  while (void* piece = arena.take(1001)) {
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(piece) % alignof(std::max_align_t), 0U);
    static_cast<char*>(piece)[1000] = 'x';
    taken += 1001;
  }
  EXPECT_LE(taken, 4U << 20);
  EXPECT_GT(taken, 3U << 20);
  EXPECT_EQ(arena.take(5 << 20), nullptr);
  arena.release();
}

TEST(GumboArena, TheLastPieceCanBeGivenBack) {
  GumboArena& arena = GumboArena::borrow(1 << 20);
  void* first = arena.take(10);
  void* second = arena.take(10);
  arena.give_back(first);
  arena.give_back(second);
  EXPECT_EQ(arena.take(100), second);
}

}  // namespace
}  // namespace web
