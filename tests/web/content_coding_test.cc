#include "web/content_coding.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/web/compressed.h"

namespace web {
namespace {

using Status = Decoded::Status;
using namespace std::string_literals;

Decoded decode(const std::string& raw, std::string_view coding) {
  return decode_content(raw, coding, DecodeLimits{});
}

TEST(ContentCoding, EachCodingIsUndone) {
  const std::string text = varied(100'000);
  for (const auto& [coding, raw] : {std::pair{"gzip", compressed(text, kGzip)},
                                    {"x-gzip", compressed(text, kGzip)},
                                    {"GZip", compressed(text, kGzip)},
                                    {"deflate", compressed(text, kZlib)},
                                    {"deflate", compressed(text, kRaw)},
                                    {"zstd", zstd_compressed(text)},
                                    {"identity", text},
                                    {"", text}}) {
    const Decoded decoded = decode(raw, coding);
    EXPECT_EQ(decoded.status, Status::complete) << coding;
    EXPECT_TRUE(decoded.body == text) << coding;
  }
}

TEST(ContentCoding, BrotliIsUndone) {
  const std::string raw =
      "\x1b\x2f\x00\xe0\x8c\x94\xab\xed\x68\x41\xf4\x8d\xad\x6b\x2c\xf3\x4b\x86\x10\xc1\xd0\x83\x1c\xa2\x88\x44\x72\xf3"
      "\x71\x3d\xe1\xec\x0b\xa0\xb1\x81\x4a\xd7\x15\xff\xcb\x09\xa0\x2a\x87"s;
  EXPECT_EQ(decode(raw, "br").body, "Decorum asks politely, then asks again politely.");
  EXPECT_EQ(decode(raw.substr(0, 40), "br").status, Status::truncated);
  EXPECT_EQ(decode("\xFF\xFF not brotli", "br").status, Status::corrupt);
}

TEST(ContentCoding, StackedCodingsAreUndoneFromTheLast) {
  const std::string text = varied(5'000);
  const Decoded decoded = decode(compressed(zstd_compressed(compressed(text, kRaw)), kGzip), "deflate, zstd ,,gzip");
  EXPECT_EQ(decoded.status, Status::complete);
  EXPECT_EQ(decoded.body, text);
}

TEST(ContentCoding, SixLayersAreTooMany) {
  std::string raw = "text";
  for (int i = 0; i < 5; ++i) raw = compressed(raw, kGzip);
  EXPECT_EQ(decode(raw, "gzip,gzip,gzip,gzip,gzip").body, "text");
  EXPECT_EQ(decode(raw, "gzip,gzip,identity,gzip,gzip,gzip").body, "text");
  const Decoded six = decode(compressed(raw, kGzip), "gzip,gzip,gzip,gzip,gzip,gzip");
  EXPECT_EQ(six.status, Status::over_limit);
  EXPECT_EQ(six.body, "");
}

TEST(ContentCoding, GzipMembersAreJoinedAndRubbishBehindThemIsPassedOver) {
  const std::string two = compressed("one ", kGzip) + compressed("two", kGzip);
  EXPECT_EQ(decode(two, "gzip").body, "one two");
  for (const std::string& tail : {"\0\0\0\0"s, "<!-- served by -->"s, "\x1F"s}) {
    const Decoded decoded = decode(two + tail, "gzip");
    EXPECT_EQ(decoded.body, "one two");
    EXPECT_EQ(decoded.status, Status::complete);
  }
  const Decoded zstd = decode(zstd_compressed("one ") + zstd_compressed("two") + "rubbish", "zstd");
  EXPECT_EQ(zstd.body, "one two");
  EXPECT_EQ(zstd.status, Status::complete);
}

TEST(ContentCoding, RawDeflateThatLooksLikeZlib) {
  // A stored block whose padding and length spell the zlib header 78 9C.
  const std::string text(156, 't');
  const std::string raw = "\x78\x9C\x00\x63\xFF"s + text + "\x01\x00\x00\xFF\xFF"s;
  const Decoded decoded = decode(raw, "deflate");
  EXPECT_EQ(decoded.body, text);
  EXPECT_EQ(decoded.status, Status::complete);
}

TEST(ContentCoding, TruncatedInputGivesWhatCameBefore) {
  const std::string text = varied(50'000);
  for (const auto& [coding, raw] : {std::pair{"gzip", compressed(text, kGzip)},
                                    {"deflate", compressed(text, kZlib)},
                                    {"deflate", compressed(text, kRaw)}}) {
    const Decoded decoded = decode(raw.substr(0, raw.size() / 2), coding);
    EXPECT_EQ(decoded.status, Status::truncated) << coding;
    EXPECT_GT(decoded.body.size(), 10'000U);
    EXPECT_TRUE(text.starts_with(decoded.body));
  }
  const std::string zstd = zstd_compressed(varied(600'000));
  const Decoded decoded = decode(zstd.substr(0, zstd.size() - 10), "zstd");
  EXPECT_EQ(decoded.status, Status::truncated);
  EXPECT_FALSE(decoded.body.empty());
}

TEST(ContentCoding, CorruptInputKeepsThePartBeforeTheFault) {
  const std::string text = varied(50'000);
  std::string raw = compressed(text, kGzip);
  raw[raw.size() - 8] ^= 1;  // the checksum
  Decoded decoded = decode(raw, "gzip");
  EXPECT_EQ(decoded.status, Status::corrupt);
  EXPECT_TRUE(decoded.body == text);

  raw = compressed(text, kGzip);
  raw.replace(raw.size() / 2, 300, 300, '\xFF');
  decoded = decode(raw, "gzip");
  EXPECT_EQ(decoded.status, Status::corrupt);
  EXPECT_GT(decoded.body.size(), 10'000U);
  EXPECT_EQ(decoded.body.substr(0, 10'000), text.substr(0, 10'000));

  decoded = decode("<html>not compressed at all</html>", "gzip");
  EXPECT_EQ(decoded.status, Status::corrupt);
  EXPECT_EQ(decoded.body, "");
}

TEST(ContentCoding, AnEmptyBodyIsCompleteInAnyCoding) {
  for (const auto coding : {"gzip", "deflate", "br", "zstd", "gzip, br"}) {
    EXPECT_EQ(decode("", coding).status, Status::complete) << coding;
  }
}

TEST(ContentCoding, AnUnknownCodingLeavesTheBytes) {
  const Decoded plain = decode("<p>text", "utf-8");
  EXPECT_EQ(plain.status, Status::unknown_coding);
  EXPECT_EQ(plain.body, "<p>text");
  const Decoded inner = decode(compressed("packed", kGzip), "compress, gzip");
  EXPECT_EQ(inner.status, Status::unknown_coding);
  EXPECT_EQ(inner.body, "packed");
}

TEST(ContentCoding, OutputNeverPassesTheAbsoluteLimit) {
  DecodeLimits limits;
  limits.max_output = kib(100);
  const std::string text = varied(300'000);
  for (const auto& [coding, raw] :
       {std::pair{"gzip", compressed(text, kGzip)}, {"zstd", zstd_compressed(text)}, {"", text}}) {
    const Decoded decoded = decode_content(raw, coding, limits);
    EXPECT_EQ(decoded.status, Status::over_limit) << coding;
    EXPECT_TRUE(decoded.body == text.substr(0, 100 << 10)) << coding;
  }
  const std::string exact = varied(100 << 10);
  EXPECT_EQ(decode_content(compressed(exact, kGzip), "gzip", limits).status, Status::complete);
}

TEST(ContentCoding, RatioCountsOnceTheFirstMebibyteIsOut) {
  const std::string zeros = compressed(std::string(4 << 20, '\0'), kGzip);  // about 1000 to 1
  const Decoded bomb = decode(zeros, "gzip");
  EXPECT_EQ(bomb.status, Status::over_limit);
  EXPECT_EQ(bomb.body.size(), 1U << 20);
  EXPECT_EQ(decode(compressed(std::string(1 << 20, '\0'), kGzip), "gzip").status, Status::complete);

  const std::string brotli = "\x9b\xff\xff\x2f\xf8\x25\xc2\xe2\xb1\x40\x20\xf7\xfe\x05"s;  // 3 MiB of 'a' in 14 bytes
  EXPECT_EQ(decode(brotli, "br").status, Status::over_limit);
  EXPECT_EQ(decode(brotli, "br").body, std::string(1 << 20, 'a'));
}

TEST(ContentCoding, ABombInABombIsStoppedAtEachLayer) {
  const std::string inner = compressed(std::string(64 << 20, '\0'), kGzip);
  const Decoded decoded = decode(compressed(inner, kGzip), "gzip, gzip");
  EXPECT_EQ(decoded.status, Status::over_limit);
  EXPECT_LE(decoded.body.size(), 1U << 20);
}

TEST(ContentCoding, ZstdWindowsAbove8MiBAreRefused) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, 27);
  const std::string text = varied(1000);
  std::string raw(1 << 12, '\0');
  ZSTD_outBuffer out{raw.data(), raw.size(), 0};
  ZSTD_inBuffer in{text.data(), text.size(), 0};
  ZSTD_compressStream2(context, &out, &in, ZSTD_e_flush);  // size unknown: the window is as asked
  ZSTD_compressStream2(context, &out, &in, ZSTD_e_end);
  ZSTD_freeCCtx(context);
  raw.resize(out.pos);
  EXPECT_EQ(decode(raw, "zstd").status, Status::corrupt);
}

}  // namespace
}  // namespace web
