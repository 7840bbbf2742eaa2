#include "storage/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/gzip.h"
#include "tests/storage/support.h"

namespace storage {
namespace {

using storage_test::Folder;
using storage_test::read_file;
using storage_test::write_file;

std::filesystem::path sample(const Folder& folder) {
  Segment segment(storage_test::options_for(folder.path()));
  const RecordPlace place = segment.append_exchange(storage_test::Page().exchange(), storage_test::at_time());
  segment.append_exchange(storage_test::page_number(2).exchange(), storage_test::at_time());
  EXPECT_FALSE(segment.close());
  return folder / "warc" / place.file;
}

void write_members(const std::filesystem::path& path, const std::vector<std::string>& texts) {
  GzipCompressor gzip;
  ByteChunks out;
  for (const std::string& text : texts) {
    const std::string_view piece = text;
    gzip.add_member({&piece, 1}, out);
  }
  std::string file;
  for (const std::string_view piece : out.pieces()) file.append(piece);
  write_file(path, file);
}

// A record with the fields every record needs.
std::string record(const std::string& fields, const std::string& block, const std::string& end = "\r\n\r\n") {
  return "WARC/1.1\r\nWARC-Type: resource\r\nWARC-Record-ID: <urn:uuid:1>\r\nWARC-Date: 2026-11-20T23:04:05Z\r\n" +
         fields + "\r\n" + block + end;
}

WarcReport verify_text(const std::string& text) {
  const Folder folder;
  write_members(folder / "x.warc.gz", {text});
  std::error_code error;
  WarcReport report = verify_warc(folder / "x.warc.gz", error);
  EXPECT_FALSE(error);
  return report;
}

std::string problem_of(const std::string& text) {
  const WarcReport report = verify_text(text);
  return report.problems.size() == 1 ? report.problems[0].what : "";
}

TEST(VerifyWarc, WhatASegmentWroteIsSound) {
  const Folder folder;
  std::error_code error;
  const WarcReport report = verify_warc(sample(folder), error);
  EXPECT_FALSE(error);
  EXPECT_TRUE(report.ok());
  EXPECT_EQ(report.records, 5u);
  EXPECT_EQ(report.digests, 7u);  // a block each, a payload for each of two responses
}

// Everything inflated, one text a member, as far as members are whole.
std::vector<std::string> texts_of(const std::string& file) {
  std::vector<std::string> texts;
  for (std::size_t at = 0, used = 0; at < file.size(); at += used) {
    texts.push_back(storage_test::inflate_member(std::string_view(file).substr(at), used));
    if (used == 0) break;
  }
  return texts;
}

TEST(VerifyWarc, AFlippedBitThatChangesAnythingIsFound) {
  const Folder folder;
  const std::string whole = read_file(sample(folder));
  const std::vector<std::string> texts = texts_of(whole);
  std::size_t harmless = 0;  // a gzip header's time and system, the bits behind the last block
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string file = whole;
    file[i] = static_cast<char>(file[i] ^ 0x10);
    write_file(folder / "damaged.warc.gz", file);
    std::error_code error;
    if (!verify_warc(folder / "damaged.warc.gz", error).ok()) continue;
    EXPECT_EQ(texts_of(file), texts) << i;
    ++harmless;
  }
  EXPECT_LT(harmless, texts.size() * 8);
}

TEST(VerifyWarc, HeaderAndBlockMustAgree) {
  EXPECT_TRUE(verify_text(record("Content-Length: 3\r\n", "abc")).ok());
  EXPECT_THAT(problem_of(record("Content-Length: 4\r\n", "abc")), testing::HasSubstr("end"));
  EXPECT_THAT(problem_of(record("Content-Length: 2\r\n", "abc")), testing::HasSubstr("longer"));
  EXPECT_THAT(problem_of(record("Content-Length: 3\r\n", "abc", "\r\n")), testing::HasSubstr("end is missing"));
  EXPECT_THAT(problem_of(record("Content-Length: 30\r\n", "abc")), testing::HasSubstr("shorter"));
  EXPECT_THAT(problem_of(record("", "abc")), testing::HasSubstr("Content-Length"));
  EXPECT_THAT(problem_of(record("Content-Length: -3\r\n", "abc")), testing::HasSubstr("Content-Length"));
  EXPECT_THAT(problem_of(record("Content-Length: 99999999999999999999\r\n", "")), testing::HasSubstr("Content-Length"));
  EXPECT_THAT(problem_of("GIF89a" + std::string("\r\n\r\n")), testing::HasSubstr("WARC/1"));
  EXPECT_THAT(problem_of("WARC/1.1\r\nno end"), testing::HasSubstr("no whole record header"));
  EXPECT_THAT(problem_of(""), testing::HasSubstr("no whole record header"));
  EXPECT_THAT(problem_of("WARC/1.1\r\nx: " + std::string(2 << 20, 'x')), testing::HasSubstr("1 MiB"));
}

TEST(VerifyWarc, DigestsOfBlockAndPayloadAreRecomputed) {
  const std::string abc = "sha1:VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE5";
  const std::string nothing = "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ";
  const std::string length = "Content-Length: 3\r\n";
  EXPECT_EQ(verify_text(record("WARC-Block-Digest: " + abc + "\r\n" + length, "abc")).digests, 1u);
  EXPECT_EQ(verify_text(record("WARC-Block-Digest: SHA1:vgmt4nsha2awvor6evyxqugcnsonbwe5\r\n" + length, "abc")).digests,
            1u);
  EXPECT_THAT(problem_of(record("WARC-Block-Digest: " + nothing + "\r\n" + length, "abc")), testing::HasSubstr(abc));
  EXPECT_EQ(verify_text(record("WARC-Block-Digest: md5:900150983cd24fb0d6963f7d28e17f72\r\n" + length, "abc")).digests,
            0u);

  const std::string http = "Content-Type: application/http; msgtype=response\r\nWARC-Payload-Digest: ";
  EXPECT_EQ(verify_text(record(http + abc + "\r\nContent-Length: 22\r\n", "HTTP/1.1 200 OK\r\n\r\nabc")).digests, 1u);
  EXPECT_THAT(problem_of(record(http + nothing + "\r\nContent-Length: 22\r\n", "HTTP/1.1 200 OK\r\n\r\nabc")),
              testing::HasSubstr("WARC-Payload-Digest"));
  // A block that keeps its chunks has another payload than the bytes behind its head.
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
  const WarcReport report =
      verify_text(record(http + abc + "\r\nContent-Length: " + std::to_string(chunked.size()) + "\r\n", chunked));
  EXPECT_TRUE(report.ok());
  EXPECT_EQ(report.digests, 0u);
}

TEST(VerifyWarc, ADamagedRecordDoesNotHideTheNext) {
  const Folder folder;
  write_members(folder / "x.warc.gz", {record("Content-Length: 9\r\n", "abc"), record("Content-Length: 3\r\n", "abc")});
  std::error_code error;
  const WarcReport report = verify_warc(folder / "x.warc.gz", error);
  EXPECT_EQ(report.records, 1u);
  EXPECT_EQ(report.problem_count, 1u);
  EXPECT_EQ(report.problems.at(0).offset, 0u);
}

TEST(VerifyWarc, AMissingFileIsAnError) {
  std::error_code error;
  verify_warc("/nonexistent/x.warc.gz", error);
  EXPECT_EQ(error, std::errc::no_such_file_or_directory);
}

TEST(ListWarc, EachRecordWithItsPlace) {
  const Folder folder;
  const auto file = sample(folder);
  std::vector<WarcEntry> entries;
  std::error_code error;
  EXPECT_TRUE(list_warc(
      file,
      [&](const WarcEntry& entry) {
        entries.push_back(entry);
        return true;
      },
      error));
  const auto records = storage_test::records_of(file);
  ASSERT_EQ(entries.size(), records.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    EXPECT_EQ(entries[i].offset, records[i].offset);
    EXPECT_EQ(entries[i].length, records[i].length);
    EXPECT_EQ(entries[i].block_length, records[i].block.size());
    EXPECT_EQ(entries[i].type, records[i].fields.at("WARC-Type"));
  }
  EXPECT_EQ(entries[2].status, 200);
  EXPECT_EQ(entries[2].target_uri, "http://example.org/");
  EXPECT_EQ(entries[0].status, 0);
}

TEST(ListWarc, StopsAtDamage) {
  const Folder folder;
  const auto file = sample(folder);
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 1);
  int seen = 0;
  std::error_code error;
  EXPECT_FALSE(list_warc(
      file, [&](const WarcEntry&) { return ++seen > 0; }, error));
  EXPECT_EQ(seen, 4);
}

}  // namespace
}  // namespace storage
