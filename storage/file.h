// Files as the archive needs them: writes at a position, made and renamed so that they outlive a power cut.
// Everything blocks and answers with std::error_code; any thread, each file by one at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "storage/byte_chunks.h"

namespace storage {

class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept;
  ~Fd();
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

// open(2) with O_CLOEXEC and mode 0644.
Fd open_file(const std::filesystem::path& path, int flags, std::error_code& error);

// A file without a name in `dir`'s file system, gone when closed.
Fd open_unnamed(const std::filesystem::path& dir, std::error_code& error);

// Makes `dir` and what is missing above it, each entry durable.
std::error_code make_directory(const std::filesystem::path& dir);
std::error_code sync_directory(const std::filesystem::path& dir);

std::error_code write_at(int fd, std::uint64_t offset, std::string_view bytes);
std::error_code write_at(int fd, std::uint64_t offset, const ByteChunks& bytes);

// Up to `n` bytes; fewer only where the file ends or cannot be read.
std::size_t read_at(int fd, std::uint64_t offset, char* into, std::size_t n, std::error_code& error);

std::uint64_t file_size(int fd, std::error_code& error);
std::error_code cut_file(int fd, std::uint64_t size);
std::error_code sync_data(int fd);

// Renames; the entry that is replaced, if there is one, is refused with std::errc::file_exists.
std::error_code rename_new(const std::filesystem::path& from, const std::filesystem::path& to);
std::error_code rename_over(const std::filesystem::path& from, const std::filesystem::path& to);
std::error_code remove_file(const std::filesystem::path& path);  // an absent one is no error
bool is_there(const std::filesystem::path& path);

// Names of the regular files in `dir` in bytewise order; an absent folder has none.
std::vector<std::string> file_names(const std::filesystem::path& dir, std::error_code& error);

}  // namespace storage
