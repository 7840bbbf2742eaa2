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
