// The folder belongs to one process at a time, and has a name of its own.
// Used at start, on the main thread; the lock is owned by the daemon for as long as it runs.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <system_error>

#include "storage/file.h"
#include "storage/uuid.h"

namespace storage {

class FolderLock {
 public:
  // Makes `dir` if it is missing and locks DIR/.lock (flock). Held elsewhere: nothing, with
  // std::errc::resource_unavailable_try_again; holder() may tell by whom. Does not wait.
  static std::optional<FolderLock> acquire(const std::filesystem::path& dir, std::error_code& error);

  // The process that last took the lock, as it wrote itself down; 0 if unknown.
  static int holder(const std::filesystem::path& dir);

  // The lock lasts until every copy of this descriptor is closed. It is close-on-exec; a child that is to keep the
  // folder locked, as the embedded Redis does, gets a copy without that flag (dup2 between fork and exec).
  int fd() const { return fd_.get(); }

 private:
  explicit FolderLock(Fd fd) : fd_(std::move(fd)) {}
  Fd fd_;
};

// The random id of a folder, 32 hex digits, kept in DIR/instance: made once, durable before it is returned.
// A file that holds no such id is replaced. Empty on error.
std::string read_or_create_instance(const std::filesystem::path& dir, const RandomBytes& random_bytes,
                                    std::error_code& error);

}  // namespace storage
