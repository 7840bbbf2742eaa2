#include "storage/line_sort.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <random>

#include "storage/file.h"
#include "tests/storage/support.h"

namespace storage {
namespace {

std::error_code sort_text(const std::string& text, std::string& sorted, SortLimits limits) {
  const storage_test::Folder folder;
  storage_test::write_file(folder / "in", text);
  std::error_code error;
  const Fd in = open_file(folder / "in", O_RDONLY, error);
  const Fd out = open_file(folder / "out", O_RDWR | O_CREAT, error);
  error = sort_lines(in.get(), text.size(), '#', folder.path(), out.get(), limits);
  EXPECT_EQ(storage_test::names_in(folder.path()), (std::vector<std::string>{"in", "out"}));
  sorted = storage_test::read_file(folder / "out");
  return error;
}

TEST(LineSort, BytewiseWithoutSkippedLines) {
  std::string sorted;
  EXPECT_FALSE(sort_text("b\n#x\na)\na\n\xff\nB\n#\na\n", sorted, {}));
  EXPECT_EQ(sorted, "B\na\na\na)\nb\n\xff\n");
}

TEST(LineSort, NothingSortsToNothing) {
  std::string sorted;
  EXPECT_FALSE(sort_text("", sorted, {}));
  EXPECT_EQ(sorted, "");
  EXPECT_FALSE(sort_text("#only\n", sorted, {}));
  EXPECT_EQ(sorted, "");
}

TEST(LineSort, MergedPiecesEqualOneSort) {
  std::mt19937 random(11);
  std::vector<std::string> lines;
  std::string text;
  for (int i = 0; i < 3000; ++i) {
    std::string line = std::to_string(random() % 1000) + std::string(random() % 60, 'x') + "\n";
    text += (i % 7 == 0 ? "#mark\n" : "") + line;
    lines.push_back(std::move(line));
  }
  std::sort(lines.begin(), lines.end());
  std::string expected;
  for (const std::string& line : lines) expected += line;
  for (const std::size_t piece : {1, 100, 5000, 1 << 20}) {
    std::string sorted;
    EXPECT_FALSE(sort_text(text, sorted, {piece, 128}));
    EXPECT_TRUE(sorted == expected) << piece;
  }
}

TEST(LineSort, ALineWithoutEndIsAnError) {
  std::string sorted;
  EXPECT_TRUE(sort_text("b\na", sorted, {}));
}

}  // namespace
}  // namespace storage
