// One file of the archive while it is written: the data, and the sidecar that remembers how far it is whole.
// Writing a part takes three steps, so that several files can be written as one group: write, then commit, then settle;
// or cut back. Blocking; one thread at a time; owned by SegmentFiles.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>

#include "storage/byte_chunks.h"
#include "storage/commit.h"
#include "storage/file.h"

namespace storage {

// The files of a segment, in the order in which a group writes them: what a page line names is there before the line.
enum class FileKind { warc, fetches, refused, levers, pages };
inline constexpr std::size_t kFileKinds = 5;

std::filesystem::path folder_of(FileKind kind);  // "warc", "feed" or "log"
std::string file_name(FileKind kind, std::string_view crawl, std::string_view stamp, std::uint32_t serial);

// What a group adds to one file.
struct Part {
  std::string file;          // its name once closed, without folder
  std::uint64_t offset = 0;  // where the part begins
  std::uint64_t records = 0;
  ByteChunks bytes;
  std::string index;  // of a WARC: the CDXJ lines of its records
};

class OutputFile {
 public:
  // Makes the file, which must be new, and its folder.
  static OutputFile create(const std::filesystem::path& dir, FileKind kind, const std::string& name,
                           std::error_code& error);

  const std::string& name() const { return name_; }
  std::uint64_t size() const { return committed_.bytes; }

  std::error_code write(const Part& part);   // the data, durable
  std::error_code commit(const Part& part);  // the sidecar
  void settle();                             // from now on the part counts
  void cut_back();                           // or it does not: both files are as before

  // Gives the file its final name and the index its own; an empty file is removed. After an error call again.
  std::error_code close();

 private:
  std::error_code create_files();
  std::error_code close_warc();
  std::error_code close_lines();

  std::filesystem::path folder_;
  std::string name_;
  FileKind kind_ = FileKind::warc;
  Fd data_, sidecar_;
  Commit committed_, next_;
  std::uint64_t journal_size_ = 0, next_journal_size_ = 0;
  bool closed_ = false;
};

}  // namespace storage
