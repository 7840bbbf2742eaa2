#include "storage/index_journal.h"

#include <fcntl.h>

#include <charconv>
#include <cstdio>

#include "storage/file.h"
#include "storage/gzip.h"
#include "storage/line_reader.h"
#include "storage/line_sort.h"

namespace storage {
namespace {

constexpr std::string_view kCommit = "#commit ";
constexpr std::size_t kBlock = 1 << 20;

std::string numbers(Commit commit) {
  return std::string(kCommit) + std::to_string(commit.bytes) + " " + std::to_string(commit.records) + " ";
}

std::string with_checksum(const std::string& text, std::uint32_t checksum) {
  char hex[16];
  std::snprintf(hex, sizeof hex, "%08x\n", checksum);
  return text + hex;
}

bool read_number(std::string_view& text, std::uint64_t& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end == text.data() + text.size() || *end != ' ') return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
  return true;
}

}  // namespace

WarcPaths warc_paths(const std::filesystem::path& folder, std::string_view file) {
  constexpr std::string_view kSuffix = ".warc.gz";
  std::string_view name = file;
  if (name.ends_with(kSuffix)) name.remove_suffix(kSuffix.size());
  const std::string index = std::string(name) + ".cdxj";
  return {folder / file, folder / (std::string(file) + ".open"), folder / (index + ".open"), folder / index,
          folder / (index + ".tmp")};
}

std::string commit_line(std::string_view lines, Commit commit) {
  const std::string text = numbers(commit);
  return with_checksum(text, crc32(text, crc32(lines)));
}

JournalState read_journal(int fd, std::error_code& error) {
  JournalState state;
  LineReader lines(fd, 0, file_size(fd, error), kBlock);
  std::uint64_t position = 0;
  std::uint32_t checksum = 0;
  for (std::string_view line; lines.next(line);) {
    position += line.size();
    if (!line.starts_with(kCommit)) {
      checksum = crc32(line, checksum);
      continue;
    }
    Commit commit;
    std::string_view fields = line.substr(kCommit.size());
    if (!read_number(fields, commit.bytes) || !read_number(fields, commit.records)) break;
    const std::string text = numbers(commit);
    if (line != with_checksum(text, crc32(text, checksum))) break;
    state = {commit, position};
    checksum = 0;
  }
  if (lines.error()) error = lines.error();
  return state;
}

std::error_code write_index(int journal, std::uint64_t size, const WarcPaths& paths) {
  std::error_code error;
  const Fd sorted = open_file(paths.sorting, O_WRONLY | O_CREAT | O_TRUNC, error);
  if (error) return error;
  error = sort_lines(journal, size, '#', paths.index.parent_path(), sorted.get());
  if (!error) error = sync_data(sorted.get());
  if (!error) error = rename_over(paths.sorting, paths.index);
  if (error) remove_file(paths.sorting);
  return error;
}

}  // namespace storage
