#include "crawler/path_traps.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace crawler {
namespace {

// A path of more segments is judged by its first ones: groups are looked for in n^2 steps.
constexpr std::size_t kLooked = 256;

std::vector<std::string_view> split(std::string_view path, std::size_t most) {
  std::vector<std::string_view> segments;
  for (std::size_t i = 0; i < path.size() && segments.size() < most;) {
    const std::size_t end = std::min(path.find('/', i), path.size());
    if (end > i) segments.push_back(path.substr(i, end - i));
    i = end + 1;
  }
  return segments;
}

bool is_plain(std::string_view text) {  // digits and marks between them
  return std::none_of(text.begin(), text.end(), [](char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; });
}

}  // namespace

int segments_of(std::string_view path) {
  int count = 0;
  for (std::size_t i = 0; i < path.size(); ++i) count += path[i] != '/' && (i == 0 || path[i - 1] == '/') ? 1 : 0;
  return count;
}

std::optional<std::string_view> repeated_segments(std::string_view path, int times) {
  const std::vector<std::string_view> segments = split(path, kLooked);
  const std::size_t n = segments.size(), least = static_cast<std::size_t>(times);
  if (n < least) return std::nullopt;
  for (std::size_t size = 1; size * least <= n; ++size) {
    std::size_t run = 0;  // segments that equal the one `size` before them, in a row
    for (std::size_t i = size; i < n; ++i) {
      run = segments[i] == segments[i - size] ? run + 1 : 0;
      if (run < size * (least - 1)) continue;
      const std::string_view last = segments[i];
      const std::string_view first = segments[i + 1 - size];
      const std::string_view group(first.data(), static_cast<std::size_t>(last.data() + last.size() - first.data()));
      const bool usual = group.size() <= 2 || is_plain(group);
      if (!usual || run >= size * (2 * least - 1)) return group;
    }
  }
  if (n < 2 * least) return std::nullopt;
  std::vector<std::string_view> sorted = segments;
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t i = 0; i + 2 * least <= n; ++i) {
    const std::string_view segment = sorted[i];
    if (segment == sorted[i + 2 * least - 1] && segment.size() > 2 && !is_plain(segment)) return segment;
  }
  return std::nullopt;
}

}  // namespace crawler
