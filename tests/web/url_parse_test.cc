// The states of the URL standard's basic URL parser (4.4), for http and https.
#include <gtest/gtest.h>

#include <string>

#include "web/url.h"

namespace web {
namespace {

std::string href(std::string_view input, std::string_view base = "") {
  std::optional<Url> parsed_base;
  if (!base.empty()) parsed_base = parse_url(base);
  const std::optional<Url> url = parse_url(input, parsed_base ? &*parsed_base : nullptr);
  return url ? url->href() : "(failure)";
}

TEST(UrlParse, FillsEveryField) {
  const std::optional<Url> url = parse_url("HTTPS://me:secret@Example.ORG:8443/a/b?c=d#e");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->scheme, "https");
  EXPECT_EQ(url->username, "me");
  EXPECT_EQ(url->password, "secret");
  EXPECT_EQ(url->host, "example.org");
  EXPECT_EQ(url->port, 8443);
  EXPECT_EQ(url->path, "/a/b");
  EXPECT_EQ(url->query, "c=d");
  EXPECT_EQ(url->fragment, "e");
  EXPECT_EQ(url->href(), "https://me:secret@example.org:8443/a/b?c=d#e");
  EXPECT_EQ(url->origin(), "https://example.org:8443");
  EXPECT_EQ(url->path_and_query(), "/a/b?c=d");
  EXPECT_EQ(url->effective_port(), 8443);
}

TEST(UrlParse, OnlyHttpAndHttpsAreRead) {
  for (const char* text : {"mailto:me@example.org", "ftp://example.org/", "javascript:void(0)", "file:///etc/passwd",
                           "data:text/html,hi", "ws://example.org/", "tel:123"}) {
    EXPECT_FALSE(parse_url(text)) << text;
  }
}

TEST(UrlParse, ControlsAndSpacesAroundAreTrimmedAndTabsAndLineEndsTakenOut) {
  EXPECT_EQ(href("  \x01http://h/a\x1f "), "http://h/a");
  EXPECT_EQ(href("ht\ntp://h\t/a\rb"), "http://h/ab");
  EXPECT_EQ(href("http://h/a b"), "http://h/a%20b");
}

TEST(UrlParse, SlashesMayBeOfAnyNumberAndKindBeforeTheHost) {
  for (const char* text : {"http:h/x", "http:/h/x", "http:////h/x", "http:\\\\h\\x", "http:/\\/h/x"}) {
    EXPECT_EQ(href(text), "http://h/x") << text;
  }
}

TEST(UrlParse, ASchemeWithoutSlashesIsRelativeToABaseOfTheSameScheme) {
  EXPECT_EQ(href("http:x", "http://h/a/b"), "http://h/a/x");
  EXPECT_EQ(href("https:x", "http://h/a/b"), "https://x/");
}

TEST(UrlParse, ReferencesAreResolvedAgainstTheBase) {
  constexpr std::string_view kBase = "http://u:p@h:8/a/b/c?q#f";
  EXPECT_EQ(href("", kBase), "http://u:p@h:8/a/b/c?q");
  EXPECT_EQ(href("#z", kBase), "http://u:p@h:8/a/b/c?q#z");
  EXPECT_EQ(href("?z", kBase), "http://u:p@h:8/a/b/c?z");
  EXPECT_EQ(href("z", kBase), "http://u:p@h:8/a/b/z");
  EXPECT_EQ(href("../z", kBase), "http://u:p@h:8/a/z");
  EXPECT_EQ(href("../../../../z", kBase), "http://u:p@h:8/z");
  EXPECT_EQ(href("/z", kBase), "http://u:p@h:8/z");
  EXPECT_EQ(href("\\z", kBase), "http://u:p@h:8/z");
  EXPECT_EQ(href("//k/z", kBase), "http://k/z");
  EXPECT_EQ(href("x:y", kBase), "(failure)");
  EXPECT_EQ(href(":y", kBase), "http://u:p@h:8/a/b/:y");
}

TEST(UrlParse, WithoutABaseAReferenceFails) {
  for (const char* text : {"", "/a", "a", "#f", "?q", "//h/"}) EXPECT_FALSE(parse_url(text)) << text;
}

TEST(UrlParse, DotSegmentsInEverySpellingAreCarriedOut) {
  EXPECT_EQ(href("http://h/a/./b/../c"), "http://h/a/c");
  EXPECT_EQ(href("http://h/a/%2E/b/.%2e/c"), "http://h/a/c");
  EXPECT_EQ(href("http://h/a/b/%2e%2E"), "http://h/a/");
  EXPECT_EQ(href("http://h/a/."), "http://h/a/");
  EXPECT_EQ(href("http://h/../.."), "http://h/");
  EXPECT_EQ(href("http://h/a//../b"), "http://h/a/b");
  EXPECT_EQ(href("http://h/.../%2e.x/..y"), "http://h/.../%2e.x/..y");
}

TEST(UrlParse, CredentialsEndAtTheLastAtSign) {
  EXPECT_EQ(href("http://a@b:c@d/"), "http://a%40b:c@d/");
  EXPECT_EQ(href("http://a:b:c@d/"), "http://a:b%3Ac@d/");
  EXPECT_EQ(href("http://:@d/"), "http://d/");
  EXPECT_EQ(href("http://a:@d/"), "http://a@d/");
  EXPECT_EQ(href("http://a@/x"), "(failure)");
  EXPECT_EQ(href("http://h/@x"), "http://h/@x");
}

TEST(UrlParse, TheDefaultPortIsNotWritten) {
  EXPECT_EQ(href("http://h:80/"), "http://h/");
  EXPECT_EQ(href("https://h:443/"), "https://h/");
  EXPECT_EQ(href("https://h:80/"), "https://h:80/");
  EXPECT_EQ(href("http://h:/"), "http://h/");
  EXPECT_EQ(href("http://h:00008080/"), "http://h:8080/");
  EXPECT_EQ(parse_url("http://h/")->effective_port(), 80);
  EXPECT_EQ(parse_url("https://h/")->effective_port(), 443);
}

TEST(UrlParse, PortsAreNumbersUpTo65535) {
  EXPECT_EQ(href("http://h:65535/"), "http://h:65535/");
  for (const char* text : {"http://h:65536/", "http://h:99999999999999999999/", "http://h:8a/", "http://h:-1/",
                           "http://h: 8/", "http://:80/"}) {
    EXPECT_FALSE(parse_url(text)) << text;
  }
}

TEST(UrlParse, PortZeroIsNotTheDefaultPort) {
  const std::optional<Url> url = parse_url("http://h:0/");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->href(), "http://h:0/");
  EXPECT_EQ(url->effective_port(), 0);
  EXPECT_EQ(parse_url("/x", &*url)->href(), "http://h:0/x");
}

TEST(UrlParse, EachPartEscapesItsOwnSet) {
  EXPECT_EQ(href("http://h/ \"<>`{}^'|\\x"), "http://h/%20%22%3C%3E%60%7B%7D%5E'|/x");
  EXPECT_EQ(href("http://h/? \"<>`{}^'|\\x"), "http://h/?%20%22%3C%3E`{}^%27|\\x");
  EXPECT_EQ(href("http://h/# \"<>`{}^'|\\x"), "http://h/#%20%22%3C%3E%60{}^'|\\x");
  EXPECT_EQ(href("http://a/;[]|b@h/"), "http://a/;[]|b@h/");
  EXPECT_EQ(href("http://a;=[]|^:'@h/"), "http://a%3B%3D%5B%5D%7C%5E:'@h/");
  EXPECT_EQ(href("http://h/\x7f\x01x"), "http://h/%7F%01x");
}

TEST(UrlParse, EscapesAlreadyThereAreLeftAlone) {
  EXPECT_EQ(href("http://h/%41%zz%?%2%"), "http://h/%41%zz%?%2%");
}

TEST(UrlParse, WhatIsNotAsciiIsEscapedAsItsUtf8) {
  EXPECT_EQ(href("http://h/é?ü#ß"), "http://h/%C3%A9?%C3%BC#%C3%9F");
}

TEST(UrlParse, OctetsThatAreNoUtf8AreEscapedAsTheyStand) {
  EXPECT_EQ(href("http://h/caf\xe9?\xff"), "http://h/caf%E9?%FF");
}

TEST(UrlParse, TheQueryIsWrittenInThePagesCharset) {
  const auto query = [](std::string_view charset) { return *parse_url("http://h/é?é", nullptr, charset)->query; };
  EXPECT_EQ(query("utf-8"), "%C3%A9");
  EXPECT_EQ(query("windows-1252"), "%E9");
  EXPECT_EQ(query("latin1"), "%E9");
  EXPECT_EQ(query("no-such-charset"), "%C3%A9");
  EXPECT_EQ(parse_url("http://h/é?é", nullptr, "windows-1252")->path, "/%C3%A9");
}

TEST(UrlParse, WhatThePagesCharsetLacksBecomesACharacterReference) {
  EXPECT_EQ(*parse_url("http://h/?a☃b", nullptr, "windows-1252")->query, "a%26%239731%3Bb");
}

TEST(UrlParse, AnEmptyQueryIsNotNoQuery) {
  EXPECT_EQ(href("http://h/?"), "http://h/?");
  EXPECT_EQ(parse_url("http://h/?")->path_and_query(), "/?");
  EXPECT_EQ(href("http://h/?#"), "http://h/?#");
  EXPECT_EQ(href("http://h?a/b"), "http://h/?a/b");
}

TEST(UrlParse, TheSchemeIsNamedAlsoWhereItIsNotOurs) {
  EXPECT_EQ(scheme_of(" MailTo:me@example.org"), "mailto");
  EXPECT_EQ(scheme_of("view-source+x.1:y"), "view-source+x.1");
  EXPECT_EQ(scheme_of("example.org/a"), "");
  EXPECT_EQ(scheme_of("1a:b"), "");
  EXPECT_EQ(scheme_of("/a:b"), "");
}

TEST(UrlParse, FtpAndFileCanBeNamed) {
  const auto any = [](std::string_view text) { return parse_any_url(text)->href(); };
  EXPECT_EQ(any("FTP://h:21/a/../b"), "ftp://h/b");
  EXPECT_EQ(any("file:a"), "file:///a");
  EXPECT_EQ(any("file://LOCALHOST/a"), "file:///a");
  EXPECT_EQ(any("file:///C|/../x"), "file:///C:/x");
  EXPECT_EQ(any("file://srv/x"), "file://srv/x");
}

TEST(UrlParse, ABaseOfAnotherSchemeServesWholeUrlsOnly) {
  EXPECT_EQ(resolve_url("http://h/", "about:blank")->href(), "http://h/");
  EXPECT_FALSE(resolve_url("x", "about:blank"));
  EXPECT_FALSE(resolve_url("http://h/", "http://[bad"));
  EXPECT_FALSE(resolve_url("http://h/", "no base"));
  EXPECT_EQ(resolve_url("../x", "file:///C:/a/b")->href(), "file:///C:/x");
  EXPECT_EQ(resolve_url("/x", "file:///C:/a/b")->href(), "file:///C:/x");
  EXPECT_EQ(resolve_url("/D:/x", "file:///C:/a/b")->href(), "file:///D:/x");
}

TEST(UrlParse, AMegabyteOfAnythingIsReadInLinearTime) {
  std::string dots, ats(1 << 20, '@');
  while (dots.size() < 1 << 20) dots += "a/../";
  EXPECT_EQ(href("http://h/" + dots), "http://h/");
  EXPECT_EQ(parse_url("http://" + ats + "h/")->host, "h");
}

}  // namespace
}  // namespace web
