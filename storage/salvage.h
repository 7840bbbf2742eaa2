// Makes the files of a killed process whole again.
// Run at start, under the folder's lock, before any Segment opens; blocking.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

namespace storage {

struct Salvaged {
  std::filesystem::path file;   // under its final name
  std::uint64_t records = 0;    // whole ones (lines)
  std::uint64_t bytes_cut = 0;  // of a torn last record
};

enum class Indexes { now, later };

// Cuts every file below `dir` that has an `.open` mark back to its last whole record (gzip member, line) and closes it
// under its final name. An empty one is removed. Fast: reads on from the last position a commit left behind, not from
// the beginning. A file that cannot be made whole keeps its mark; the first such error is reported, the others are
// still done.
//
// The CDXJ of a WARC file takes time with its number of records (a sort). `later` leaves it to finish_indexes().
std::vector<Salvaged> salvage(const std::filesystem::path& dir, std::error_code& error, Indexes indexes = Indexes::now);

// Writes the CDXJ of every closed WARC file that still has its journal. Any thread; segments may be writing meanwhile.
std::error_code finish_indexes(const std::filesystem::path& dir);

}  // namespace storage
