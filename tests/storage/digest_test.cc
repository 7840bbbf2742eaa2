#include "storage/digest.h"

#include <gtest/gtest.h>

namespace storage {
namespace {

std::string base32_of(std::string_view text) {
  return base32({reinterpret_cast<const unsigned char*>(text.data()), text.size()});
}

TEST(Base32, Rfc4648Section10WithoutPadding) {
  EXPECT_EQ(base32_of(""), "");
  EXPECT_EQ(base32_of("f"), "MY");
  EXPECT_EQ(base32_of("fo"), "MZXQ");
  EXPECT_EQ(base32_of("foo"), "MZXW6");
  EXPECT_EQ(base32_of("foob"), "MZXW6YQ");
  EXPECT_EQ(base32_of("fooba"), "MZXW6YTB");
  EXPECT_EQ(base32_of("foobar"), "MZXW6YTBOI");
}

TEST(Sha1, IsLabelledAndUpperCase) {
  Sha1 hash;
  EXPECT_EQ(hash.finish(), "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ");  // da39a3ee...: of nothing
  hash.update("abc");
  EXPECT_EQ(hash.finish(), "sha1:VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE5");  // a9993e36...: FIPS 180
}

TEST(Sha1, PiecesAndReuseDoNotChangeIt) {
  Sha1 hash;
  hash.update("left over");
  hash.finish();
  hash.update("a");
  hash.update("");
  hash.update("bc");
  EXPECT_EQ(hash.finish(), "sha1:VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE5");
}

}  // namespace
}  // namespace storage
