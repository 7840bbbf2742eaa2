// The files of one segment on disk: writes groups to them, all or nothing, and closes the full ones.
// Blocking; one thread at a time; owned by the segment.
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <span>
#include <system_error>
#include <vector>

#include "storage/output_file.h"

namespace storage {

class SegmentFiles {
 public:
  explicit SegmentFiles(std::filesystem::path dir) : dir_(std::move(dir)) {}

  // parts[i] belongs to FileKind i; one without bytes is passed over. A part with a new name begins a new file, and the
  // one before is closed once the group is durable.
  std::error_code write(std::span<const Part, kFileKinds> parts);

  std::error_code close();

 private:
  std::error_code open_for(FileKind kind, const Part& part);
  std::error_code close_full();

  const std::filesystem::path dir_;
  std::array<std::optional<OutputFile>, kFileKinds> files_;
  std::vector<OutputFile> full_;  // waiting to be closed
};

}  // namespace storage
