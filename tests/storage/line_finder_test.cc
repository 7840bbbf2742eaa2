// Single lines of the archive are found again, the newest first, however the files are cut into blocks.
#include "storage/line_finder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "storage/cdxj.h"
#include "tests/storage/support.h"

namespace storage {
namespace {

using storage_test::Folder;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class LineFinder : public ::testing::Test {
 protected:
  void write(const std::string& name, const std::string& text) {
    std::filesystem::create_directories((dir_ / name).parent_path());
    std::ofstream(dir_ / name, std::ios::binary) << text;
  }
  FoundLines find(const std::string& start, std::size_t most = 10) {
    return find_lines(dir_, FileKind::pages, start, most, [] { return true; });
  }
  Folder temp_;
  std::filesystem::path dir_ = temp_.path();
};

TEST_F(LineFinder, TheNewestComeFirst) {
  write("feed/pages-20260101000000-00001.jsonl", "{a}1\n{b}2\n{a}3\n");
  write("feed/pages-20260102000000-00002.jsonl", "{a}4\nx{a}5\n{a}6\n{a}torn");
  write("feed/pages-20260102000000-00002.jsonl.open", "{a}7\n");
  write("feed/other.jsonl", "{a}8\n");
  const FoundLines found = find("{a}");
  EXPECT_THAT(found.lines, ElementsAre("{a}6", "{a}4", "{a}3", "{a}1"));
  EXPECT_TRUE(found.complete);
  EXPECT_THAT(find("{a}", 2).lines, ElementsAre("{a}6", "{a}4"));
  EXPECT_THAT(find("{c}").lines, IsEmpty());
}

TEST_F(LineFinder, LinesThatCrossBlocksAreFoundWhole) {
  std::string text;
  for (int i = 0; i < 5; ++i) {
    text += "{a}" + std::to_string(i) + std::string((1 << 20) - 5, 'x') + "\n";
    text += "{b}" + std::string(300'000, 'y') + "\n";
  }
  write("feed/pages-1-1.jsonl", text);
  const FoundLines found = find("{a}");
  ASSERT_EQ(found.lines.size(), 5u);
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(found.lines[i].substr(0, 4), "{a}" + std::to_string(4 - i));
    EXPECT_EQ(found.lines[i].size(), (1u << 20) - 1);
  }
}

TEST_F(LineFinder, WhoIsStoppedSaysSo) {
  write("feed/pages-1-1.jsonl", "{a}1\n");
  const FoundLines found = find_lines(dir_, FileKind::pages, "{a}", 9, [] { return false; });
  EXPECT_FALSE(found.complete);
  EXPECT_THAT(found.lines, IsEmpty());
  EXPECT_TRUE(find_lines(dir_ / "absent", FileKind::pages, "{a}", 9, [] { return false; }).complete);
}

TEST_F(LineFinder, ARecordIsFoundInTheIndexesOfClosedFiles) {
  const auto url = [](int i) { return "http://example.org/" + std::to_string(i) + "?b&a"; };
  std::vector<std::string> lines;
  for (int i = 0; i < 3000; ++i) {
    std::string line;
    append_index_line(line, {.url = url(i),
                             .stamp = "20260101000000",
                             .offset = static_cast<std::uint64_t>(i),
                             .length = 7,
                             .file = "x-1.warc.gz"});
    lines.push_back(line);
  }
  std::sort(lines.begin(), lines.end());
  std::string text;
  for (const std::string& line : lines) text += line;
  write("warc/x-1.cdxj", text);
  write("warc/x-0.cdxj", "");
  for (int i = 0; i < 3000; i += 7) {
    const auto found = find_record(dir_, url(i), [] { return true; });
    ASSERT_TRUE(found) << i;
    EXPECT_EQ(found->file, "x-1.warc.gz");
    EXPECT_EQ(found->offset, static_cast<std::uint64_t>(i));
    EXPECT_EQ(found->length, 7u);
  }
  EXPECT_FALSE(find_record(dir_, "http://example.org/1", [] { return true; }));
  EXPECT_FALSE(find_record(dir_, "http://example.org/1?a&b", [] { return true; })) << "another URL with the same key";
  EXPECT_FALSE(find_record(dir_, "http://zzz.org/", [] { return true; }));
  EXPECT_FALSE(find_record(dir_, "http://aaa.aaa/", [] { return true; }));
}

}  // namespace
}  // namespace storage
