// Hosts as the URL standard reads them (section 3), IDNA included.
#include "web/url_host.h"

#include <gtest/gtest.h>

#include <string>

#include "web/idna.h"
#include "web/punycode.h"

namespace web {
namespace {

std::string host(std::string_view text) {
  return parse_host(text).value_or("(failure)");
}

TEST(UrlHost, DomainsAreLowerCased) {
  EXPECT_EQ(host("WWW.Example.ORG"), "www.example.org");
  EXPECT_EQ(host("example.org."), "example.org.");
  EXPECT_EQ(host("a_b-.-c"), "a_b-.-c");
}

TEST(UrlHost, EscapesAreUndoneBeforeTheHostIsRead) {
  EXPECT_EQ(host("ex%61mple%2Eorg"), "example.org");
  EXPECT_EQ(host("%31%2e2.3.4"), "1.2.3.4");
  EXPECT_EQ(host("a%2Fb"), "(failure)");
  EXPECT_EQ(host("a%zz"), "(failure)");
  EXPECT_EQ(host("a%00"), "(failure)");
}

TEST(UrlHost, ForbiddenCodePointsFail) {
  for (const char c : std::string_view("\t\n\r #/:<>?@[\\]^|%\x7f\x01")) {
    EXPECT_FALSE(parse_host(std::string("a") + c + "b")) << static_cast<int>(c);
  }
  EXPECT_FALSE(parse_host(""));
}

TEST(UrlHost, Ipv4IsReadInEverySpelling) {
  for (const char* text : {"127.0.0.1", "127.0.0.1.", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7F.1",
                           "0177.0.0.1", "0x7f.0x0.0.01"}) {
    EXPECT_EQ(host(text), "127.0.0.1") << text;
  }
  EXPECT_EQ(host("0x"), "0.0.0.0");
  EXPECT_EQ(host("4294967295"), "255.255.255.255");
  EXPECT_EQ(host("1.2.65535"), "1.2.255.255");
}

TEST(UrlHost, AHostThatEndsInANumberIsIpv4OrAFailure) {
  for (const char* text : {"256.0.0.1", "1.2.3.256", "4294967296", "1.2.3.4.5", "1..2", "a.1", "a.0x1", "08",
                           "1.2.3.09", "99999999999999999999999", "1.2.65536", ".1"}) {
    EXPECT_FALSE(parse_host(text)) << text;
  }
  EXPECT_EQ(host("1.2.3.4a"), "1.2.3.4a");
  EXPECT_EQ(host("1.2.3.4.."), "1.2.3.4..");
  EXPECT_EQ(host("0x7g"), "0x7g");
}

TEST(UrlHost, Ipv6IsCompressedAtItsFirstLongestRunOfZeros) {
  EXPECT_EQ(host("[2001:DB8:0:0:1:0:0:1]"), "[2001:db8::1:0:0:1]");
  EXPECT_EQ(host("[0:0:0:0:0:0:0:0]"), "[::]");
  EXPECT_EQ(host("[1:0:2:3:4:5:6:7]"), "[1:0:2:3:4:5:6:7]");
  EXPECT_EQ(host("[1:2:3:4:5:6:7::]"), "[1:2:3:4:5:6:7:0]");
  EXPECT_EQ(host("[::1]"), "[::1]");
  EXPECT_EQ(host("[1::]"), "[1::]");
  EXPECT_EQ(host("[0001:0:0:2::3]"), "[1:0:0:2::3]");
  EXPECT_EQ(host("[::ffff:1.2.3.4]"), "[::ffff:102:304]");
}

TEST(UrlHost, MalformedIpv6Fails) {
  for (const char* text : {"[]",
                           "[",
                           "[:]",
                           "[:::]",
                           "[1]",
                           "[1:2:3:4:5:6:7]",
                           "[1:2:3:4:5:6:7:8:9]",
                           "[1::2::3]",
                           "[12345::]",
                           "[::g]",
                           "[1:2:]",
                           "[:1:2]",
                           "[::1.2.3]",
                           "[::1.2.3.4.5]",
                           "[::1.2.3.256]",
                           "[::01.2.3.4]",
                           "[1:2:3:4:5:6:7:1.2.3.4]",
                           "[::.1.2.3]",
                           "[::1]x",
                           "[::1%25eth0]",
                           "[::1.2.3.4:5]"}) {
    EXPECT_FALSE(parse_host(text)) << text;
  }
}

// UTS #46, non-transitional.
TEST(UrlHost, NonAsciiDomainsBecomePunycode) {
  EXPECT_EQ(host("bücher.example"), "xn--bcher-kva.example");
  EXPECT_EQ(host("BÜCHER.example"), "xn--bcher-kva.example");
  EXPECT_EQ(host("bu\u0308cher.example"), "xn--bcher-kva.example");
  EXPECT_EQ(host("straße.example"), "xn--strae-oqa.example");
  EXPECT_EQ(host("ﬁ.example"), "fi.example");
  EXPECT_EQ(host("例え。テスト"), "xn--r8jz45g.xn--zckzah");
  EXPECT_EQ(host("b%C3%BCcher.example"), "xn--bcher-kva.example");
  EXPECT_EQ(host("a\u00adb\u200b.example"), "ab.example");
}

TEST(UrlHost, WhatFoldsToForbiddenOrNumbersIsJudgedAsThat) {
  EXPECT_EQ(host("１２７．１"), "127.0.0.1");
  EXPECT_EQ(host("ａ／ｂ"), "(failure)");
  EXPECT_EQ(host("\u00ad"), "(failure)");
}

TEST(UrlHost, SymbolsThatBrowsersOpenAreTaken) {
  EXPECT_EQ(host("i❤.example"), "xn--i-7iq.example");
  EXPECT_EQ(host("❤\ufe0f.example"), "xn--qei.example");
  EXPECT_EQ(host("ü!.example"), "xn--!-dha.example");
  EXPECT_EQ(host("꙳༄ʹꀕ.example"), "xn--jqa704dht7ihlf.example");
  EXPECT_EQ(host("\U0001fae0.example"), "xn--129h.example");
}

TEST(UrlHost, WhatFoldsToSymbolsAndCapitalsIsFoldedToTheEnd) {
  EXPECT_EQ(host("a℃b"), "xn--acb-sfa");
  EXPECT_EQ(host("㎏℉"), "xn--kgf-tfa");
  EXPECT_EQ(host("a…❤"), "(failure)");
  EXPECT_EQ(host("\u2183"), "xn--r5g");
}

TEST(UrlHost, AStrokeComposesWithItsSymbol) {
  EXPECT_EQ(host("→\u0338"), host("↛"));
  EXPECT_EQ(host("↛"), "xn--f6g");
}

TEST(UrlHost, SymbolsKeepTheirPlaceInTheBidiRule) {
  EXPECT_EQ(host("א❤ב"), "xn--4dbc898w");
  EXPECT_EQ(host("❤א"), "(failure)");
  EXPECT_EQ(host("א❤"), "(failure)");
}

TEST(UrlHost, ArabicAndEuropeanDigitsDoNotMix) {
  EXPECT_EQ(host("ا١"), "xn--mgb0j");
  EXPECT_EQ(host("ا1"), "xn--1-ymc");
  EXPECT_EQ(host("ا١1"), "(failure)");
  EXPECT_EQ(host("ا١۲"), "(failure)");
}

TEST(UrlHost, CodePointsThatAreLeftOutMayStandAnywhere) {
  EXPECT_EQ(host("a\u00adü\u2063\u115f"), "xn--a-eha");
  EXPECT_EQ(host("❤\U0001d173"), "xn--qei");
}

TEST(UrlHost, BesideOtherLabelsPunycodeMustSpellWhatItWouldBecome) {
  EXPECT_EQ(host("xn--n3h.ü"), "xn--n3h.xn--tda");
  EXPECT_EQ(host("XN--!-dha.ü"), "xn--!-dha.xn--tda");
  EXPECT_EQ(host("ｘn--tda"), "xn--tda");
  for (const char* text : {"xn--.ü", "xn--abc-.ü", "xn--a.ü", "xn--wgv71a119e-.ü", "xn--xn--zca-hia.ü", "xn--wca.ü",
                           "xn--qei8934eba.ü", "xn--99zzzzzz.ü", "xn--ü", "xn--1ug.ü"}) {
    EXPECT_FALSE(parse_host(text)) << text;
  }
}

TEST(UrlHost, HyphensAndLengthAreNoFaultOfAName) {
  EXPECT_EQ(host("-ü-.example"), "xn-----xka.example");
  EXPECT_EQ(host("ab--ü"), "xn--ab---3ra");
  const std::string label(70, 'a');
  EXPECT_EQ(host(label + ".ü"), label + ".xn--tda");
  EXPECT_EQ(host("musik-und-theater-in-der-region-nord-und-süd-hessen-e-v"),
            "xn--musik-und-theater-in-der-region-nord-und-sd-hessen-e-v-cvf");
  EXPECT_EQ(host(label + "❤"), "xn--" + label + "-qd19c");
}

TEST(UrlHost, NamesThatUts46RefusesFail) {
  for (const char* text : {"\u202e.example", "a\u0378.example", "\ufffd.example", "\u0301a.example", "aي.example",
                           "\u200d.example", "xn--a.ü", "❤\u202e.example", "\xff.example"}) {
    EXPECT_FALSE(parse_host(text)) << text;
  }
}

TEST(UrlHost, AsciiDomainsAreNotReadAsPunycode) {
  EXPECT_EQ(host("XN--a.example"), "xn--a.example");
}

TEST(UrlHost, NamesThatAreNotAsciiHaveABound) {
  std::string name = "ü";
  while (name.size() <= 1024) name += ".ü";
  EXPECT_FALSE(domain_to_ascii(name));
}

// RFC 3492 7.1 (B), (L) and (S).
TEST(Punycode, SamplesOfTheRfc) {
  for (const auto& [points, label] :
       {std::pair(U"他们为什么不说中文", "ihqwcrb4cv8a8dqg056pqjye"),
        std::pair(U"3年B組金八先生", "3B-ww4c5e180e575a65lsy2b"), std::pair(U"-> $1.00 <-", "-> $1.00 <--")}) {
    EXPECT_EQ(punycode(points), label);
    EXPECT_EQ(punycode_decoded(label), points);
  }
}

TEST(Punycode, WhatSpellsNoCodePointsIsNoPunycode) {
  EXPECT_EQ(punycode_decoded(""), U"");
  EXPECT_EQ(punycode_decoded("TDA"), U"ü");
  for (const char* label : {"-", "-tda", "a-!", "z", "ü", "99999999999999999999", "99zzzzzz"}) {
    EXPECT_FALSE(punycode_decoded(label)) << label;
  }
}

}  // namespace
}  // namespace web
