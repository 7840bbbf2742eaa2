// Makes the files of a killed process whole again.
// Run at start, under the folder's lock, before any Segment opens; blocking.
#pragma once

#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

namespace storage {

struct Salvaged {
  std::filesystem::path file;      // under its final name
  std::uint64_t records = 0;       // whole ones
  std::uint64_t bytes_cut = 0;     // of a torn last record
};

// Cuts every `*.open` below `dir` back to its last whole record (gzip member, line) and closes it under its final name.
// An empty one is removed. Fast: starts at the last position a commit left behind, not at the beginning.
std::vector<Salvaged> salvage(const std::filesystem::path& dir, std::error_code& error);

}  // namespace storage
