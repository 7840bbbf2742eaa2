// A block: byte 0, count, and in a zstd frame: the distinct vias and the distinct rests of the records' texts, then for
// each record its URL and which of them are its own. Strings are coded by the prefix shared with the one before.
#include "frontier/record_block.h"

#include <algorithm>
#include <cstdint>
#include <unordered_map>
#include <utility>

#include "frontier/zstd_frame.h"

namespace frontier {
namespace {

constexpr char kMark = '\0';
constexpr std::size_t kLongest = 16 << 20;  // of a block's text
constexpr int kViaField = 6;                // of a record's text

void put_number(std::string& out, std::size_t n) {  // LEB128
  for (; n >= 0x80; n >>= 7) out.push_back(static_cast<char>(n | 0x80));
  out.push_back(static_cast<char>(n));
}

// Strings, each after the one before it.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}
  void put(std::string_view text) {
    const auto differs = std::mismatch(text.begin(), text.end(), last_.begin(), last_.end()).first;
    const auto shared = static_cast<std::size_t>(differs - text.begin());
    put_number(out_, shared);
    put_number(out_, text.size() - shared);
    out_.append(text.substr(shared));
    last_ = text;
  }

 private:
  std::string& out_;
  std::string_view last_;
};

// Distinct strings in the order of their first use.
class Table {
 public:
  std::size_t index(std::string_view text) {
    const auto [entry, fresh] = indices_.try_emplace(text, texts_.size());
    if (fresh) texts_.push_back(text);
    return entry->second;
  }
  void write(std::string& out) const {
    put_number(out, texts_.size());
    Writer writer(out);
    for (const std::string_view text : texts_) writer.put(text);
  }

 private:
  std::vector<std::string_view> texts_;
  std::unordered_map<std::string_view, std::size_t> indices_;
};

struct Parts {
  std::string url, via, rest;  // rest: all fields but these, via's place left empty
};

Parts parts_of(const std::string& text) {
  const std::size_t url = text.find('\t');
  std::size_t via = url;
  for (int field = 1; field < kViaField; ++field) via = text.find('\t', via + 1);
  ++via;
  const std::size_t after = text.find('\t', via);
  return {text.substr(0, url), text.substr(via, after - via), text.substr(url, via - url) + text.substr(after)};
}

std::string text_of(const Parts& parts) {
  std::size_t via = 0;
  for (int field = 1; field < kViaField && via != std::string::npos; ++field) via = parts.rest.find('\t', via + 1);
  if (via == std::string::npos) return {};
  return parts.url + parts.rest.substr(0, via + 1) + parts.via + parts.rest.substr(via + 1);
}

// What is missing or too long reads as empty, and is noticed at the end.
class Reader {
 public:
  explicit Reader(std::string_view in) : in_(in) {}

  std::size_t number() {
    std::size_t n = 0;
    for (unsigned shift = 0; shift < 35; shift += 7) {
      if (in_.empty()) break;
      const auto byte = static_cast<unsigned char>(in_.front());
      in_.remove_prefix(1);
      n |= static_cast<std::size_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return n;
    }
    good_ = false;
    return 0;
  }
  // Becomes the next string, from the one before it.
  void next(std::string& text) {
    const std::size_t shared = number(), size = number();
    if (!good_ || shared > text.size() || size > in_.size()) {
      good_ = false;
      return;
    }
    text.resize(shared);
    text.append(in_.substr(0, size));
    in_.remove_prefix(size);
  }
  std::vector<std::string> table() {
    std::vector<std::string> texts;
    std::string text;
    for (std::size_t left = number(); left > 0 && good_ && texts.size() < kBlockRecords; --left) {
      next(text);
      texts.push_back(text);
    }
    return texts;
  }
  bool good() const { return good_; }
  bool at_end() const { return good_ && in_.empty(); }

 private:
  std::string_view in_;
  bool good_ = true;
};

}  // namespace

std::string pack_records(std::span<const Record> records) {
  std::vector<Parts> parts;
  parts.reserve(records.size());
  for (const Record& record : records) parts.push_back(parts_of(record.encode()));
  Table vias, rests;
  std::string lines;
  Writer urls(lines);
  for (const Parts& p : parts) {
    urls.put(p.url);
    put_number(lines, vias.index(p.via));
    put_number(lines, rests.index(p.rest));
  }
  std::string text;
  vias.write(text);
  rests.write(text);
  text.append(lines);
  return std::string{kMark, static_cast<char>(records.size())} + zstd_frame(text);
}

std::optional<std::vector<Record>> unpack_records(std::string_view block) {
  if (block.size() < 3 || block[0] != kMark) return std::nullopt;
  const auto count = static_cast<std::size_t>(static_cast<unsigned char>(block[1]));
  const auto text = zstd_unframe(block.substr(2), kLongest);
  if (!text || count == 0 || count > kBlockRecords) return std::nullopt;
  Reader reader(*text);
  const std::vector<std::string> vias = reader.table(), rests = reader.table();
  std::vector<Record> records;
  Parts parts;
  for (std::size_t i = 0; i < count; ++i) {
    reader.next(parts.url);
    const std::size_t via = reader.number(), rest = reader.number();
    if (!reader.good() || via >= vias.size() || rest >= rests.size()) return std::nullopt;
    parts.via = vias[via];
    parts.rest = rests[rest];
    auto record = Record::decode(text_of(parts));
    if (!record) return std::nullopt;
    records.push_back(std::move(*record));
  }
  if (!reader.at_end()) return std::nullopt;
  return records;
}

}  // namespace frontier
