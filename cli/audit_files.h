// The files of a ledger, and their lines, read a block at a time.
// Blocking; main thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace cli {

// fetches-*.jsonl in `folder`, oldest first; none where there is no such folder.
std::vector<std::filesystem::path> ledger_files(const std::filesystem::path& folder);

// Leaves out what is the same file under another name.
std::vector<std::filesystem::path> each_once(const std::vector<std::filesystem::path>& files);

inline constexpr std::size_t kLongestLedgerLine = 1 << 20;

struct LedgerLines {
  std::error_code error;  // the file could be read up to here only
  bool torn = false;      // its last line has no end: it is being written, or was when the program was killed
};

// Calls `each` with every line, without its end, and its number from 1. A line over kLongestLedgerLine comes as its
// beginning with `whole` false. The file is read as far as it reaches when it is opened.
LedgerLines read_ledger_lines(const std::filesystem::path& file,
                              const std::function<void(std::string_view line, std::uint32_t number, bool whole)>& each);

}  // namespace cli
