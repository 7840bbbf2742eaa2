#include "storage/segment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "storage/digest.h"
#include "tests/storage/support.h"

namespace storage {
namespace {

using storage_test::at_time;
using storage_test::Folder;
using storage_test::lines_of;
using storage_test::names_in;
using storage_test::options_for;
using storage_test::Page;
using storage_test::page_number;
using storage_test::read_file;
using storage_test::Record;
using storage_test::records_of;
using storage_test::write_pending;
using testing::ElementsAre;
using testing::IsEmpty;

std::string sha1_of(const std::string& text) {
  Sha1 hash;
  hash.update(text);
  return hash.finish();
}

std::string inflate_place(const Folder& folder, const RecordPlace& place) {
  const std::string bytes = read_file(folder / "warc" / place.file).substr(place.offset, place.length);
  std::size_t used = 0;
  std::string text = storage_test::inflate_member(bytes, used);
  EXPECT_EQ(used, place.length);
  return text;
}

TEST(Segment, NothingIsOpenedBeforeTheFirstWrite) {
  const Folder folder;
  Segment segment(options_for(folder / "data"));
  EXPECT_EQ(segment.take_group(), nullptr);
  EXPECT_FALSE(segment.close());
  segment.append_page("{}", at_time());
  EXPECT_FALSE(std::filesystem::exists(folder / "data"));
  EXPECT_EQ(segment.pending(), web::Bytes{3});
}

TEST(Segment, ClosedFilesHaveTheirNamesAndNothingElseIsLeft) {
  const Folder folder;
  Segment segment(options_for(folder.path()));
  segment.append_exchange(Page().exchange(), at_time());
  segment.append_page("{\"url\":1}", at_time());
  segment.append_fetch("{\"fetch\":1}", at_time());
  segment.append_refused("{\"refused\":1}", at_time());
  segment.append_lever("{\"lever\":1}", at_time());
  ASSERT_FALSE(write_pending(segment));
  EXPECT_THAT(names_in(folder / "warc"),
              ElementsAre("decorum-20261120230405678-00000.cdxj.open", "decorum-20261120230405678-00000.warc.gz.open"));
  EXPECT_THAT(names_in(folder / "feed", ".jsonl"), ElementsAre("pages-20261120230405678-00001.jsonl"));
  ASSERT_FALSE(segment.close());
  EXPECT_THAT(names_in(folder / "warc"),
              ElementsAre("decorum-20261120230405678-00000.cdxj", "decorum-20261120230405678-00000.warc.gz"));
  EXPECT_THAT(names_in(folder / "feed"), ElementsAre("pages-20261120230405678-00001.jsonl"));
  EXPECT_THAT(names_in(folder / "log"),
              ElementsAre("fetches-20261120230405678-00002.jsonl", "levers-20261120230405678-00004.jsonl",
                          "refused-20261120230405678-00003.jsonl"));
  EXPECT_EQ(read_file(folder / "feed" / "pages-20261120230405678-00001.jsonl"), "{\"url\":1}\n");
}

TEST(Segment, ANameThatIsNoFileNameIsMadeOne) {
  const Folder folder;
  SegmentOptions options = options_for(folder.path());
  options.name = "../a b";
  Segment segment(options);
  EXPECT_EQ(segment.append_exchange(Page().exchange(), at_time()).file, ".._a_b-20261120230405678-00000.warc.gz");
}

TEST(Segment, AFileIsWarcinfoThenRequestAndResponsePairs) {
  const Folder folder;
  Segment segment(options_for(folder.path()));
  Page page;
  const RecordPlace place = segment.append_exchange(page.exchange(), at_time(900));
  segment.append_exchange(page_number(2).exchange(), at_time(901));
  ASSERT_FALSE(write_pending(segment));
  ASSERT_FALSE(segment.close());

  const std::vector<Record> records = records_of(folder / "warc" / place.file);
  ASSERT_EQ(records.size(), 5u);
  std::set<std::string> ids;
  for (const Record& record : records) {
    EXPECT_EQ(record.version, "WARC/1.1");
    EXPECT_EQ(record.fields.at("WARC-Block-Digest"), sha1_of(record.block));
    ids.insert(record.fields.at("WARC-Record-ID"));
  }
  EXPECT_EQ(ids.size(), 5u);

  const auto& info = records[0].fields;
  EXPECT_EQ(info.at("WARC-Type"), "warcinfo");
  EXPECT_EQ(info.at("WARC-Filename"), place.file);
  EXPECT_EQ(info.at("WARC-Date"), "2026-11-20T23:04:06Z");
  EXPECT_EQ(info.at("Content-Type"), "application/warc-fields");

  const auto& request = records[1].fields;
  EXPECT_EQ(request.at("WARC-Type"), "request");
  EXPECT_EQ(request.at("Content-Type"), "application/http; msgtype=request");
  EXPECT_EQ(records[1].block, page.request);

  const auto& response = records[2].fields;
  EXPECT_EQ(response.at("WARC-Type"), "response");
  EXPECT_EQ(response.at("Content-Type"), "application/http; msgtype=response");
  EXPECT_EQ(response.at("WARC-Target-URI"), "http://example.org/");
  EXPECT_EQ(response.at("WARC-IP-Address"), "192.0.2.1");
  EXPECT_EQ(response.at("WARC-Date"), "2026-11-20T23:04:05Z");  // when it was asked for
  EXPECT_EQ(response.at("WARC-Warcinfo-ID"), info.at("WARC-Record-ID"));
  EXPECT_EQ(response.at("WARC-Concurrent-To"), request.at("WARC-Record-ID"));
  EXPECT_EQ(response.at("WARC-Payload-Digest"), sha1_of(page.body));
  EXPECT_EQ(response.count("WARC-Truncated"), 0u);
  EXPECT_EQ(records[2].block, page.head + page.body);

  EXPECT_EQ(place.offset, records[2].offset);
  EXPECT_EQ(place.length, records[2].length);
  EXPECT_EQ(place.payload_digest, sha1_of(page.body));
}

TEST(Segment, ATruncatedChunkedAnswerSaysWhatIsStored) {
  const Folder folder;
  Segment segment(options_for(folder.path()));
  Page page;
  page.head = "HTTP/2 200 \r\ntransfer-encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n";
  page.body = "\x1f\x8b as sent";
  Exchange exchange = page.exchange();
  exchange.truncated = "length";
  const RecordPlace place = segment.append_exchange(exchange, at_time());
  ASSERT_FALSE(write_pending(segment));
  ASSERT_FALSE(segment.close());
  const Record record = records_of(folder / "warc" / place.file).at(2);
  EXPECT_EQ(record.fields.at("WARC-Truncated"), "length");
  EXPECT_EQ(record.fields.at("WARC-Protocol"), "h2");
  EXPECT_EQ(record.block,
            "HTTP/1.1 200 \r\nX-Crawler-transfer-encoding: chunked\r\nContent-Encoding: gzip\r\nContent-Length: 10\r\n"
            "\r\n" +
                page.body);
  EXPECT_EQ(record.fields.at("WARC-Payload-Digest"), sha1_of(page.body));
}

TEST(Segment, TheIndexIsSortedAndPointsAtTheRecords) {
  const Folder folder;
  Segment segment(options_for(folder.path()));
  std::vector<RecordPlace> places;
  for (const int n : {3, 1, 2}) {
    places.push_back(segment.append_exchange(page_number(n).exchange(), at_time()));
    ASSERT_FALSE(write_pending(segment));
  }
  ASSERT_FALSE(segment.close());
  std::string file = places[0].file;
  file.replace(file.find(".warc.gz"), std::string::npos, ".cdxj");
  const std::vector<std::string> lines = lines_of(read_file(folder / "warc" / file));
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_TRUE(std::is_sorted(lines.begin(), lines.end()));
  EXPECT_EQ(lines[0],
            "org,example)/page/1 20261120230405 {\"url\":\"http://example.org/page/1\",\"mime\":\"text/html\","
            "\"status\":\"200\",\"digest\":\"" +
                places[1].payload_digest.substr(5) + "\",\"length\":\"" + std::to_string(places[1].length) +
                "\",\"offset\":\"" + std::to_string(places[1].offset) + "\",\"filename\":\"" + places[1].file + "\"}");
}

TEST(Segment, PlacesHoldAcrossGroupsAndRotation) {
  const Folder folder;
  SegmentOptions options = options_for(folder.path());
  options.segment_bytes = web::Bytes{3000};
  Segment segment(options);
  std::vector<std::pair<RecordPlace, int>> places;
  std::uint64_t written = 0;
  for (int n = 0; n < 40; ++n) {
    places.emplace_back(segment.append_exchange(page_number(n).exchange(), at_time(n)), n);
    segment.append_page("{\"n\":" + std::to_string(n) + "}", at_time(n));
    if (n % 3 != 2) continue;
    const auto group = segment.take_group();
    places.emplace_back(segment.append_exchange(page_number(1000 + n).exchange(), at_time(n)), 1000 + n);
    written += group->size().n;
    ASSERT_FALSE(segment.write(*group));
    EXPECT_EQ(segment.written_bytes(), written);
  }
  EXPECT_EQ(names_in(folder / "warc", ".warc.gz.open").size(), 1u);  // the full ones are closed on the way
  ASSERT_FALSE(segment.close());

  const std::vector<std::string> files = names_in(folder / "warc", ".warc.gz");
  EXPECT_GT(files.size(), 5u);
  EXPECT_EQ(names_in(folder / "warc", ".cdxj").size(), files.size());
  EXPECT_THAT(names_in(folder / "warc", ".open"), IsEmpty());
  for (const std::string& file : files) EXPECT_EQ(records_of(folder / "warc" / file)[0].fields["WARC-Filename"], file);
  for (const auto& [place, n] : places) {
    EXPECT_THAT(inflate_place(folder, place), testing::HasSubstr("<p>page " + std::to_string(n) + "</p>\r\n\r\n"));
  }
}

TEST(Segment, AppendingGoesOnWhileAGroupIsWritten) {
  const Folder folder;
  SegmentOptions options = options_for(folder.path());
  options.segment_bytes = web::Bytes{4000};
  Segment segment(options);
  std::vector<RecordPlace> places;
  int n = 0;
  const auto append = [&] { places.push_back(segment.append_exchange(page_number(n++).exchange(), at_time())); };
  append();
  for (int round = 0; round < 20; ++round) {
    const auto group = segment.take_group();
    std::error_code error;
    std::thread writer([&] { error = segment.write(*group); });
    for (int i = 0; i < 3; ++i) append();
    writer.join();
    ASSERT_FALSE(error);
  }
  ASSERT_FALSE(segment.close());
  for (std::size_t i = 0; i < places.size(); ++i) {
    EXPECT_THAT(inflate_place(folder, places[i]), testing::HasSubstr("<p>page " + std::to_string(i) + "</p>"));
  }
}

TEST(Segment, CloseWritesWhatIsPendingAndAppendingBeginsAnew) {
  const Folder folder;
  Segment segment(options_for(folder.path()));
  const RecordPlace first = segment.append_exchange(page_number(1).exchange(), at_time());
  ASSERT_FALSE(segment.close());
  const RecordPlace second = segment.append_exchange(page_number(2).exchange(), at_time());
  ASSERT_FALSE(segment.close());
  EXPECT_NE(first.file, second.file);
  EXPECT_EQ(records_of(folder / "warc" / first.file).size(), 3u);
  EXPECT_EQ(records_of(folder / "warc" / second.file).size(), 3u);
}

TEST(Segment, LargeBodiesAreKeptWhole) {
  const Folder folder;
  Segment segment(options_for(folder.path()));
  Page page;
  page.body.resize(9 << 20);
  for (std::size_t i = 0; i < page.body.size(); ++i) page.body[i] = static_cast<char>(i * i >> 7);
  const RecordPlace place = segment.append_exchange(page.exchange(), at_time());
  ASSERT_FALSE(segment.close());
  EXPECT_TRUE(records_of(folder / "warc" / place.file).at(2).block == page.head + page.body);
}

}  // namespace
}  // namespace storage
