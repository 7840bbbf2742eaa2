#include "storage/line_finder.h"

#include <fcntl.h>

#include <algorithm>
#include <charconv>

#include "storage/cdxj.h"
#include "storage/file.h"
#include "storage/line_reader.h"

namespace storage {
namespace {

constexpr std::size_t kBlock = 1 << 20;
constexpr std::size_t kIndexBlock = 16 << 10;
constexpr std::size_t kLongestLine = 16 << 20;

std::vector<std::string> names_backwards(const std::filesystem::path& folder, std::string_view prefix,
                                         std::string_view suffix, bool& complete) {
  std::error_code error;
  std::vector<std::string> names = file_names(folder, error);
  if (error) complete = false;
  std::erase_if(names, [&](const std::string& n) { return !n.starts_with(prefix) || !n.ends_with(suffix); });
  std::reverse(names.begin(), names.end());
  return names;
}

// The lines of `text`, which ends with one, that begin with `start`; the last first.
void collect(std::string_view text, std::string_view start, std::vector<std::string>& into) {
  std::vector<std::string_view> found;
  for (std::size_t at = text.find(start); at != text.npos; at = text.find(start, at + 1)) {
    const std::size_t end = text.find('\n', at);
    if (end == text.npos) break;
    if (at == 0 || text[at - 1] == '\n') found.push_back(text.substr(at, end - at));
    at = end - 1;
  }
  into.insert(into.end(), found.rbegin(), found.rend());
}

// Backwards, a block at a time; what a block begins with belongs to the line that ends in it, and is read with the
// next.
bool search_file(int fd, std::string_view start, std::size_t most, const std::function<bool()>& go_on,
                 std::vector<std::string>& lines) {
  std::error_code error;
  std::uint64_t begin = file_size(fd, error);
  std::string carried;  // the beginning of what was read last, up to its first line end
  while (begin > 0 && !error && lines.size() < most) {
    if (!go_on() || carried.size() > kLongestLine) return false;
    const std::size_t n = static_cast<std::size_t>(std::min<std::uint64_t>(kBlock, begin));
    std::string text(n, '\0');
    begin -= n;
    if (read_at(fd, begin, text.data(), n, error) != n) return false;
    text += carried;
    const std::size_t first = begin == 0 ? 0 : text.find('\n') + 1;  // npos + 1: no line begins here
    if (begin > 0 && first == 0) {
      carried = std::move(text);
      continue;
    }
    carried = text.substr(0, first);
    collect(std::string_view(text).substr(first), start, lines);
  }
  return !error;
}

// Where the first line lies that is not below `key`, in a sorted file.
std::uint64_t lower_bound(int fd, std::uint64_t size, std::string_view key) {
  std::uint64_t low = 0, high = size;  // lines that begin before `low` are below; one that begins at `high` is not
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    LineReader lines(fd, middle, size, kIndexBlock);
    std::uint64_t begin = middle;
    std::string_view line;
    if (middle > 0) {  // unless a line begins just here, its rest is passed over
      char before = 0;
      std::error_code error;
      if (read_at(fd, middle - 1, &before, 1, error) != 1) return size;
      if (before != '\n') {
        if (!lines.next(line)) return low;
        begin += line.size();
      }
    }
    const bool any = begin < high && lines.next(line);
    if (!any || line.substr(0, key.size()).compare(key) >= 0) {
      high = middle;
    } else {
      low = begin + line.size();
    }
  }
  return low;
}

std::uint64_t number_in(std::string_view line, std::string_view name) {
  const std::size_t at = line.find(name);
  std::uint64_t value = 0;
  if (at == line.npos) return 0;
  std::from_chars(line.data() + at + name.size(), line.data() + line.size(), value);
  return value;
}

std::optional<FoundRecord> search_index(int fd, std::string_view url, std::string_view file) {
  std::string wanted;
  append_index_line(wanted, {.url = url});
  const std::size_t json = wanted.find(" {");
  const std::string key = surt(url) + " ";
  const std::string_view name = std::string_view(wanted).substr(json + 1, wanted.find("\",", json) + 2 - json - 1);
  std::error_code error;
  const std::uint64_t size = file_size(fd, error);
  std::optional<FoundRecord> found;
  LineReader lines(fd, lower_bound(fd, size, key), size, kIndexBlock);
  for (std::string_view line; lines.next(line) && line.starts_with(key);) {
    if (line.find(name) == line.npos) continue;
    found = FoundRecord{std::string(file), number_in(line, "\"offset\":\""), number_in(line, "\"length\":\"")};
  }
  return found;
}

}  // namespace

FoundLines find_lines(const std::filesystem::path& dir, FileKind kind, std::string_view start, std::size_t most,
                      const std::function<bool()>& go_on) {
  FoundLines found;
  const std::filesystem::path folder = dir / folder_of(kind);
  const std::string any = file_name(kind, "", "", 0);
  const std::string prefix = any.substr(0, any.find('-') + 1);
  for (const std::string& name : names_backwards(folder, prefix, ".jsonl", found.complete)) {
    if (found.lines.size() >= most) break;
    std::error_code error;
    const Fd fd = open_file(folder / name, O_RDONLY, error);
    if (error || !search_file(fd.get(), start, most, go_on, found.lines)) found.complete = false;
  }
  if (found.lines.size() > most) found.lines.resize(most);
  return found;
}

std::optional<FoundRecord> find_record(const std::filesystem::path& dir, std::string_view url,
                                       const std::function<bool()>& go_on) {
  const std::filesystem::path folder = dir / folder_of(FileKind::warc);
  bool complete = true;
  for (const std::string& name : names_backwards(folder, "", ".cdxj", complete)) {
    if (!go_on()) break;
    std::error_code error;
    const Fd fd = open_file(folder / name, O_RDONLY, error);
    if (error) continue;
    if (auto found = search_index(fd.get(), url, name.substr(0, name.size() - 5) + ".warc.gz")) return found;
  }
  return std::nullopt;
}

}  // namespace storage
