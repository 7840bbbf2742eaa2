#include "cli/audit_sort.h"

#include <algorithm>
#include <queue>
#include <string_view>
#include <type_traits>

namespace cli {
namespace {

static_assert(std::is_trivially_copyable_v<AuditEntry>);
constexpr std::size_t kReadAhead = 2048;  // entries of each piece

// One sorted piece of the file, read ahead a little.
class Piece {
 public:
  Piece(int fd, std::size_t begin, std::size_t end) : fd_(fd), next_(begin), end_(end) {}

  const AuditEntry* front() const { return at_ < entries_.size() ? &entries_[at_] : nullptr; }
  void pop(std::error_code& error) {
    if (++at_ >= entries_.size()) fill(error);
  }
  void fill(std::error_code& error) {
    entries_.resize(std::min(kReadAhead, end_ - next_));
    at_ = 0;
    if (entries_.empty()) return;
    const std::size_t bytes = entries_.size() * sizeof(AuditEntry);
    const std::size_t got =
        storage::read_at(fd_, next_ * sizeof(AuditEntry), reinterpret_cast<char*>(entries_.data()), bytes, error);
    if (!error && got != bytes) error = std::make_error_code(std::errc::io_error);
    if (error) entries_.clear();
    next_ += entries_.size();
  }

 private:
  int fd_;
  std::size_t next_, end_;
  std::vector<AuditEntry> entries_;
  std::size_t at_ = 0;
};

}  // namespace

bool AuditSort::add(const AuditEntry& entry) {
  if (entries_.size() == in_memory_ && !spill()) return false;
  entries_.push_back(entry);
  return true;
}

bool AuditSort::spill() {
  if (error_) return false;
  if (!file_) {
    const auto folder = std::filesystem::temp_directory_path(error_);
    if (!error_) file_ = storage::open_unnamed(folder, error_);
    if (error_) return false;
  }
  std::sort(entries_.begin(), entries_.end(), less_);
  const std::size_t before = ends_.empty() ? 0 : ends_.back();
  error_ = storage::write_at(
      file_.get(), before * sizeof(AuditEntry),
      std::string_view(reinterpret_cast<const char*>(entries_.data()), entries_.size() * sizeof(AuditEntry)));
  if (error_) return false;
  ends_.push_back(before + entries_.size());
  entries_.clear();
  return true;
}

bool AuditSort::visit(const std::function<void(const AuditEntry&)>& each) {
  if (!ends_.empty()) return (entries_.empty() || spill()) && merge(each);
  std::sort(entries_.begin(), entries_.end(), less_);
  for (const AuditEntry& entry : entries_) each(entry);
  return !error_;
}

bool AuditSort::merge(const std::function<void(const AuditEntry&)>& each) {
  std::vector<Piece> pieces;
  std::size_t begin = 0;
  for (const std::size_t end : ends_) {
    pieces.emplace_back(file_.get(), begin, end);
    begin = end;
  }
  const auto later = [&](std::size_t a, std::size_t b) { return less_(*pieces[b].front(), *pieces[a].front()); };
  std::priority_queue<std::size_t, std::vector<std::size_t>, decltype(later)> heads(later);
  for (std::size_t i = 0; i < pieces.size() && !error_; ++i) {
    pieces[i].fill(error_);
    if (pieces[i].front() != nullptr) heads.push(i);
  }
  while (!heads.empty() && !error_) {
    const std::size_t i = heads.top();
    heads.pop();
    each(*pieces[i].front());
    pieces[i].pop(error_);
    if (pieces[i].front() != nullptr) heads.push(i);
  }
  return !error_;
}

}  // namespace cli
