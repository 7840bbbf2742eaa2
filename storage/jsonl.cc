#include "storage/jsonl.h"

#include <array>
#include <cstdio>
#include <optional>
#include <string_view>

#include "storage/file.h"
#include "storage/gzip.h"
#include "storage/line_reader.h"

namespace storage {
namespace {

constexpr std::size_t kBlock = 64 << 10;
constexpr std::size_t kMarkSize = 20 + 1 + 20 + 1 + 8 + 1;

bool ends_a_line(int fd, std::uint64_t size, std::error_code& error) {
  char last = 0;
  return size == 0 || (read_at(fd, size - 1, &last, 1, error) == 1 && last == '\n');
}

}  // namespace

std::filesystem::path mark_path(const std::filesystem::path& jsonl) {
  return jsonl.native() + ".open";
}

std::string mark_text(Commit commit) {
  char text[64];
  const int n = std::snprintf(text, sizeof text, "%020llu %020llu ", static_cast<unsigned long long>(commit.bytes),
                              static_cast<unsigned long long>(commit.records));
  char checksum[16];
  std::snprintf(checksum, sizeof checksum, "%08x\n", crc32({text, static_cast<std::size_t>(n)}));
  return std::string(text) + checksum;
}

Commit read_mark(int fd) {
  std::array<char, kMarkSize + 1> text{};
  std::error_code error;
  if (read_at(fd, 0, text.data(), kMarkSize, error) != kMarkSize) return {};
  unsigned long long bytes = 0, records = 0;
  if (std::sscanf(text.data(), "%20llu %20llu", &bytes, &records) != 2) return {};
  const Commit commit{bytes, records};
  return mark_text(commit) == text.data() ? commit : Commit{};
}

Commit whole_lines(int fd, Commit from, std::error_code& error) {
  const std::uint64_t size = file_size(fd, error);
  if (from.bytes > size || !ends_a_line(fd, from.bytes, error)) from = {};
  LineReader lines(fd, from.bytes, size, kBlock);
  for (std::string_view line; lines.next(line);) {
    if (line.find('\0') != std::string_view::npos) break;
    from.bytes += line.size();
    ++from.records;
  }
  if (lines.error()) error = lines.error();
  return from;
}

}  // namespace storage
