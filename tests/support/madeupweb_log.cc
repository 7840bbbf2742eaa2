#include "madeupweb_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace madeupweb {
namespace {
constexpr std::size_t kFlushBytes = 64 * 1024;
}

Log::~Log() {
  flush();
  if (fd_ >= 0) ::close(fd_);
}

bool Log::open(const std::string& path) {
  fd_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  return fd_ >= 0;
}

void Log::add(std::int64_t arrived, std::string_view host, std::string_view target, int status) {
  if (fd_ < 0) return;
  buffer_ += std::to_string(arrived);
  for (const auto field : {host, target}) {
    buffer_ += ' ';
    for (const char c : field) buffer_ += c > ' ' && c < '\x7f' ? c : '?';  // a line stays a line
  }
  buffer_ += ' ';
  buffer_ += std::to_string(status);
  buffer_ += '\n';
  if (buffer_.size() >= kFlushBytes) flush();
}

void Log::flush() {
  std::string_view left = buffer_;
  while (fd_ >= 0 && !left.empty()) {
    const ssize_t n = ::write(fd_, left.data(), left.size());
    if (n < 0 && errno != EINTR) break;
    if (n > 0) left.remove_prefix(static_cast<std::size_t>(n));
  }
  buffer_.clear();
}

}  // namespace madeupweb
