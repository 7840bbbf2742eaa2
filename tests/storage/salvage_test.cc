#include "storage/salvage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

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
using storage_test::records_of;
using storage_test::write_file;
using storage_test::write_pending;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view kName = "decorum-20261120230405678-00000";

// The files of a process that was killed after two groups, the first of one page, the second of two.
struct Killed {
  std::string warc, journal;
  std::vector<storage_test::Record> records;
  std::uint64_t first_group = 0;  // bytes of the WARC
};

Killed killed_process() {
  const Folder folder;
  Killed killed;
  Segment segment(options_for(folder.path()));
  segment.append_exchange(page_number(3).exchange(), at_time());
  EXPECT_FALSE(write_pending(segment));
  const auto warc = folder / "warc" / (std::string(kName) + ".warc.gz.open");
  killed.first_group = std::filesystem::file_size(warc);
  segment.append_exchange(page_number(2).exchange(), at_time());
  segment.append_exchange(page_number(1).exchange(), at_time());
  EXPECT_FALSE(write_pending(segment));
  killed.warc = read_file(warc);
  killed.journal = read_file(folder / "warc" / (std::string(kName) + ".cdxj.open"));
  killed.records = records_of(warc);
  return killed;
}

void put(const Folder& folder, std::string_view warc, std::string_view journal) {
  write_file(folder / "warc" / (std::string(kName) + ".warc.gz.open"), warc);
  write_file(folder / "warc" / (std::string(kName) + ".cdxj.open"), journal);
}

// The index that the file itself asks for: one line a response, with its place.
void expect_index_of(const Folder& folder, const std::filesystem::path& warc) {
  std::vector<std::string> expected;
  for (const auto& record : records_of(warc)) {
    if (record.fields.at("WARC-Type") != "response") continue;
    expected.push_back("\"length\":\"" + std::to_string(record.length) + "\",\"offset\":\"" +
                       std::to_string(record.offset) + "\"");
  }
  std::string index = warc.filename();
  index.replace(index.find(".warc.gz"), std::string::npos, ".cdxj");
  const std::vector<std::string> lines = lines_of(read_file(folder / "warc" / index));
  EXPECT_TRUE(std::is_sorted(lines.begin(), lines.end()));
  ASSERT_EQ(lines.size(), expected.size());
  for (const std::string& place : expected) {
    EXPECT_EQ(std::count_if(lines.begin(), lines.end(), [&](auto& l) { return l.find(place) != l.npos; }), 1);
  }
}

void expect_whole(const Folder& folder, std::uint64_t size) {
  const auto warc = folder / "warc" / (std::string(kName) + ".warc.gz");
  if (size == 0) {
    EXPECT_THAT(names_in(folder / "warc"), IsEmpty());
    return;
  }
  EXPECT_THAT(names_in(folder / "warc"), ElementsAre(std::string(kName) + ".cdxj", std::string(kName) + ".warc.gz"));
  EXPECT_EQ(std::filesystem::file_size(warc), size);
  std::error_code error;
  EXPECT_TRUE(verify_warc(warc, error).ok());
  expect_index_of(folder, warc);
}

// The end of the last record that lies wholly in the first `size` bytes.
std::uint64_t whole_until(const Killed& killed, std::uint64_t size, std::uint64_t& records) {
  std::uint64_t end = 0;
  records = 0;
  for (const auto& record : killed.records) {
    if (record.offset + record.length > size) break;
    end = record.offset + record.length;
    ++records;
  }
  return end;
}

TEST(SalvageWarc, KilledAtAnyByteTheWholeRecordsStay) {
  const Killed killed = killed_process();
  ASSERT_EQ(killed.records.size(), 7u);
  const std::size_t first_commit = killed.journal.find('\n', killed.journal.find("#commit")) + 1;
  const std::string_view journal = std::string_view(killed.journal).substr(0, first_commit);
  for (std::uint64_t size = killed.first_group; size <= killed.warc.size(); ++size) {
    const Folder folder;
    put(folder, std::string_view(killed.warc).substr(0, size), journal);
    std::error_code error;
    const std::vector<Salvaged> done = salvage(folder.path(), error);
    ASSERT_FALSE(error) << error.message();
    std::uint64_t records = 0;
    const std::uint64_t whole = whole_until(killed, size, records);
    ASSERT_EQ(done.size(), 1u);
    EXPECT_EQ(done[0].file, folder / "warc" / (std::string(kName) + ".warc.gz"));
    EXPECT_EQ(done[0].records, records);
    EXPECT_EQ(done[0].bytes_cut, size - whole);
    expect_whole(folder, whole);
    if (HasFailure()) FAIL() << "at " << size;
  }
}

TEST(SalvageWarc, WithoutAJournalTheFileIsReadFromTheBeginning) {
  const Killed killed = killed_process();
  for (std::uint64_t size = 0; size <= killed.warc.size(); ++size) {
    const Folder folder;
    write_file(folder / "warc" / (std::string(kName) + ".warc.gz.open"), std::string_view(killed.warc).substr(0, size));
    std::error_code error;
    salvage(folder.path(), error);
    ASSERT_FALSE(error) << error.message();
    std::uint64_t records = 0;
    expect_whole(folder, whole_until(killed, size, records));
    if (HasFailure()) FAIL() << "at " << size;
  }
}

TEST(SalvageWarc, AJournalTornAtAnyByteLosesNothing) {
  const Killed killed = killed_process();
  for (std::size_t size = 0; size <= killed.journal.size(); ++size) {
    const Folder folder;
    put(folder, killed.warc, std::string_view(killed.journal).substr(0, size));
    std::error_code error;
    salvage(folder.path(), error);
    ASSERT_FALSE(error) << error.message();
    expect_whole(folder, killed.warc.size());
    if (HasFailure()) FAIL() << "at " << size;
  }
}

TEST(SalvageWarc, AJournalWithAWrongByteIsBelievedOnlyBeforeIt) {
  const Killed killed = killed_process();
  for (std::size_t i = 0; i < killed.journal.size(); ++i) {
    const Folder folder;
    std::string journal = killed.journal;
    journal[i] = '\0';  // as a power cut leaves it
    put(folder, killed.warc, journal);
    std::error_code error;
    salvage(folder.path(), error);
    ASSERT_FALSE(error) << error.message();
    expect_whole(folder, killed.warc.size());
    if (HasFailure()) FAIL() << "at " << i;
  }
}

TEST(SalvageWarc, AFileShorterThanItsCommitIsReadAnew) {
  const Killed killed = killed_process();
  const Folder folder;
  put(folder, std::string_view(killed.warc).substr(0, killed.warc.size() - 1), killed.journal);
  std::error_code error;
  salvage(folder.path(), error);
  EXPECT_FALSE(error);
  std::uint64_t records = 0;
  expect_whole(folder, whole_until(killed, killed.warc.size() - 1, records));
}

TEST(SalvageWarc, WhatACommitVouchesForIsNotReadAgain) {
  const Killed killed = killed_process();
  std::string warc = killed.warc;
  warc[30] = static_cast<char>(warc[30] ^ 1);  // would end a reading from the beginning
  const Folder folder;
  put(folder, warc + "torn", killed.journal);
  std::error_code error;
  const std::vector<Salvaged> done = salvage(folder.path(), error);
  ASSERT_EQ(done.size(), 1u);
  EXPECT_EQ(done[0].records, 7u);
  EXPECT_EQ(done[0].bytes_cut, 4u);
}

TEST(SalvageWarc, EveryStepOfClosingMayBeTheLast) {
  const Killed killed = killed_process();
  const std::string name(kName);
  {  // the index half written
    const Folder folder;
    put(folder, killed.warc, killed.journal);
    write_file(folder / "warc" / (name + ".cdxj.tmp"), "org,exa");
    std::error_code error;
    salvage(folder.path(), error);
    expect_whole(folder, killed.warc.size());
  }
  {  // closed, the index not yet made
    const Folder folder;
    put(folder, killed.warc, killed.journal);
    std::error_code error;
    EXPECT_EQ(salvage(folder.path(), error, Indexes::later).size(), 1u);
    EXPECT_THAT(names_in(folder / "warc"), ElementsAre(name + ".cdxj.open", name + ".warc.gz"));
    EXPECT_FALSE(finish_indexes(folder.path()));
    expect_whole(folder, killed.warc.size());
  }
  {  // closed and indexed, the journal still there
    const Folder folder;
    put(folder, killed.warc, killed.journal);
    std::error_code error;
    salvage(folder.path(), error);
    write_file(folder / "warc" / (name + ".cdxj.open"), killed.journal);
    EXPECT_THAT(salvage(folder.path(), error), IsEmpty());
    expect_whole(folder, killed.warc.size());
  }
  {  // a journal alone
    const Folder folder;
    write_file(folder / "warc" / (name + ".cdxj.open"), killed.journal);
    std::error_code error;
    EXPECT_THAT(salvage(folder.path(), error), IsEmpty());
    EXPECT_THAT(names_in(folder / "warc"), IsEmpty());
  }
}

TEST(FinishIndexes, LeavesASegmentAloneThatIsBeingWritten) {
  const Folder folder;
  Segment segment(options_for(folder.path()));
  segment.append_exchange(page_number(1).exchange(), at_time());
  ASSERT_FALSE(write_pending(segment));
  EXPECT_FALSE(finish_indexes(folder.path()));
  EXPECT_EQ(names_in(folder / "warc", ".open").size(), 2u);
  EXPECT_FALSE(segment.close());
}

TEST(SalvageWarc, AFileThatCannotBeClosedKeepsItsMarkAndTheOthersAreDone) {
  const Killed killed = killed_process();
  const Folder folder;
  put(folder, killed.warc, killed.journal);
  write_file(folder / "warc" / (std::string(kName) + ".warc.gz"), "somebody's");
  write_file(folder / "warc" / "other.warc.gz.open", killed.warc);
  std::error_code error;
  const std::vector<Salvaged> done = salvage(folder.path(), error);
  EXPECT_EQ(error, std::errc::file_exists);
  ASSERT_EQ(done.size(), 1u);
  EXPECT_EQ(done[0].file, folder / "warc" / "other.warc.gz");
  EXPECT_TRUE(std::filesystem::exists(folder / "warc" / (std::string(kName) + ".warc.gz.open")));
}

TEST(Salvage, AnAbsentOrEmptyFolderNeedsNothing) {
  const Folder folder;
  std::error_code error;
  EXPECT_THAT(salvage(folder.path(), error), IsEmpty());
  EXPECT_FALSE(error);
  EXPECT_THAT(salvage(folder / "absent", error), IsEmpty());
  EXPECT_FALSE(error);
}

// The files of a process that was killed after `{"n":1}` was committed.
void put_lines(const Folder& folder, std::string& lines, std::string& mark) {
  Segment segment(options_for(folder.path()));
  segment.append_page("{\"n\":1}", at_time());
  EXPECT_FALSE(write_pending(segment));
  lines = folder / "feed" / names_in(folder / "feed", ".jsonl").at(0);
  mark = folder / "feed" / names_in(folder / "feed", ".open").at(0);
}

TEST(SalvageLines, KilledAtAnyByteTheWholeLinesStay) {
  const std::string text = "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n";
  for (std::size_t size = 8; size <= text.size(); ++size) {
    const Folder folder;
    std::string lines, mark;
    put_lines(folder, lines, mark);
    write_file(lines, std::string_view(text).substr(0, size));
    std::error_code error;
    const std::vector<Salvaged> done = salvage(folder.path(), error);
    EXPECT_FALSE(error);
    EXPECT_EQ(read_file(lines), text.substr(0, size / 8 * 8));
    ASSERT_EQ(done.size(), 1u);
    EXPECT_EQ(done[0].records, size / 8);
    EXPECT_EQ(done[0].bytes_cut, size % 8);
    EXPECT_FALSE(std::filesystem::exists(mark));
  }
}

TEST(SalvageLines, AMarkTornAtAnyByteLosesNothing) {
  const Folder sample;
  std::string lines, mark;
  put_lines(sample, lines, mark);
  const std::string whole = read_file(mark);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    write_file(lines, "{\"n\":1}\n{\"n\":2}\n{\"n\"");
    write_file(mark, std::string_view(whole).substr(0, size));
    std::error_code error;
    const std::vector<Salvaged> done = salvage(sample.path(), error);
    ASSERT_EQ(done.size(), 1u);
    EXPECT_EQ(done[0].records, 2u);
    EXPECT_EQ(read_file(lines), "{\"n\":1}\n{\"n\":2}\n");
  }
}

TEST(SalvageLines, NulBytesOfAPowerCutAreCutAway) {
  const Folder folder;
  std::string lines, mark;
  put_lines(folder, lines, mark);
  write_file(lines, std::string("{\"n\":1}\n{\"n\":2}\n\0\0\0\0\n{\"n\":4}\n", 29));
  std::error_code error;
  salvage(folder.path(), error);
  EXPECT_EQ(read_file(lines), "{\"n\":1}\n{\"n\":2}\n");
}

TEST(SalvageLines, AFileWithoutAWholeLineIsRemoved) {
  const Folder folder;
  std::string lines, mark;
  put_lines(folder, lines, mark);
  write_file(lines, "{\"n\"");
  std::error_code error;
  EXPECT_THAT(salvage(folder.path(), error), IsEmpty());
  EXPECT_THAT(names_in(folder / "feed"), IsEmpty());
  write_file(mark, "");
  salvage(folder.path(), error);
  EXPECT_THAT(names_in(folder / "feed"), IsEmpty());
}

TEST(SalvageLines, AFileThatWasClosedIsNotTouched) {
  const Folder folder;
  write_file(folder / "feed" / "pages-1.jsonl", "no line end");
  std::error_code error;
  salvage(folder.path(), error);
  EXPECT_EQ(read_file(folder / "feed" / "pages-1.jsonl"), "no line end");
}

// Writes groups and says so for each that is durable, until it is killed.
[[noreturn]] void write_until_killed(const std::filesystem::path& dir, int report) {
  SegmentOptions options = options_for(dir);
  options.segment_bytes = web::Bytes{20'000};
  Segment segment(options);
  for (int n = 0;; ++n) {
    const RecordPlace place = segment.append_exchange(page_number(n).exchange(), at_time(n));
    segment.append_page("{\"file\":\"" + place.file + "\",\"offset\":" + std::to_string(place.offset) + "}",
                        at_time(n));
    if (n % 5 != 4) continue;
    if (write_pending(segment)) ::_exit(1);
    const char groups = 'g';
    if (::write(report, &groups, 1) != 1) ::_exit(1);
  }
}

TEST(Salvage, WhatWasDurableSurvivesKillMinusNine) {
  for (const int groups : {1, 7, 40, 90}) {
    const Folder folder;
    int report[2];
    ASSERT_EQ(::pipe(report), 0);
    const pid_t child = ::fork();
    if (child == 0) write_until_killed(folder.path(), report[1]);
    ::close(report[1]);
    int durable = 0;
    char byte;
    while (durable < groups && ::read(report[0], &byte, 1) == 1) ++durable;
    ::kill(child, SIGKILL);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    ::close(report[0]);

    std::error_code error;
    salvage(folder.path(), error);
    EXPECT_FALSE(error);
    EXPECT_THAT(names_in(folder / "warc", ".open"), IsEmpty());
    std::size_t responses = 0;
    std::map<std::string, std::vector<std::uint64_t>> offsets;
    for (const std::string& file : names_in(folder / "warc", ".warc.gz")) {
      EXPECT_TRUE(verify_warc(folder / "warc" / file, error).ok());
      expect_index_of(folder, folder / "warc" / file);
      for (const auto& record : records_of(folder / "warc" / file)) {
        if (record.fields.at("WARC-Type") == "response") ++responses;
        offsets[file].push_back(record.offset);
      }
    }
    EXPECT_GE(responses, static_cast<std::size_t>(groups) * 5);
    std::size_t pages = 0;
    for (const std::string& file : names_in(folder / "feed")) {
      for (const std::string& line : lines_of(read_file(folder / "feed" / file))) {
        ++pages;
        const std::string name = line.substr(9, line.find('"', 9) - 9);
        const std::uint64_t offset = std::stoull(line.substr(line.rfind(':') + 1));
        EXPECT_THAT(offsets[name], testing::Contains(offset)) << line;
      }
    }
    EXPECT_GE(pages, static_cast<std::size_t>(groups) * 5);
    EXPECT_LE(pages, responses);
  }
}

}  // namespace
}  // namespace storage
