// Reads WARC files back: whether they keep what their headers promise, and what is in them.
// Blocking, with bounded memory whatever the file; any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <system_error>
#include <vector>

namespace storage {

struct WarcProblem {
  std::uint64_t offset = 0;  // of the record's gzip member
  std::string what;          // one line
};

struct WarcReport {
  std::uint64_t bytes = 0;    // of the file
  std::uint64_t records = 0;  // whole ones
  std::uint64_t digests = 0;  // recomputed and equal
  std::uint64_t problem_count = 0;
  std::vector<WarcProblem> problems;  // the first 100
  bool ok() const { return problem_count == 0; }
};

// Every member inflates and holds one record as long as it says; every SHA-1 digest of block and payload recomputes.
// Digests in other algorithms, and payload digests of revisits and of blocks stored with Transfer-Encoding, are passed
// over. `error`: the file cannot be read.
WarcReport verify_warc(const std::filesystem::path& file, std::error_code& error);

struct WarcEntry {
  std::uint64_t offset = 0, length = 0;  // of the gzip member
  std::string type, date, target_uri, content_type;
  int status = 0;  // of a response; 0: none
  std::uint64_t block_length = 0;
};

// Calls `visit` for each record until it answers false, or a record is damaged: false then.
bool list_warc(const std::filesystem::path& file, const std::function<bool(const WarcEntry&)>& visit,
               std::error_code& error);

}  // namespace storage
