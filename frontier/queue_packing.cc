#include "frontier/queue_packing.h"

#include <algorithm>
#include <charconv>
#include <span>
#include <utility>

#include "frontier/record_block.h"

namespace frontier {
namespace {

constexpr std::array<char, 3> kLetters = {'h', 'n', 'l'};  // of the priorities, in their order

std::size_t place_of(Priority priority) {
  return static_cast<std::size_t>(priority);
}

template <typename T>
bool number(std::string_view text, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

QueueClass QueueClass::of(const Record& record) {
  return {record.priority, std::min(record.depth, kDeepest)};
}

std::string QueueClass::name() const {
  return kLetters[place_of(priority)] + std::to_string(depth) + (aside ? "!" : "");
}

std::optional<QueueClass> QueueClass::parse(std::string_view name) {
  const auto letter = std::find(kLetters.begin(), kLetters.end(), name.empty() ? '\0' : name[0]);
  QueueClass c;
  if (name.ends_with('!')) {
    c.aside = true;
    name.remove_suffix(1);
  }
  if (letter == kLetters.end() || !number(name.substr(1), c.depth) || c.depth < 0 || c.depth > kDeepest) {
    return std::nullopt;
  }
  c.priority = static_cast<Priority>(letter - kLetters.begin());
  return c;
}

std::optional<ColdIndex> ColdIndex::parse(std::string_view text) {
  ColdIndex index;
  while (!text.empty()) {
    const std::string_view entry = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), entry.size() + 1));
    const std::size_t colon = entry.find(':');
    const auto c = QueueClass::parse(entry.substr(0, colon));
    std::size_t count = 0;
    if (colon == entry.npos || !c || !number(entry.substr(colon + 1), count) || count == 0) return std::nullopt;
    index.counts_[*c] = count;
  }
  return index;
}

std::string ColdIndex::text() const {
  std::string text;
  for (const auto& [c, count] : counts_) {
    if (!text.empty()) text.push_back(' ');
    text.append(c.name()).append(":").append(std::to_string(count));
  }
  return text;
}

std::size_t ColdIndex::of(QueueClass c) const {
  const auto entry = counts_.find(c);
  return entry == counts_.end() ? 0 : entry->second;
}

std::size_t ColdIndex::total() const {
  std::size_t sum = 0;
  for (const auto& [c, count] : counts_) sum += count;
  return sum;
}

void ColdIndex::add(QueueClass c, std::ptrdiff_t records) {
  const auto count = static_cast<std::ptrdiff_t>(of(c)) + records;
  if (count > 0)
    counts_[c] = static_cast<std::size_t>(count);
  else
    counts_.erase(c);
}

std::optional<Packing> Packing::begin(const Heads& heads, ColdIndex index) {
  Packing packing;
  packing.index_ = std::move(index);
  for (std::size_t i = 0; i < heads.size(); ++i) {
    std::vector<Record> records;
    for (const std::string& text : heads[i]) {
      auto record = Record::decode(text);
      if (!record || place_of(record->priority) != i) return std::nullopt;
      records.push_back(std::move(*record));
    }
    if (records.size() <= kLongestHead) continue;
    std::stable_sort(records.begin(), records.end(),
                     [](const Record& a, const Record& b) { return a.depth < b.depth; });
    PackPlan::Head& head = packing.heads_[i];
    head.changed = true;
    for (std::size_t n = 0; n < records.size(); ++n) {
      if (n < kShortHead)
        head.records.push_back(records[n].encode());
      else
        packing.spilled_[QueueClass::of(records[n])].push_back(std::move(records[n]));
    }
  }
  return packing;
}

std::vector<QueueClass> Packing::extended() const {
  std::vector<QueueClass> classes;
  for (const auto& [c, records] : spilled_) {
    if (index_.of(c) > 0) classes.push_back(c);
  }
  return classes;
}

std::optional<PackPlan> Packing::plan(const std::map<QueueClass, std::string>& last) const {
  PackPlan plan;
  plan.heads = heads_;
  plan.index = index_;
  for (const auto& [c, spilled] : spilled_) {
    PackPlan::Tail& tail = plan.tails[c];
    std::vector<Record> records;
    if (const auto block = last.find(c); block != last.end()) {
      auto before = unpack_records(block->second);
      if (!before) return std::nullopt;
      if (before->size() < kBlockRecords) {
        tail.gone = block->second;
        records = std::move(*before);
      }
    }
    records.insert(records.end(), spilled.begin(), spilled.end());
    for (std::size_t from = 0; from < records.size(); from += kBlockRecords) {
      const auto count = std::min(kBlockRecords, records.size() - from);
      tail.blocks.push_back(pack_records(std::span(records).subspan(from, count)));
    }
    plan.index.add(c, static_cast<std::ptrdiff_t>(spilled.size()));
  }
  return plan;
}

std::optional<UnpackPlan> plan_unpack(QueueClass c, std::string_view first, std::size_t at_most, ColdIndex index) {
  const auto records = unpack_records(first);
  if (!records || records->size() > index.of(c)) return std::nullopt;
  UnpackPlan plan;
  const std::size_t out = std::min(at_most, records->size());
  for (std::size_t i = 0; i < out; ++i) plan.records.push_back((*records)[i].encode());
  if (out < records->size()) plan.rest = pack_records(std::span(*records).subspan(out));
  plan.index = std::move(index);
  plan.index.add(c, -static_cast<std::ptrdiff_t>(out));
  return plan;
}

ColdIndex without_block(QueueClass c, std::string_view block, std::size_t blocks, ColdIndex index) {
  const std::size_t all = index.of(c);
  const std::size_t borne = block.size() > 1 ? static_cast<unsigned char>(block[1]) : kBlockRecords;
  const auto count = static_cast<std::ptrdiff_t>(
      blocks <= 1 ? all : std::min({borne, kBlockRecords, all - std::min(all, blocks - 1)}));
  index.add(c, -count);
  c.aside = true;
  index.add(c, count);
  return index;
}

}  // namespace frontier
