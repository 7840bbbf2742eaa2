#include "storage/gzip.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/storage/support.h"

namespace storage {
namespace {

std::string joined(const ByteChunks& chunks) {
  std::string all;
  for (const std::string_view piece : chunks.pieces()) all.append(piece);
  EXPECT_EQ(all.size(), chunks.size());
  return all;
}

std::string noise(std::size_t size) {
  std::mt19937 random(7);
  std::string text(size, '\0');
  for (char& c : text) c = static_cast<char>(random());
  return text;
}

void expect_round_trip(const std::string& text) {
  GzipCompressor gzip;
  ByteChunks out;
  out.append("before");
  const std::string_view whole = text;
  const std::array<std::string_view, 3> pieces{whole.substr(0, text.size() / 3), "", whole.substr(text.size() / 3)};
  const std::uint64_t length = gzip.add_member(pieces, out);
  const std::string file = joined(out);
  ASSERT_EQ(file.size(), 6 + length);
  std::size_t used = 0;
  EXPECT_TRUE(storage_test::inflate_member(std::string_view(file).substr(6), used) == text) << text.size();
  EXPECT_EQ(used, length);
}

TEST(GzipMember, PiecesInARowComeBack) {
  for (const std::size_t size : {0, 1, 100, 10'000, 70'000, 300'000, 2'000'000}) {
    expect_round_trip(std::string(size, 'x'));
    expect_round_trip(noise(size));
  }
}

TEST(GzipMember, LargeOnesAreStreamed) {
  expect_round_trip(std::string((8 << 20) - 1, 'x'));
  expect_round_trip(std::string(8 << 20, 'x'));
  expect_round_trip(noise((8 << 20) + 12345));
}

std::uint64_t member_length(std::span<const std::string_view> pieces) {
  GzipCompressor gzip;
  ByteChunks out;
  return gzip.add_member(pieces, out);
}

TEST(GzipMember, CompressedBodiesAreStoredBetweenCompressedHeads) {
  const std::string head = std::string(2000, 'h') + "etaoin shrdlu", body = noise(200'000);
  GzipCompressor gzip;
  ByteChunks out;
  const std::array<std::string_view, 3> pieces{head, body, head};  // the last must not refer back across the body
  const std::uint64_t length = gzip.add_member(pieces, out);
  std::size_t used = 0;
  EXPECT_TRUE(storage_test::inflate_member(joined(out), used) == head + body + head);
  EXPECT_EQ(used, length);
  EXPECT_LT(length, body.size() + 200);
}

TEST(GzipMember, TextIsCompressed) {
  const std::string text(100'000, 't');
  const std::string_view piece = text;
  EXPECT_LT(member_length({&piece, 1}), 2'000u);
}

TEST(LooksCompressed, EvenBytesOnly) {
  EXPECT_TRUE(looks_compressed(noise(1024)));
  EXPECT_TRUE(looks_compressed(noise(5'000'000)));
  EXPECT_FALSE(looks_compressed(noise(1023)));  // too little to tell, and to matter
  std::string base64 = noise(100'000);
  for (char& c : base64) c = static_cast<char>('0' + (c & 63));
  EXPECT_FALSE(looks_compressed(base64));
  EXPECT_FALSE(looks_compressed(std::string(50'000, ' ') + noise(50'000)));
}

TEST(ByteChunks, ReservedRoomIsKeptOnlyAsFarAsItWasFilled) {
  ByteChunks chunks;
  chunks.append("a");
  chunks.reserve(1 << 20)[0] = 'b';
  chunks.commit(1);
  chunks.append("c");
  chunks.reserve(10);
  chunks.commit(0);
  chunks.append(std::string(600'000, 'd'));
  EXPECT_EQ(joined(chunks), "abc" + std::string(600'000, 'd'));
}

TEST(Crc32, IsTheOneOfGzip) {
  EXPECT_EQ(crc32("9", crc32("12345678")), 0xcbf43926u);
}

}  // namespace
}  // namespace storage
