#include "storage/warc_record.h"

#include <gtest/gtest.h>

namespace storage {
namespace {

TEST(RecordHead, EmptyFieldsAreLeftOut) {
  RecordFields fields;
  fields.type = "response";
  fields.id = "<urn:uuid:1>";
  fields.target_uri = "http://example.org/";
  fields.content_length = 7;
  std::string out;
  append_record_head(out, fields);
  EXPECT_EQ(
      out,
      "WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:1>\r\nWARC-Target-URI: http://example.org/\r\n"
      "Content-Length: 7\r\n\r\n");
}

TEST(RecordHead, AValueCannotBreakTheHeader) {
  RecordFields fields;
  fields.target_uri = "http://example.org/\r\nWARC-Type: metadata";
  std::string out;
  append_record_head(out, fields);
  EXPECT_NE(out.find("WARC-Target-URI: http://example.org/%0D%0AWARC-Type: metadata\r\n"), std::string::npos);
}

TEST(Warcinfo, TellsWhoWroteTheFile) {
  const std::string block = warcinfo_block("decorum/0.1.0", "decorum/0.1.0 (+x@example.org)", "x@example.org");
  EXPECT_TRUE(block.starts_with("software: decorum/0.1.0\r\nformat: WARC File Format 1.1\r\n"));
  EXPECT_NE(block.find("http-header-user-agent: decorum/0.1.0 (+x@example.org)\r\n"), std::string::npos);
  EXPECT_TRUE(block.ends_with("operator: x@example.org\r\n"));
  EXPECT_EQ(warcinfo_block("s", "u", "").find("operator"), std::string::npos);
}

}  // namespace
}  // namespace storage
