#include "storage/segment_files.h"

#include <algorithm>

namespace storage {

std::error_code SegmentFiles::open_for(FileKind kind, const Part& part) {
  std::optional<OutputFile>& file = files_[static_cast<std::size_t>(kind)];
  if (file && file->name() == part.file) return {};
  if (file) {
    full_.push_back(std::move(*file));
    file.reset();
  }
  std::error_code error;
  OutputFile made = OutputFile::create(dir_, kind, part.file, error);
  if (!error) file = std::move(made);
  return error;
}

std::error_code SegmentFiles::write(std::span<const Part, kFileKinds> parts) {
  std::vector<std::pair<OutputFile*, const Part*>> touched;
  std::error_code error;
  for (std::size_t i = 0; i < kFileKinds && !error; ++i) {
    const Part& part = parts[i];
    if (part.bytes.size() == 0) continue;
    error = open_for(static_cast<FileKind>(i), part);
    if (error) break;
    touched.emplace_back(&*files_[i], &part);
    error = files_[i]->write(part);
  }
  for (const auto& [file, part] : touched) {
    if (!error) error = file->commit(*part);
  }
  for (const auto& [file, part] : touched) {
    if (error) {
      file->cut_back();
    } else {
      file->settle();
    }
  }
  if (!error) static_cast<void>(close_full());  // the group is durable either way
  return error;
}

std::error_code SegmentFiles::close_full() {
  std::error_code first;
  std::vector<OutputFile> left;
  for (OutputFile& file : full_) {
    const std::error_code error = file.close();
    if (!error) continue;
    if (!first) first = error;
    left.push_back(std::move(file));
  }
  full_ = std::move(left);
  return first;
}

std::error_code SegmentFiles::close() {
  for (std::optional<OutputFile>& file : files_) {
    if (file) full_.push_back(std::move(*file));
    file.reset();
  }
  return close_full();
}

}  // namespace storage
