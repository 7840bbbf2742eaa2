#include "storage/salvage.h"

#include <fcntl.h>

#include <string_view>

#include "storage/file.h"
#include "storage/gzip_stream.h"
#include "storage/index_journal.h"
#include "storage/jsonl.h"
#include "storage/output_file.h"
#include "storage/warc_reader.h"

namespace storage {
namespace {

constexpr std::string_view kOpenWarc = ".warc.gz.open", kOpenLines = ".jsonl.open";
constexpr std::string_view kJournal = ".cdxj.open", kOpen = ".open";
constexpr std::size_t kLinesHeld = 1 << 20;

void keep_first(std::error_code& first, const std::error_code& error) {
  if (!first) first = error;
}

std::error_code add_to_journal(int journal, std::string& lines, Commit whole, JournalState& state) {
  lines += commit_line(lines, whole);
  const std::error_code error = write_at(journal, state.size, lines);
  state = {whole, state.size + lines.size()};
  lines.clear();
  return error;
}

// Reads the records of `warc` behind the journal's last commit and commits them. Ends at the first that is not whole.
std::error_code read_on(int warc, int journal, std::string_view file, JournalState& state) {
  MemberReader reader(warc, state.last.bytes);
  Commit whole = state.last;
  std::string lines;
  for (;;) {
    RecordParser record(RecordParser::Digests::skip);
    const auto result = reader.next([&](std::string_view bytes) { record.feed(bytes); });
    if (result == MemberReader::Result::failed) return reader.error();
    if (result != MemberReader::Result::whole || !record.finish()) break;
    index_record(record, reader.offset(), reader.length(), file, lines);
    whole = {reader.end(), whole.records + 1};
    if (lines.size() < kLinesHeld) continue;
    if (const std::error_code error = add_to_journal(journal, lines, whole, state)) return error;
  }
  return whole.bytes == state.last.bytes ? std::error_code{} : add_to_journal(journal, lines, whole, state);
}

// Opens the journal and brings it to the end of the last whole record.
Fd complete_journal(int warc, const WarcPaths& paths, JournalState& state, std::error_code& error) {
  const std::uint64_t size = file_size(warc, error);
  Fd journal;
  if (!error) journal = open_file(paths.journal, O_RDWR | O_CREAT, error);
  if (!error) state = read_journal(journal.get(), error);
  if (error) return journal;
  if (state.last.bytes > size) state = {};  // not the file the journal speaks of
  error = cut_file(journal.get(), state.size);
  if (!error) error = read_on(warc, journal.get(), paths.closed.filename().native(), state);
  return journal;
}

std::error_code salvage_warc(const std::filesystem::path& folder, const std::string& file, Salvaged& done) {
  const WarcPaths paths = warc_paths(folder, file);
  done.file = paths.closed;
  std::error_code error;
  const Fd warc = open_file(paths.open, O_RDWR, error);
  if (error) return error;
  JournalState state;
  const Fd journal = complete_journal(warc.get(), paths, state, error);
  if (error) return error;
  done.records = state.last.records;
  done.bytes_cut = file_size(warc.get(), error) - state.last.bytes;
  if (state.last.bytes == 0) {
    error = remove_file(paths.open);
    return error ? error : remove_file(paths.journal);
  }
  if (!error) error = cut_file(warc.get(), state.last.bytes);
  if (!error) error = sync_data(warc.get());
  return error ? error : rename_new(paths.open, paths.closed);
}

std::error_code salvage_lines(const std::filesystem::path& file, Salvaged& done) {
  done.file = file;
  const std::filesystem::path mark = mark_path(file);
  if (!is_there(file)) return remove_file(mark);
  std::error_code error;
  const Fd remembered = open_file(mark, O_RDONLY, error);
  if (error) return error;
  const Fd lines = open_file(file, O_RDWR, error);
  if (error) return error;
  const Commit whole = whole_lines(lines.get(), read_mark(remembered.get()), error);
  if (error) return error;
  done.records = whole.records;
  done.bytes_cut = file_size(lines.get(), error) - whole.bytes;
  if (whole.bytes == 0) {
    error = remove_file(file);
  } else {
    if (!error) error = cut_file(lines.get(), whole.bytes);
    if (!error) error = sync_data(lines.get());
  }
  return error ? error : remove_file(mark);
}

std::error_code finish_index(const WarcPaths& paths) {
  if (is_there(paths.open)) return {};  // still being written
  if (!is_there(paths.closed) || is_there(paths.index)) return remove_file(paths.journal);
  std::error_code error;
  const Fd warc = open_file(paths.closed, O_RDONLY, error);
  if (error) return error;
  JournalState state;
  const Fd journal = complete_journal(warc.get(), paths, state, error);
  if (!error) error = write_index(journal.get(), state.size, paths);
  return error ? error : remove_file(paths.journal);
}

// The name without `suffix`; empty if it has another.
std::string_view stem(std::string_view name, std::string_view suffix) {
  return name.ends_with(suffix) ? name.substr(0, name.size() - suffix.size()) : std::string_view{};
}

}  // namespace

std::vector<Salvaged> salvage(const std::filesystem::path& dir, std::error_code& error, Indexes indexes) {
  error.clear();
  std::vector<Salvaged> files;
  const std::filesystem::path warcs = dir / folder_of(FileKind::warc);
  for (const std::filesystem::path& folder :
       {warcs, dir / folder_of(FileKind::pages), dir / folder_of(FileKind::fetches)}) {
    std::error_code listing;
    const std::vector<std::string> names = file_names(folder, listing);
    keep_first(error, listing);
    std::size_t changed = 0;
    for (const std::string& name : names) {
      Salvaged done;
      const bool is_warc = !stem(name, kOpenWarc).empty();
      if (!is_warc && stem(name, kOpenLines).empty()) continue;
      const std::string file(stem(name, kOpen));
      const std::error_code failed = is_warc ? salvage_warc(folder, file, done) : salvage_lines(folder / file, done);
      keep_first(error, failed);
      ++changed;
      if (!failed && done.records > 0) files.push_back(std::move(done));
    }
    if (changed > 0) keep_first(error, sync_directory(folder));
  }
  if (indexes == Indexes::now) keep_first(error, finish_indexes(dir));
  return files;
}

std::error_code finish_indexes(const std::filesystem::path& dir) {
  std::error_code first;
  const std::filesystem::path folder = dir / folder_of(FileKind::warc);
  std::size_t changed = 0;
  for (const std::string& name : file_names(folder, first)) {
    const std::string_view base = stem(name, kJournal);
    if (base.empty()) continue;
    keep_first(first, finish_index(warc_paths(folder, std::string(base) + ".warc.gz")));
    ++changed;
  }
  if (changed > 0) keep_first(first, sync_directory(folder));
  return first;
}

}  // namespace storage
