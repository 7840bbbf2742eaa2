#include "storage/cdxj.h"

#include <gtest/gtest.h>

namespace storage {
namespace {

TEST(Surt, HostIsReversedAndEverythingLowerCase) {
  EXPECT_EQ(surt("http://Example.COM/Path/File.HTML"), "com,example)/path/file.html");
  EXPECT_EQ(surt("https://a.b.example.org"), "org,example,b,a)/");
  EXPECT_EQ(surt("http://192.0.2.1/x"), "1,2,0,192)/x");
  EXPECT_EQ(surt("http://example.com./"), ",com,example)/");
}

TEST(Surt, WwwIsLeftOut) {
  EXPECT_EQ(surt("http://www.example.com/"), "com,example)/");
  EXPECT_EQ(surt("http://www2.example.com/"), "com,example)/");
  EXPECT_EQ(surt("http://wwwx.example.com/"), "com,example,wwwx)/");
  EXPECT_EQ(surt("http://www/"), "www)/");
}

TEST(Surt, OnlyAPortThatIsNotTheDefaultIsKept) {
  EXPECT_EQ(surt("http://example.com:80/"), "com,example)/");
  EXPECT_EQ(surt("https://example.com:443/"), "com,example)/");
  EXPECT_EQ(surt("https://example.com:80/"), "com,example:80)/");
  EXPECT_EQ(surt("http://[2001:db8::1]/"), "[2001:db8::1])/");
  EXPECT_EQ(surt("http://[2001:db8::1]:8080/"), "[2001:db8::1]:8080)/");
}

TEST(Surt, QueryPartsAreSortedAndFragmentAndUserLeftOut) {
  EXPECT_EQ(surt("http://example.com/?b=2&a=1&b=1#f?x"), "com,example)/?a=1&b=1&b=2");
  EXPECT_EQ(surt("http://example.com?q"), "com,example)/?q");
  EXPECT_EQ(surt("http://example.com/a?"), "com,example)/a");
  EXPECT_EQ(surt("http://user:pass@example.com/"), "com,example)/");
}

TEST(Surt, NeverHoldsABlank) {
  EXPECT_EQ(surt("http://example.com/a b\r\n"), "com,example)/a%20b%0D%0A");
  EXPECT_EQ(surt("urn:X y"), "urn:x%20y");
}

TEST(IndexLine, NumbersAreStringsAndTheDigestHasNoLabel) {
  std::string out;
  append_index_line(out, {"http://example.com/", "20261120230405", "text/html", 200, "sha1:ABC", 12, 345, "x.warc.gz"});
  EXPECT_EQ(out,
            "com,example)/ 20261120230405 {\"url\":\"http://example.com/\",\"mime\":\"text/html\",\"status\":\"200\","
            "\"digest\":\"ABC\",\"length\":\"345\",\"offset\":\"12\",\"filename\":\"x.warc.gz\"}\n");
}

TEST(IndexLine, UnknownValuesAndHostileOnesStayValidJson) {
  std::string out;
  append_index_line(out, {"http://example.com/\"\\\n\xff", "20261120230405", "", 0, "", 0, 1, "x"});
  EXPECT_EQ(out,
            "com,example)/\"\\%0A%FF 20261120230405 {\"url\":\"http://example.com/\\\"\\\\%0A%FF\",\"mime\":\"unk\","
            "\"status\":\"-\",\"digest\":\"\",\"length\":\"1\",\"offset\":\"0\",\"filename\":\"x\"}\n");
}

}  // namespace
}  // namespace storage
