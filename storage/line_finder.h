// Looks for single lines in the archive's files, the newest first, within a bound that the caller keeps.
// Blocking, for no loop; any thread. Files that are being written are read as far as their lines are whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/output_file.h"

namespace storage {

struct FoundLines {
  std::vector<std::string> lines;  // without line ends, the newest of each file first, files by their names backwards
  bool complete = true;            // false: it was stopped, or a file could not be read
};

// At most `most` lines of the JSONL files of a kind that begin with `start`. Asks `go_on` before each block of 1 MiB.
FoundLines find_lines(const std::filesystem::path& dir, FileKind kind, std::string_view start, std::size_t most,
                      const std::function<bool()>& go_on);

struct FoundRecord {
  std::string file;
  std::uint64_t offset = 0, length = 0;
};

// Where the newest answer for a URL lies, by the indexes of the closed WARC files: a binary search in each.
std::optional<FoundRecord> find_record(const std::filesystem::path& dir, std::string_view url,
                                       const std::function<bool()>& go_on);

}  // namespace storage
