#include "storage/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

namespace storage {
namespace {

constexpr mode_t kFileMode = 0644;
constexpr mode_t kDirectoryMode = 0755;

std::error_code last_error() {
  return {errno, std::system_category()};
}
std::error_code error_if(bool failed) {
  return failed ? last_error() : std::error_code{};
}

}  // namespace

Fd& Fd::operator=(Fd&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

Fd::~Fd() {
  if (fd_ >= 0) ::close(fd_);
}

Fd open_file(const std::filesystem::path& path, int flags, std::error_code& error) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC, kFileMode);
  error = error_if(fd < 0);
  return Fd(fd);
}

Fd open_unnamed(const std::filesystem::path& dir, std::error_code& error) {
  Fd fd = open_file(dir, O_TMPFILE | O_RDWR, error);
  if (error != std::errc::operation_not_supported && error != std::errc::is_a_directory &&
      error != std::errc::invalid_argument) {
    return fd;
  }
  std::string name = (dir / ".sort-XXXXXX").string();  // a file system without O_TMPFILE
  const int named = ::mkostemp(name.data(), O_CLOEXEC);
  error = error_if(named < 0);
  if (named >= 0) ::unlink(name.c_str());
  return Fd(named);
}

std::error_code make_directory(const std::filesystem::path& dir) {
  if (::mkdir(dir.c_str(), kDirectoryMode) == 0) return sync_directory(dir.parent_path());
  if (errno == ENOENT && dir.has_relative_path() && dir.has_parent_path() && dir.parent_path() != dir) {
    if (const std::error_code error = make_directory(dir.parent_path())) return error;
    if (::mkdir(dir.c_str(), kDirectoryMode) == 0) return sync_directory(dir.parent_path());
  }
  if (errno != EEXIST) return last_error();
  struct stat found {};
  if (::stat(dir.c_str(), &found) != 0) return last_error();
  return S_ISDIR(found.st_mode) ? std::error_code{} : std::make_error_code(std::errc::not_a_directory);
}

std::error_code sync_directory(const std::filesystem::path& dir) {
  std::error_code error;
  const Fd fd = open_file(dir.empty() ? "." : dir, O_RDONLY | O_DIRECTORY, error);
  if (error) return error;
  return error_if(::fsync(fd.get()) != 0);
}

std::error_code write_at(int fd, std::uint64_t offset, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return last_error();
    if (n == 0) return std::make_error_code(std::errc::no_space_on_device);
    offset += static_cast<std::uint64_t>(n);
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

std::error_code write_at(int fd, std::uint64_t offset, const ByteChunks& bytes) {
  for (const std::string_view piece : bytes.pieces()) {
    if (const std::error_code error = write_at(fd, offset, piece)) return error;
    offset += piece.size();
  }
  return {};
}

std::size_t read_at(int fd, std::uint64_t offset, char* into, std::size_t n, std::error_code& error) {
  std::size_t got = 0;
  while (got < n) {
    const ssize_t result = ::pread(fd, into + got, n - got, static_cast<off_t>(offset + got));
    if (result < 0 && errno == EINTR) continue;
    if (result < 0) error = last_error();
    if (result <= 0) break;
    got += static_cast<std::size_t>(result);
  }
  return got;
}

std::uint64_t file_size(int fd, std::error_code& error) {
  struct stat found {};
  if (::fstat(fd, &found) != 0) {
    error = last_error();
    return 0;
  }
  return static_cast<std::uint64_t>(found.st_size);
}

std::error_code cut_file(int fd, std::uint64_t size) {
  return error_if(::ftruncate(fd, static_cast<off_t>(size)) != 0);
}

std::error_code sync_data(int fd) {
  return error_if(::fdatasync(fd) != 0);
}

std::error_code rename_new(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return {};
  if (errno != EINVAL && errno != ENOSYS) return last_error();
  if (is_there(to)) return std::make_error_code(std::errc::file_exists);  // a file system without RENAME_NOREPLACE
  return rename_over(from, to);
}

std::error_code rename_over(const std::filesystem::path& from, const std::filesystem::path& to) {
  return error_if(::rename(from.c_str(), to.c_str()) != 0);
}

std::error_code remove_file(const std::filesystem::path& path) {
  return error_if(::unlink(path.c_str()) != 0 && errno != ENOENT);
}

bool is_there(const std::filesystem::path& path) {
  return ::faccessat(AT_FDCWD, path.c_str(), F_OK, 0) == 0;
}

std::vector<std::string> file_names(const std::filesystem::path& dir, std::error_code& error) {
  std::vector<std::string> names;
  std::filesystem::directory_iterator entry(dir, error), end;
  for (; !error && entry != end; entry.increment(error)) {
    std::error_code ignored;
    if (entry->is_regular_file(ignored)) names.push_back(entry->path().filename().string());
  }
  if (error == std::errc::no_such_file_or_directory) error.clear();
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace storage
