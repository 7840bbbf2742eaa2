#include "storage/line_sort.h"

#include <algorithm>
#include <queue>
#include <string>
#include <string_view>
#include <vector>

#include "storage/file.h"
#include "storage/line_reader.h"

namespace storage {
namespace {

constexpr std::size_t kReadBlock = 1 << 20;

// Writes a file from its beginning, a block at a time.
class Output {
 public:
  explicit Output(int fd) : fd_(fd) {}
  void add(std::string_view bytes) {
    buffer_.append(bytes);
    if (buffer_.size() >= kBlock) flush();
  }
  std::error_code flush() {
    if (!error_) error_ = write_at(fd_, position_, buffer_);
    position_ += buffer_.size();
    buffer_.clear();
    return error_;
  }
  std::uint64_t position() const { return position_ + buffer_.size(); }

 private:
  static constexpr std::size_t kBlock = 256 << 10;
  int fd_;
  std::uint64_t position_ = 0;
  std::string buffer_;
  std::error_code error_;
};

// Lines gathered up to a piece's size.
class Piece {
 public:
  void add(std::string_view line) {
    ends_.push_back(text_.size() + line.size());
    text_.append(line);
  }
  std::size_t size() const { return text_.size(); }
  void write_sorted(Output& out) {
    std::vector<std::string_view> lines;
    lines.reserve(ends_.size());
    std::size_t begin = 0;
    for (const std::size_t end : ends_) {
      lines.push_back(std::string_view(text_).substr(begin, end - begin));
      begin = end;
    }
    std::sort(lines.begin(), lines.end());
    for (const std::string_view line : lines) out.add(line);
    text_.clear();
    ends_.clear();
  }

 private:
  std::string text_;
  std::vector<std::size_t> ends_;
};

std::error_code merge(int from, const std::vector<std::uint64_t>& ends, std::size_t block, Output& out) {
  std::vector<LineReader> readers;
  readers.reserve(ends.size());
  std::uint64_t begin = 0;
  for (const std::uint64_t end : ends) {
    readers.emplace_back(from, begin, end, block);
    begin = end;
  }
  using Head = std::pair<std::string_view, std::size_t>;  // a reader's next line, valid until that reader moves on
  std::priority_queue<Head, std::vector<Head>, std::greater<>> heads;
  const auto advance = [&](std::size_t i) {
    std::string_view line;
    if (readers[i].next(line)) heads.emplace(line, i);
    return readers[i].error();
  };
  for (std::size_t i = 0; i < readers.size(); ++i) {
    if (const std::error_code error = advance(i)) return error;
  }
  while (!heads.empty()) {
    const auto [line, i] = heads.top();
    heads.pop();
    out.add(line);
    if (const std::error_code error = advance(i)) return error;
  }
  return out.flush();
}

}  // namespace

std::error_code sort_lines(int from, std::uint64_t size, char skip, const std::filesystem::path& scratch, int to,
                           SortLimits limits) {
  std::error_code error;
  LineReader lines(from, 0, size, kReadBlock);
  Fd runs;
  Output out(to), run_out(-1);
  std::vector<std::uint64_t> ends;
  Piece piece;
  for (std::string_view line; lines.next(line);) {
    if (line.front() == skip) continue;
    if (piece.size() > 0 && piece.size() + line.size() > limits.piece) {
      if (!runs) {
        runs = open_unnamed(scratch, error);
        if (error) return error;
        run_out = Output(runs.get());
      }
      piece.write_sorted(run_out);
      ends.push_back(run_out.position());
    }
    piece.add(line);
  }
  if (lines.error()) return lines.error();
  if (!lines.rest().empty()) return std::make_error_code(std::errc::message_size);
  if (!runs) {
    piece.write_sorted(out);
    return out.flush();
  }
  piece.write_sorted(run_out);
  ends.push_back(run_out.position());
  error = run_out.flush();
  return error ? error : merge(runs.get(), ends, limits.block, out);
}

}  // namespace storage
