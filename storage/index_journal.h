// NAME.cdxj.open, which lies beside a WARC file while it is written: the index lines of each group as they came, and
// after each group a commit line that says how far the WARC file is whole. So a crash costs one group's scan, and
// closing a file costs a sort, not a second reading.
//
//   com,example)/ 20261120230405 {...}
//   #commit WARC_BYTES RECORDS CRC32      (of the lines since the commit before it and of this line's two numbers)
//
// Blocking; one thread at a time; owned by the file's writer, or by salvage.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

#include "storage/commit.h"

namespace storage {

// The four names of one WARC file: NAME.warc.gz closed, and what belongs to it.
struct WarcPaths {
  std::filesystem::path closed;   // NAME.warc.gz
  std::filesystem::path open;     // NAME.warc.gz.open
  std::filesystem::path journal;  // NAME.cdxj.open
  std::filesystem::path index;    // NAME.cdxj
  std::filesystem::path sorting;  // NAME.cdxj.tmp, an index not finished
};
WarcPaths warc_paths(const std::filesystem::path& folder, std::string_view file);  // "NAME.warc.gz"

std::string commit_line(std::string_view lines, Commit commit);

struct JournalState {
  Commit last;
  std::uint64_t size = 0;  // of the journal up to and with that commit; what follows counts for nothing
};
// Reads a whole journal; it is believed up to the first commit that does not hold.
JournalState read_journal(int fd, std::error_code& error);

// Sorts the lines of a journal of `size` bytes into paths.index, bytewise and without commits, and makes it durable.
// Holds a few MiB whatever the size. The folder is not synced.
std::error_code write_index(int journal, std::uint64_t size, const WarcPaths& paths);

}  // namespace storage
