#include "web/content_stream.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/web/compressed.h"

namespace web {
namespace {

using Status = Decoded::Status;

struct Streamed {
  std::string body;
  Status status = Status::complete;
  std::size_t longest = 0;
};

Streamed stream(const std::string& raw, std::string_view coding, const DecodeLimits& limits = {}, bool unzip = false) {
  ContentStream content(raw, coding, limits, unzip);
  Streamed result;
  for (std::string_view piece = content.next(); !piece.empty(); piece = content.next()) {
    result.body += piece;
    result.longest = std::max(result.longest, piece.size());
  }
  EXPECT_TRUE(content.next().empty());
  result.status = content.status();
  return result;
}

TEST(ContentStream, PiecesPutTogetherAreTheBody) {
  const std::string text = varied(700'000);
  const std::string half = text.substr(0, 300'001), rest = text.substr(300'001);
  for (const auto& [coding, raw] : {std::pair<std::string, std::string>{"", text},
                                    {"gzip", gzipped(text)},
                                    {"gzip", gzipped(half) + gzipped(rest) + "rubbish"},
                                    {"zstd", zstd_compressed(half) + zstd_compressed(rest) + "rubbish"},
                                    {"gzip, zstd", zstd_compressed(gzipped(text))},
                                    {"zstd, gzip", gzipped(zstd_compressed(text))}}) {
    const Streamed streamed = stream(raw, coding);
    EXPECT_EQ(streamed.status, Status::complete) << coding;
    EXPECT_TRUE(streamed.body == text) << coding;
    EXPECT_LE(streamed.longest, 64U << 10);
  }
}

TEST(ContentStream, TheEndOfAMemberMayLieAnywhereInAPiece) {
  std::string members, text;
  for (int i = 0; members.size() < 200'000; ++i) {
    const std::string part = varied(1 + i * 37 % 5000);
    members += gzipped(part);
    text += part;
  }
  const Streamed streamed = stream(zstd_compressed(members), "gzip, zstd");
  EXPECT_EQ(streamed.status, Status::complete);
  EXPECT_TRUE(streamed.body == text);
}

TEST(ContentStream, AGzipFileIsUnpackedUnderItsCodingsOnRequest) {
  const std::string text = varied(100'000), file = gzipped(text);
  EXPECT_EQ(stream(file, "", {}, true).body, text);
  EXPECT_EQ(stream(gzipped(file), "gzip", {}, true).body, text);
  EXPECT_EQ(stream(gzipped(file), "gzip").body, file);
  EXPECT_EQ(stream(text, "", {}, true).body, text);
}

TEST(ContentStream, EachLayerKeepsToTheLimits) {
  DecodeLimits limits;
  limits.max_output = kib(100);
  const std::string text = varied(300'000);
  for (const auto& [coding, raw] : {std::pair<std::string, std::string>{"", text}, {"gzip", gzipped(text)}}) {
    const Streamed streamed = stream(raw, coding, limits);
    EXPECT_EQ(streamed.status, Status::over_limit);
    EXPECT_TRUE(streamed.body == text.substr(0, 100 << 10));
  }
  const std::string bomb = gzipped(gzipped(std::string(64 << 20, '\0')));
  const Streamed streamed = stream(bomb, "gzip", {}, true);
  EXPECT_EQ(streamed.status, Status::over_limit);
  EXPECT_EQ(streamed.body.size(), 1U << 20);
  EXPECT_EQ(stream("x", "gzip,gzip,gzip,gzip,gzip,gzip").status, Status::over_limit);
}

TEST(ContentStream, WhatCameBeforeAFaultIsGiven) {
  const std::string text = varied(300'000), file = gzipped(text);
  Streamed streamed = stream(file.substr(0, file.size() / 2), "gzip");
  EXPECT_EQ(streamed.status, Status::truncated);
  EXPECT_GT(streamed.body.size(), 50'000U);
  EXPECT_TRUE(text.starts_with(streamed.body));
  std::string broken = file;
  broken.replace(broken.size() / 2, 300, 300, '\xFF');
  streamed = stream(broken, "gzip");
  EXPECT_EQ(streamed.status, Status::corrupt);
  EXPECT_GT(streamed.body.size(), 50'000U);
  EXPECT_EQ(stream("plain", "gzip").status, Status::corrupt);
  EXPECT_EQ(stream("", "gzip, br").status, Status::complete);
  const Streamed unknown = stream(gzipped("packed"), "compress, gzip");
  EXPECT_EQ(unknown.status, Status::unknown_coding);
  EXPECT_EQ(unknown.body, "packed");
}

}  // namespace
}  // namespace web
