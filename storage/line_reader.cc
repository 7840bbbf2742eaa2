#include "storage/line_reader.h"

#include <algorithm>

#include "storage/file.h"

namespace storage {
namespace {

constexpr std::size_t kLongest = 16 << 20;

}  // namespace

bool LineReader::fill() {
  if (next_ >= end_ || buffer_.size() - at_ > kLongest) return false;
  buffer_.erase(0, at_);
  at_ = 0;
  const std::size_t had = buffer_.size();
  const std::size_t want = static_cast<std::size_t>(std::min<std::uint64_t>(block_, end_ - next_));
  buffer_.resize(had + want);
  const std::size_t got = read_at(fd_, next_, buffer_.data() + had, want, error_);
  buffer_.resize(had + got);
  next_ += got;
  if (got < want) end_ = next_;
  return got > 0;
}

bool LineReader::next(std::string_view& line) {
  std::size_t searched = at_;
  for (;;) {
    const std::size_t end = buffer_.find('\n', searched);
    if (end != std::string::npos) {
      line = std::string_view(buffer_).substr(at_, end + 1 - at_);
      at_ = end + 1;
      return true;
    }
    searched = buffer_.size() - at_;
    if (!fill()) return false;
  }
}

}  // namespace storage
