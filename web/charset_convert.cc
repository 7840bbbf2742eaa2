// Conversion to UTF-8: what needs no table here, the rest by iconv.
#include <array>
#include <cstdint>

#include "web/charset.h"
#include "web/charset_iconv.h"
#include "web/charset_utf8.h"

namespace web {
namespace {

// windows-1252, 0x80 to 0x9F; the standard maps what Windows leaves open to the control characters.
constexpr std::array<std::uint16_t, 32> kWindows1252 = {0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                                        0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,   0x017D, 0x8F,
                                                        0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                                        0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

template <typename Map>
void decode_bytewise(std::string_view bytes, std::string& out, Map high) {
  out.reserve(bytes.size() + bytes.size() / 4 + 16);
  while (!bytes.empty()) {
    const std::size_t plain = ascii_prefix(bytes);
    out.append(bytes, 0, plain);
    bytes.remove_prefix(plain);
    for (; !bytes.empty() && static_cast<unsigned char>(bytes.front()) >= 0x80; bytes.remove_prefix(1)) {
      append_utf8(out, high(static_cast<unsigned char>(bytes.front())));
    }
  }
}

void decode_utf16(std::string_view bytes, bool big_endian, std::string& out) {
  const auto unit = [&](std::size_t i) -> std::uint32_t {
    const auto first = static_cast<unsigned char>(bytes[i]), second = static_cast<unsigned char>(bytes[i + 1]);
    return big_endian ? first << 8 | second : second << 8 | first;
  };
  out.reserve(bytes.size() / 2 + bytes.size() / 4 + 16);
  std::size_t i = 0;
  while (i + 2 <= bytes.size()) {
    const std::uint32_t c = unit(i);
    i += 2;
    if (c < 0xD800 || c > 0xDFFF) {
      append_utf8(out, c);
      continue;
    }
    const std::uint32_t low = c < 0xDC00 && i + 2 <= bytes.size() ? unit(i) : 0;
    if (low >= 0xDC00 && low <= 0xDFFF) {
      append_utf8(out, 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00));
      i += 2;
    } else {
      out += kReplacement;
    }
  }
  if (i < bytes.size()) out += kReplacement;
}

bool ascii_compatible(std::string_view charset) {
  return charset != "utf-16le" && charset != "utf-16be" && charset != "iso-2022-jp" && charset != "replacement";
}

}  // namespace

std::string_view to_utf8(std::string_view bytes, std::string_view charset, std::string& storage) {
  storage.clear();
  if (charset == "utf-8") {
    if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
    if (valid_utf8_prefix(bytes) == bytes.size()) return bytes;
    storage = repair_utf8(bytes);
    return storage;
  }
  if (charset == "replacement") return storage = kReplacement;
  if (ascii_compatible(charset) && ascii_prefix(bytes) == bytes.size()) return bytes;
  if (charset == "utf-16le" || charset == "utf-16be") {
    const bool big = charset == "utf-16be";
    if (bytes.starts_with(big ? "\xFE\xFF" : "\xFF\xFE")) bytes.remove_prefix(2);
    decode_utf16(bytes, big, storage);
  } else if (charset == "x-user-defined") {
    decode_bytewise(bytes, storage, [](unsigned char c) { return 0xF700U + c; });
  } else if (!iconv_decode(bytes, charset, storage)) {
    decode_bytewise(bytes, storage,
                    [](unsigned char c) -> std::uint32_t { return c < 0xA0 ? kWindows1252[c - 0x80] : c; });
  }
  return storage;
}

}  // namespace web
