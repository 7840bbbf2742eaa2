#include "storage/uuid.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace storage {
namespace {

RandomBytes filled_with(std::byte value) {
  return [value](std::span<std::byte> out) { std::fill(out.begin(), out.end(), value); };
}

TEST(Uuid, VersionAndVariantAreSet) {
  EXPECT_EQ(UuidSource(filled_with(std::byte{0})).urn(), "<urn:uuid:00000000-0000-4000-8000-000000000000>");
  EXPECT_EQ(UuidSource(filled_with(std::byte{0xff})).urn(), "<urn:uuid:ffffffff-ffff-4fff-bfff-ffffffffffff>");
}

TEST(Uuid, EveryIdHasBytesOfItsOwn) {
  int calls = 0;
  UuidSource source([&calls](std::span<std::byte> out) {
    ++calls;
    system_random(out);
  });
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string urn = source.urn();
    EXPECT_THAT(urn, testing::MatchesRegex("<urn:uuid:[0-9a-f]+-[0-9a-f]+-4[0-9a-f]+-[89ab][0-9a-f]+-[0-9a-f]+>"));
    seen.insert(urn);
  }
  EXPECT_EQ(seen.size(), 1000u);
  EXPECT_LT(calls, 100);
}

}  // namespace
}  // namespace storage
