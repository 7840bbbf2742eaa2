#include "web/charset.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "web/charset_utf8.h"

namespace web {
namespace {

using namespace std::string_view_literals;

std::string decoded(std::string_view bytes, std::string_view charset) {
  std::string storage;
  return std::string(to_utf8(bytes, charset, storage));
}

TEST(CharsetLabel, IsTrimmedAndReadInAnyCase) {
  EXPECT_EQ(charset_from_label(" \tUTF-8\r\n"), "utf-8");
  EXPECT_EQ(charset_from_label("Shift-JIS"), "shift_jis");
}

TEST(CharsetLabel, Latin1AndAsciiMeanWindows1252) {
  for (const auto label : {"iso-8859-1", "latin1", "us-ascii", "cp1252", "ISO_8859-1:1987"}) {
    EXPECT_EQ(charset_from_label(label), "windows-1252") << label;
  }
}

TEST(CharsetLabel, Gb2312MeansGbkAndLatin5MeansWindows1254) {
  EXPECT_EQ(charset_from_label("gb2312"), "gbk");
  EXPECT_EQ(charset_from_label("iso-8859-9"), "windows-1254");
  EXPECT_EQ(charset_from_label("tis-620"), "windows-874");
  EXPECT_EQ(charset_from_label("ks_c_5601-1987"), "euc-kr");
}

TEST(CharsetLabel, UnknownIsEmpty) {
  for (const auto label : {"", "bogus", "latin-1", "utf-7", "utf-8//IGNORE", "a label that is longer than any other"}) {
    EXPECT_EQ(charset_from_label(label), "") << label;
  }
}

TEST(Prescan, ReadsTheCharsetAttribute) {
  EXPECT_EQ(prescan_charset("<!doctype html><meta charset=koi8-r>"), "koi8-r");
  EXPECT_EQ(prescan_charset("<META\n/CharSet = ' EUC-KR '>"), "euc-kr");
}

TEST(Prescan, ReadsThePragmaInEitherOrder) {
  EXPECT_EQ(prescan_charset("<meta http-equiv=Content-Type content='text/html; charset=big5'>"), "big5");
  EXPECT_EQ(prescan_charset("<meta content='text/html;charset = \"big5\"' http-equiv=content-type>"), "big5");
}

TEST(Prescan, ContentWithoutThePragmaDoesNotCount) {
  EXPECT_EQ(prescan_charset("<meta name=description content='charset=big5'>"), "");
}

TEST(Prescan, AnUnknownLabelIsPassedOver) {
  EXPECT_EQ(prescan_charset("<meta charset=nonsense><meta charset=ibm866>"), "ibm866");
}

TEST(Prescan, CommentsAndOtherTagsAreSkipped) {
  EXPECT_EQ(prescan_charset("<!--<meta charset=big5>--><p title='<meta charset=big5>'><meta charset=koi8-u>"),
            "koi8-u");
  EXPECT_EQ(prescan_charset("<!--><meta charset=big5>"), "big5");  // an empty comment
  EXPECT_EQ(prescan_charset("<metadata charset=big5>"), "");
}

TEST(Prescan, ACutTagDoesNotCount) {
  EXPECT_EQ(prescan_charset("<meta charset=big5"), "");
  EXPECT_EQ(prescan_charset("<meta charset='big5"), "");
  EXPECT_EQ(prescan_charset("<p title='<meta charset=big5>"), "");
}

TEST(Prescan, Utf16InReadableBytesIsUtf8) {
  EXPECT_EQ(prescan_charset("<meta charset=utf-16>"), "utf-8");
  EXPECT_EQ(prescan_charset("<meta charset=x-user-defined>"), "windows-1252");
}

TEST(Prescan, XmlDeclarationCountsLast) {
  EXPECT_EQ(prescan_charset("<?xml version='1.0' encoding='koi8-r'?><html>"), "koi8-r");
  EXPECT_EQ(prescan_charset("<?xml version='1.0' encoding='koi8-r'?><meta charset=big5>"), "big5");
  EXPECT_EQ(prescan_charset("<\0?\0x\0m\0"sv), "utf-16le");
  EXPECT_EQ(prescan_charset("\0<\0?\0x\0m"sv), "utf-16be");
}

TEST(DetectCharset, TheOrderOfTheSources) {
  const std::string meta = "<meta charset=koi8-r>";
  EXPECT_EQ(detect_charset("\xEF\xBB\xBF" + meta, "big5"), "utf-8");
  EXPECT_EQ(detect_charset("\xFF\xFE<\0"sv, "big5"), "utf-16le");
  EXPECT_EQ(detect_charset(meta, "big5"), "big5");
  EXPECT_EQ(detect_charset(meta, "no such thing"), "koi8-r");
  EXPECT_EQ(detect_charset(meta + "caf\xC3\xA9", ""), "koi8-r");
  EXPECT_EQ(detect_charset("<p>caf\xC3\xA9", ""), "utf-8");
  EXPECT_EQ(detect_charset("<p>cafe", ""), "windows-1252");
}

TEST(DetectCharset, ADeclarationPastTheFirst1024BytesBeatsAGuessButNotValidUtf8) {
  const std::string far(3000, ' ');
  EXPECT_EQ(detect_charset(far + "<meta charset=iso-8859-2>\xE1", ""), "iso-8859-2");
  EXPECT_EQ(detect_charset(far + "<meta charset=iso-8859-2>\xC3\xA1", ""), "utf-8");
}

TEST(DetectCharset, GuessesRussianAndJapanese) {
  // "В лесу родилась ёлочка, в лесу она росла" in windows-1251, and a sentence of Japanese in Shift_JIS.
  const std::string russian =
      "\xC2 \xEB\xE5\xF1\xF3 \xF0\xEE\xE4\xE8\xEB\xE0\xF1\xFC \xB8\xEB\xEE\xF7\xEA\xE0, \xE2 "
      "\xEB\xE5\xF1\xF3 \xEE\xED\xE0 \xF0\xEE\xF1\xEB\xE0";
  EXPECT_EQ(detect_charset("<p>" + russian + russian, ""), "windows-1251");
  const std::string japanese =
      "\x82\xB1\x82\xEA\x82\xCD\x93\xFA\x96\x7B\x8C\xEA\x82\xCC\x95\xB6\x8F\xCD\x82\xC5\x82\xB7\x81\x42";
  EXPECT_EQ(detect_charset("<p>" + japanese + japanese, ""), "shift_jis");
}

TEST(DetectCharset, AFewLatinLettersAreWindows1252) {
  EXPECT_EQ(detect_charset("<p>caf\xE9", ""), "windows-1252");
}

TEST(ToUtf8, ConvertsByTheNameBrowsersMean) {
  EXPECT_EQ(decoded("\x80 caf\xE9 \x93q\x94 \x81", "windows-1252"), "€ café “q” \xC2\x81");
  EXPECT_EQ(decoded("\xA4", "iso-8859-15"), "€");
  EXPECT_EQ(decoded("\x82\xA0\x81\x60\x87\x40", "shift_jis"), "あ～①");
  EXPECT_EQ(decoded("\x95\x39\xEF\x35", "gbk"), decoded("\x95\x39\xEF\x35", "gb18030"));
  EXPECT_EQ(decoded("\x1B$B$\"\x1B(B.", "iso-2022-jp"), "あ.");
  EXPECT_EQ(decoded("\xE0\xE9", "iso-8859-8-i"), "אי");
  EXPECT_EQ(decoded("\x80", "x-user-defined"), "\xEF\x9E\x80");
  EXPECT_EQ(decoded("anything", "replacement"), "\xEF\xBF\xBD");
}

TEST(ToUtf8, EveryEncodingOfTheStandardHasItsConverter) {
  const struct {
    std::string_view charset, bytes, text;
  } rows[] = {{"ibm866", "\x80", "А"},         {"iso-8859-2", "\xA1", "Ą"},   {"iso-8859-3", "\xA1", "Ħ"},
              {"iso-8859-4", "\xA2", "ĸ"},     {"iso-8859-5", "\xB0", "А"},   {"iso-8859-6", "\xC7", "ا"},
              {"iso-8859-7", "\xC1", "Α"},     {"iso-8859-8", "\xE0", "א"},   {"iso-8859-8-i", "\xE0", "א"},
              {"iso-8859-10", "\xA2", "Ē"},    {"iso-8859-13", "\xC0", "Ą"},  {"iso-8859-14", "\xA1", "Ḃ"},
              {"iso-8859-15", "\xA4", "€"},    {"iso-8859-16", "\xA4", "€"},  {"koi8-r", "\xC1", "а"},
              {"koi8-u", "\xA4", "є"},         {"macintosh", "\x80", "Ä"},    {"windows-874", "\xA1", "ก"},
              {"windows-1250", "\xA5", "Ą"},   {"windows-1251", "\xC0", "А"}, {"windows-1252", "\x80", "€"},
              {"windows-1253", "\xC1", "Α"},   {"windows-1254", "\xD0", "Ğ"}, {"windows-1255", "\xE0", "א"},
              {"windows-1256", "\xC7", "ا"},   {"windows-1257", "\xC0", "Ą"}, {"windows-1258", "\xFE", "₫"},
              {"x-mac-cyrillic", "\x80", "А"}, {"euc-jp", "\xA4\xA2", "あ"},  {"shift_jis", "\x82\xA0", "あ"},
              {"big5", "\xA4\x40", "一"},      {"euc-kr", "\xB0\xA1", "가"},  {"gbk", "\xB0\xA1", "啊"},
              {"gb18030", "\xB0\xA1", "啊"}};
  for (const auto& row : rows) {
    EXPECT_EQ(charset_from_label(row.charset), row.charset);
    EXPECT_EQ(decoded(row.bytes, row.charset), row.text) << row.charset;
    EXPECT_EQ(encode_query(row.text, row.charset), row.bytes) << row.charset;
  }
}

TEST(ToUtf8, Utf16WithAndWithoutMark) {
  EXPECT_EQ(decoded("\xFF\xFEh\0\x3D\xD8\x00\xDE"sv, "utf-16le"), "h😀");
  EXPECT_EQ(decoded("\0h\x20\xAC"sv, "utf-16be"), "h€");
  EXPECT_EQ(decoded("h\0\x3D\xD8!\0x"sv, "utf-16le"), "h\xEF\xBF\xBD!\xEF\xBF\xBD");
}

TEST(ToUtf8, InvalidBytesBecomeReplacements) {
  EXPECT_EQ(decoded("a\xFF"
                    "b",
                    "utf-8"),
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(decoded("\xE2\x82z\xF0\x9F\x98", "utf-8"), "\xEF\xBF\xBDz\xEF\xBF\xBD");
  EXPECT_EQ(decoded("\xC0\xAF\xED\xA0\x80", "utf-8"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(decoded("\x82<a>\x82", "shift_jis"), "\xEF\xBF\xBD<a>\xEF\xBF\xBD");  // no tag is swallowed
}

TEST(ToUtf8, NothingIsCopiedWhereNothingChanges) {
  std::string storage;
  const std::string ascii = "<p>plain</p>", utf8 =
                                                "\xEF\xBB\xBF"
                                                "caf\xC3\xA9";
  EXPECT_EQ(to_utf8(ascii, "gbk", storage).data(), ascii.data());
  EXPECT_EQ(to_utf8(utf8, "utf-8", storage).data(), utf8.data() + 3);
  EXPECT_TRUE(storage.empty());
}

TEST(ToUtf8, HopelessBytesStayLinearAndValid) {
  for (const auto charset : {"euc-jp", "gb18030", "iso-2022-jp", "big5", "euc-kr", "windows-1255", "utf-8"}) {
    const std::string text = decoded(std::string(200'000, '\xFF') + "<a>", charset);
    EXPECT_EQ(valid_utf8_prefix(text), text.size()) << charset;
    EXPECT_LE(text.size(), charset == "utf-8"sv ? 600'003U : 70'000U) << charset;  // past some faults, read as ASCII
    EXPECT_TRUE(text.ends_with("<a>")) << charset;
  }
}

TEST(EncodeQuery, WritesThePagesEncodingAndEscapesWhatItLacks) {
  EXPECT_EQ(encode_query("a=é&b=♥", "windows-1252"), "a=\xE9&b=%26%239829%3B");
  EXPECT_EQ(encode_query("€", "iso-8859-15"), "\xA4");
  EXPECT_EQ(encode_query("あ", "shift_jis"), "\x82\xA0");
  EXPECT_EQ(encode_query("あ♠", "iso-2022-jp"), "\x1B$B$\"\x1B(B%26%239824%3B");
  EXPECT_EQ(encode_query("é", "utf-8"), "é");
  EXPECT_EQ(encode_query("é", "utf-16le"), "é");
}

TEST(Utf8, TruncationKeepsCharactersWhole) {
  EXPECT_EQ(truncate_utf8("aé€", 3), "aé");
  EXPECT_EQ(truncate_utf8("aé€", 5), "aé");
  EXPECT_EQ(truncate_utf8("aé€", 6), "aé€");
  EXPECT_EQ(truncate_utf8("€", 2), "");
}

TEST(Utf8, ThreadsHaveTheirOwnConverters) {
  std::thread other([] { EXPECT_EQ(decoded("\x82\xA0", "shift_jis"), "あ"); });
  EXPECT_EQ(decoded("\x82\xA0", "shift_jis"), "あ");
  other.join();
}

}  // namespace
}  // namespace web
