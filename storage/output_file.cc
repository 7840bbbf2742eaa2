#include "storage/output_file.h"

#include <fcntl.h>

#include <cstdio>

#include "storage/index_journal.h"
#include "storage/jsonl.h"

namespace storage {

std::filesystem::path folder_of(FileKind kind) {
  switch (kind) {
    case FileKind::warc:
      return "warc";
    case FileKind::pages:
      return "feed";
    case FileKind::fetches:
    case FileKind::refused:
    case FileKind::levers:
      break;
  }
  return "log";
}

std::string file_name(FileKind kind, std::string_view crawl, std::string_view stamp, std::uint32_t serial) {
  char number[16];
  std::snprintf(number, sizeof number, "%05u", serial);
  std::string name;
  switch (kind) {
    case FileKind::warc:
      name = crawl;
      break;
    case FileKind::pages:
      name = "pages";
      break;
    case FileKind::fetches:
      name = "fetches";
      break;
    case FileKind::refused:
      name = "refused";
      break;
    case FileKind::levers:
      name = "levers";
      break;
  }
  name.append("-").append(stamp).append("-").append(number);
  return name + (kind == FileKind::warc ? ".warc.gz" : ".jsonl");
}

OutputFile OutputFile::create(const std::filesystem::path& dir, FileKind kind, const std::string& name,
                              std::error_code& error) {
  OutputFile file;
  file.folder_ = dir / folder_of(kind);
  file.kind_ = kind;
  file.name_ = name;
  error = make_directory(file.folder_);
  if (!error) error = file.create_files();
  if (!error) error = sync_directory(file.folder_);
  return file;
}

// The file that salvage looks for comes first; a sidecar that a failed attempt left behind is made anew.
std::error_code OutputFile::create_files() {
  std::error_code error;
  constexpr int kNew = O_RDWR | O_CREAT | O_EXCL, kAnew = O_RDWR | O_CREAT | O_TRUNC;
  if (kind_ == FileKind::warc) {
    const WarcPaths paths = warc_paths(folder_, name_);
    data_ = open_file(paths.open, kNew, error);
    if (!error) sidecar_ = open_file(paths.journal, kAnew, error);
    if (error && data_) remove_file(paths.open);
  } else {
    const std::filesystem::path path = folder_ / name_;
    sidecar_ = open_file(mark_path(path), kAnew, error);
    if (!error) data_ = open_file(path, kNew, error);
    if (error && sidecar_) remove_file(mark_path(path));
  }
  return error;
}

std::error_code OutputFile::write(const Part& part) {
  if (part.offset != committed_.bytes) return std::make_error_code(std::errc::invalid_argument);
  const std::error_code error = write_at(data_.get(), part.offset, part.bytes);
  return error ? error : sync_data(data_.get());
}

std::error_code OutputFile::commit(const Part& part) {
  next_ = {committed_.bytes + part.bytes.size(), committed_.records + part.records};
  if (kind_ != FileKind::warc) return write_at(sidecar_.get(), 0, mark_text(next_));
  const std::string line = commit_line(part.index, next_);
  std::error_code error = write_at(sidecar_.get(), journal_size_, part.index);
  if (!error) error = write_at(sidecar_.get(), journal_size_ + part.index.size(), line);
  next_journal_size_ = journal_size_ + part.index.size() + line.size();
  return error;
}

void OutputFile::settle() {
  committed_ = next_;
  journal_size_ = next_journal_size_;
}

// Best effort: close() cuts once more and insists, and a part written again goes to the same place.
void OutputFile::cut_back() {
  if (kind_ == FileKind::warc) {
    static_cast<void>(cut_file(sidecar_.get(), journal_size_));
  } else {
    static_cast<void>(write_at(sidecar_.get(), 0, mark_text(committed_)));
  }
  static_cast<void>(cut_file(data_.get(), committed_.bytes));
}

std::error_code OutputFile::close() {
  if (closed_) return {};
  const std::error_code error = kind_ == FileKind::warc ? close_warc() : close_lines();
  if (error) return error;
  closed_ = true;
  return sync_directory(folder_);
}

std::error_code OutputFile::close_warc() {
  const WarcPaths paths = warc_paths(folder_, name_);
  std::error_code error;
  if (committed_.bytes == 0) {
    error = remove_file(paths.open);
  } else {
    error = cut_file(data_.get(), committed_.bytes);
    if (!error) error = write_index(sidecar_.get(), journal_size_, paths);
    if (!error) error = sync_data(data_.get());
    if (!error) error = rename_new(paths.open, paths.closed);
  }
  // A journal that stays behind is known by its closed file, and removed by the next salvage.
  if (!error) static_cast<void>(remove_file(paths.journal));
  return error;
}

std::error_code OutputFile::close_lines() {
  const std::filesystem::path path = folder_ / name_;
  std::error_code error;
  if (committed_.bytes == 0) {
    error = remove_file(path);
  } else {
    error = cut_file(data_.get(), committed_.bytes);
    if (!error) error = sync_data(data_.get());
  }
  return error ? error : remove_file(mark_path(path));
}

}  // namespace storage
