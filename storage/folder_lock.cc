#include "storage/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

namespace storage {
namespace {

constexpr std::size_t kIdDigits = 32;

std::filesystem::path lock_path(const std::filesystem::path& dir) {
  return dir / ".lock";
}

// What a small file holds, up to its first line end; empty if it cannot be read.
std::string first_line(const std::filesystem::path& path) {
  std::error_code error;
  const Fd fd = open_file(path, O_RDONLY, error);
  if (error) return {};
  std::array<char, 128> text;
  const std::size_t n = read_at(fd.get(), 0, text.data(), text.size(), error);
  const std::string_view all(text.data(), n);
  return std::string(all.substr(0, all.find('\n')));
}

bool is_id(std::string_view text) {
  return text.size() == kIdDigits &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

std::optional<FolderLock> FolderLock::acquire(const std::filesystem::path& dir, std::error_code& error) {
  error = make_directory(dir);
  if (error) return std::nullopt;
  Fd fd = open_file(lock_path(dir), O_RDWR | O_CREAT, error);
  if (error) return std::nullopt;
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    error = {errno, std::system_category()};
    return std::nullopt;
  }
  error = cut_file(fd.get(), 0);
  if (!error) error = write_at(fd.get(), 0, std::to_string(::getpid()) + "\n");
  if (error) return std::nullopt;
  return FolderLock(std::move(fd));
}

int FolderLock::holder(const std::filesystem::path& dir) {
  const std::string line = first_line(lock_path(dir));
  int pid = 0;
  std::from_chars(line.data(), line.data() + line.size(), pid);
  return std::max(pid, 0);
}

std::string read_or_create_instance(const std::filesystem::path& dir, const RandomBytes& random_bytes,
                                    std::error_code& error) {
  error.clear();
  const std::filesystem::path path = dir / "instance";
  if (std::string known = first_line(path); is_id(known)) return known;

  std::array<std::byte, kIdDigits / 2> bytes;
  random_bytes(bytes);
  const std::string id = lower_hex(bytes);
  const std::filesystem::path made = dir / "instance.tmp";
  const Fd fd = open_file(made, O_WRONLY | O_CREAT | O_TRUNC, error);
  if (!error) error = write_at(fd.get(), 0, id + "\n");
  if (!error) error = sync_data(fd.get());
  if (!error) error = rename_over(made, path);
  if (!error) error = sync_directory(dir);
  return error ? std::string() : id;
}

}  // namespace storage
