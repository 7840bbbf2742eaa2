#include "cli/audit_files.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <set>

#include "storage/file.h"

namespace cli {
namespace {

constexpr std::size_t kBlock = 256 << 10;

}  // namespace

std::vector<std::filesystem::path> ledger_files(const std::filesystem::path& folder) {
  std::error_code error;
  std::vector<std::filesystem::path> files;
  for (const std::string& name : storage::file_names(folder, error)) {
    if (name.starts_with("fetches-") && name.ends_with(".jsonl")) files.push_back(folder / name);
  }
  return files;
}

std::vector<std::filesystem::path> each_once(const std::vector<std::filesystem::path>& files) {
  std::set<std::pair<dev_t, ino_t>> seen;
  std::vector<std::filesystem::path> out;
  for (const auto& file : files) {
    struct stat facts {};
    if (stat(file.c_str(), &facts) != 0 || seen.emplace(facts.st_dev, facts.st_ino).second) out.push_back(file);
  }
  return out;
}

LedgerLines read_ledger_lines(
    const std::filesystem::path& file,
    const std::function<void(std::string_view line, std::uint32_t number, bool whole)>& each) {
  LedgerLines result;
  const storage::Fd fd = storage::open_file(file, O_RDONLY, result.error);
  if (result.error) return result;
  const std::uint64_t size = storage::file_size(fd.get(), result.error);
  std::string block(kBlock, '\0'), line;
  std::uint32_t number = 1;
  for (std::uint64_t at = 0; at < size && !result.error;) {
    const std::size_t want = static_cast<std::size_t>(std::min<std::uint64_t>(kBlock, size - at));
    const std::size_t got = storage::read_at(fd.get(), at, block.data(), want, result.error);
    if (got == 0) break;
    at += got;
    for (std::string_view rest = std::string_view(block).substr(0, got); !rest.empty();) {
      const std::size_t end = rest.find('\n');
      const std::string_view piece = rest.substr(0, end);
      const std::size_t room = kLongestLedgerLine + 1 - line.size();
      line.append(piece.substr(0, room));
      if (end == rest.npos) break;
      each(std::string_view(line).substr(0, kLongestLedgerLine), number++, line.size() <= kLongestLedgerLine);
      line.clear();
      rest.remove_prefix(end + 1);
    }
  }
  result.torn = !line.empty();
  return result;
}

}  // namespace cli
