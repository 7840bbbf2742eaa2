// What a full or broken disk does to a segment. The kernel's file size limit stands in for the full disk: it fails a
// write in the middle, as ENOSPC does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include "storage/segment.h"
#include "storage/verify.h"
#include "tests/storage/support.h"

namespace storage {
namespace {

using storage_test::at_time;
using storage_test::Folder;
using storage_test::lines_of;
using storage_test::names_in;
using storage_test::options_for;
using storage_test::page_number;
using storage_test::read_file;
using storage_test::write_file;
using storage_test::write_pending;
using testing::IsEmpty;

// No file grows beyond `bytes` while this lives.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(std::uint64_t bytes) {
    before_handler_ = ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    ::signal(SIGXFSZ, before_handler_);
  }

 private:
  rlimit before_{};
  void (*before_handler_)(int);
};

std::uint64_t size_of(const std::filesystem::path& path) {
  return std::filesystem::file_size(path);
}

void append_page(Segment& segment, int n) {
  segment.append_exchange(page_number(n).exchange(), at_time());
  segment.append_page("{\"n\":" + std::to_string(n) + "}", at_time());
}

TEST(SegmentError, AFailedGroupIsCutBackAndMayBeWrittenAgain) {
  const Folder folder;
  Segment segment(options_for(folder.path()));
  append_page(segment, 1);
  ASSERT_FALSE(write_pending(segment));
  const auto warc = folder / "warc" / names_in(folder / "warc", ".warc.gz.open").at(0);
  const auto journal = folder / "warc" / names_in(folder / "warc", ".cdxj.open").at(0);
  const std::string warc_before = read_file(warc), journal_before = read_file(journal);

  append_page(segment, 2);
  const auto group = segment.take_group();
  for (const std::uint64_t more : {0, 1, 100, 500}) {
    const FileSizeLimit limit(warc_before.size() + more);
    EXPECT_EQ(segment.write(*group), std::errc::file_too_large);
    EXPECT_EQ(read_file(warc), warc_before);
    EXPECT_EQ(read_file(journal), journal_before);
  }
  EXPECT_EQ(segment.written_bytes(), warc_before.size() + 8);
  append_page(segment, 3);  // its place counts on the group before
  ASSERT_FALSE(segment.write(*group));
  ASSERT_FALSE(segment.close());

  std::error_code error;
  const auto file = folder / "warc" / names_in(folder / "warc", ".warc.gz").at(0);
  const WarcReport report = verify_warc(file, error);
  EXPECT_TRUE(report.ok());
  EXPECT_EQ(report.records, 7u);
  EXPECT_EQ(lines_of(read_file(folder / "feed" / names_in(folder / "feed").at(0))).size(), 3u);
}

TEST(SegmentError, AFailureInTheJournalUndoesTheWarc) {
  const Folder folder;
  Segment segment(options_for(folder.path()));
  append_page(segment, 1);
  ASSERT_FALSE(write_pending(segment));
  const auto warc = folder / "warc" / names_in(folder / "warc", ".warc.gz.open").at(0);
  const auto journal = folder / "warc" / names_in(folder / "warc", ".cdxj.open").at(0);
  const std::string warc_before = read_file(warc), journal_before = read_file(journal);

  storage_test::Page page;
  page.url += std::string(20'000, 'a');  // compresses well in the record; the index line is long
  segment.append_exchange(page.exchange(), at_time());
  const auto group = segment.take_group();
  {
    const FileSizeLimit limit(10'000);
    EXPECT_EQ(segment.write(*group), std::errc::file_too_large);
  }
  EXPECT_EQ(read_file(warc), warc_before);
  EXPECT_EQ(read_file(journal), journal_before);
  ASSERT_FALSE(segment.write(*group));
  ASSERT_FALSE(segment.close());
  EXPECT_EQ(lines_of(read_file(folder / "warc" / names_in(folder / "warc", ".cdxj").at(0))).size(), 2u);
}

TEST(SegmentError, AFailureInALaterFileUndoesTheEarlierOnes) {
  const Folder folder;
  Segment segment(options_for(folder.path()));
  append_page(segment, 1);
  ASSERT_FALSE(write_pending(segment));
  const auto warc = folder / "warc" / names_in(folder / "warc", ".warc.gz.open").at(0);
  const auto feed = folder / "feed" / names_in(folder / "feed", ".jsonl").at(0);
  const std::uint64_t before = size_of(warc);

  append_page(segment, 2);
  segment.append_page("{\"long\":\"" + std::string(100'000, 'x') + "\"}", at_time());
  const auto group = segment.take_group();
  {
    const FileSizeLimit limit(50'000);
    EXPECT_EQ(segment.write(*group), std::errc::file_too_large);
  }
  EXPECT_EQ(size_of(warc), before);
  EXPECT_EQ(read_file(feed), "{\"n\":1}\n");
  ASSERT_FALSE(segment.write(*group));
  EXPECT_EQ(lines_of(read_file(feed)).size(), 3u);
}

TEST(SegmentError, AnUnusableFolderIsAnErrorUntilItIsMended) {
  const Folder folder;
  write_file(folder / "data", "a file where the folder should be");
  Segment segment(options_for(folder / "data"));
  append_page(segment, 1);
  const auto group = segment.take_group();
  EXPECT_EQ(segment.write(*group), std::errc::not_a_directory);
  EXPECT_EQ(segment.write(*group), std::errc::not_a_directory);
  std::filesystem::remove(folder / "data");
  EXPECT_FALSE(segment.write(*group));
  EXPECT_FALSE(segment.close());
  EXPECT_EQ(names_in(folder / "data" / "warc").size(), 2u);
}

TEST(SegmentError, AGroupWithoutItsPredecessorIsRefused) {
  const Folder folder;
  Segment segment(options_for(folder.path()));
  append_page(segment, 1);
  const auto first = segment.take_group();
  append_page(segment, 2);
  const auto second = segment.take_group();
  EXPECT_EQ(segment.write(*second), std::errc::invalid_argument);
  EXPECT_FALSE(segment.write(*first));
  EXPECT_FALSE(segment.write(*second));
}

TEST(SegmentError, AFileThatNeverGotAGroupIsNotLeftBehind) {
  const Folder folder;
  Segment segment(options_for(folder.path()));
  append_page(segment, 1);
  const auto group = segment.take_group();
  {
    const FileSizeLimit limit(0);
    EXPECT_EQ(segment.write(*group), std::errc::file_too_large);
  }
  EXPECT_FALSE(segment.close());
  EXPECT_THAT(names_in(folder / "warc"), IsEmpty());
  EXPECT_THAT(names_in(folder / "feed"), IsEmpty());
}

TEST(SegmentError, AClosedFileIsNeverOverwritten) {
  const Folder folder;
  Segment segment(options_for(folder.path()));
  const RecordPlace place = segment.append_exchange(page_number(1).exchange(), at_time());
  ASSERT_FALSE(write_pending(segment));
  write_file(folder / "warc" / place.file, "somebody's");
  EXPECT_EQ(segment.close(), std::errc::file_exists);
  EXPECT_EQ(read_file(folder / "warc" / place.file), "somebody's");
  std::filesystem::remove(folder / "warc" / place.file);
  EXPECT_FALSE(segment.close());
  EXPECT_GT(size_of(folder / "warc" / place.file), 100u);
}

TEST(SegmentError, AFullFileThatCannotBeClosedIsTriedAgain) {
  const Folder folder;
  SegmentOptions options = options_for(folder.path());
  options.segment_bytes = web::Bytes{1};
  Segment segment(options);
  const RecordPlace first = segment.append_exchange(page_number(1).exchange(), at_time());
  ASSERT_FALSE(write_pending(segment));
  std::string index = first.file;
  index.replace(index.find(".warc.gz"), std::string::npos, ".cdxj");
  std::filesystem::create_directories(folder / "warc" / index / "in the way");

  segment.append_exchange(page_number(2).exchange(), at_time());
  EXPECT_FALSE(write_pending(segment));  // the group is safe, the rotation waits
  EXPECT_EQ(names_in(folder / "warc", ".warc.gz").size(), 0u);
  EXPECT_TRUE(segment.close());
  std::filesystem::remove_all(folder / "warc" / index);
  EXPECT_FALSE(segment.close());
  EXPECT_EQ(names_in(folder / "warc", ".warc.gz").size(), 2u);
  EXPECT_THAT(names_in(folder / "warc", ".open"), IsEmpty());
}

}  // namespace
}  // namespace storage
