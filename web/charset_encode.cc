// Text back into the encoding of its page: single bytes by a table, the rest by iconv.
#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "web/charset.h"
#include "web/charset_iconv.h"
#include "web/charset_utf8.h"

namespace web {
namespace {

constexpr std::array<std::string_view, 7> kOfManyBytes = {"gbk",         "gb18030",   "big5",  "euc-jp",
                                                          "iso-2022-jp", "shift_jis", "euc-kr"};

// The upper half of an encoding of single bytes: each character with its byte, in order.
class ByteTable {
 public:
  explicit ByteTable(std::string_view charset) {
    std::string storage;
    for (int byte = 0x80; byte < 0x100; ++byte) {
      const char c = static_cast<char>(byte);
      const std::string_view text = to_utf8({&c, 1}, charset, storage);
      if (text == kReplacement) continue;
      std::size_t length = 0;
      bytes_.emplace_back(code_point_at(text, length), c);
    }
    std::sort(bytes_.begin(), bytes_.end());
  }

  const char* find(std::uint32_t c) const {
    const auto found = std::lower_bound(bytes_.begin(), bytes_.end(), c,
                                        [](const auto& row, std::uint32_t x) { return row.first < x; });
    return found != bytes_.end() && found->first == c ? &found->second : nullptr;
  }

 private:
  std::vector<std::pair<std::uint32_t, char>> bytes_;
};

// The characters that are known not to be in an encoding. To ask iconv of one costs as much as to convert hundreds.
class Lacking {
 public:
  explicit Lacking(std::string_view charset)
      : charset_(charset), end_(charset == "gb18030" || charset == "big5" ? 0x110000 : 0x10000), known_(end_) {}

  bool knows(std::uint32_t c) const { return c >= end_ || known_[c]; }
  void learn(std::uint32_t c) { known_[c] = true; }
  std::string_view charset() const { return charset_; }

 private:
  std::string_view charset_;
  std::uint32_t end_;  // all others have just the characters of the first plane
  std::vector<bool> known_;
};

// This thread's T for `charset`, made at its first use.
template <typename T>
T& kept(std::string_view charset) {
  thread_local std::vector<std::pair<std::string_view, std::unique_ptr<T>>> all;
  for (auto& [name, one] : all) {
    if (name == charset) return *one;
  }
  return *all.emplace_back(charset, std::make_unique<T>(charset)).second;
}

void append_number(std::uint32_t c, std::string& out) {
  out += "%26%23" + std::to_string(c) + "%3B";
}

std::string encode_bytes(std::string_view text, const ByteTable& table) {
  std::string out;
  while (!text.empty()) {
    const std::size_t plain = ascii_prefix(text);
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    std::size_t length = 0;
    const std::uint32_t c = code_point_at(text, length);
    if (const char* byte = table.find(c))
      out += *byte;
    else
      append_number(c, out);
    text.remove_prefix(length);
  }
  return out;
}

// The length of what `text` begins with that is not known to be lacking: no more than is soon asked for, but where a
// stop would be seen in the bytes.
std::size_t hopeful_prefix(std::string_view text, const Lacking& lacking) {
  const std::size_t most = lacking.charset() == "iso-2022-jp" ? text.size() : std::min<std::size_t>(text.size(), 256);
  std::size_t at = 0, length = 0;
  while (at < most && !lacking.knows(code_point_at(text.substr(at), length))) at += length;
  return at;
}

std::string encode_by_iconv(std::string_view text, Lacking& lacking) {
  std::string out;
  while (!text.empty()) {
    const std::size_t hopeful = hopeful_prefix(text, lacking);
    const std::size_t done =
        hopeful == 0 ? 0 : iconv_encode(text.substr(0, hopeful), lacking.charset(), out).value_or(0);
    text.remove_prefix(done);
    if (text.empty()) break;
    if (hopeful > 0 && done == hopeful) continue;
    std::size_t length = 0;
    const std::uint32_t c = code_point_at(text, length);
    if (hopeful > 0) lacking.learn(c);
    append_number(c, out);
    text.remove_prefix(length);
  }
  return out;
}

}  // namespace

std::string encode_query(std::string_view text, std::string_view charset) {
  const bool unicode = charset == "utf-8" || charset == "utf-16le" || charset == "utf-16be" || charset == "replacement";
  if (unicode || ascii_prefix(text) == text.size()) return std::string(text);
  const std::string repaired = valid_utf8_prefix(text) == text.size() ? std::string() : repair_utf8(text);
  if (!repaired.empty()) text = repaired;
  const auto* many = std::find(kOfManyBytes.begin(), kOfManyBytes.end(), charset);
  if (many != kOfManyBytes.end()) return encode_by_iconv(text, kept<Lacking>(*many));
  const std::string_view name = charset_from_label(charset);
  return name.empty() ? std::string(text) : encode_bytes(text, kept<ByteTable>(name));
}

}  // namespace web
