#include "web/charset_iconv.h"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

#include "web/charset.h"
#include "web/charset_utf8.h"

namespace web {
namespace {

struct Codec {
  std::string_view charset;
  const char* decoder;
  const char* encoder;
};

// What iconv calls the encodings of the standard; the supersets that browsers mean by the plain names.
constexpr std::array kCodecs = {
    Codec{"ibm866", "IBM866", "IBM866"},
    Codec{"iso-8859-2", "ISO-8859-2", "ISO-8859-2"},
    Codec{"iso-8859-3", "ISO-8859-3", "ISO-8859-3"},
    Codec{"iso-8859-4", "ISO-8859-4", "ISO-8859-4"},
    Codec{"iso-8859-5", "ISO-8859-5", "ISO-8859-5"},
    Codec{"iso-8859-6", "ISO-8859-6", "ISO-8859-6"},
    Codec{"iso-8859-7", "ISO-8859-7", "ISO-8859-7"},
    Codec{"iso-8859-8", "ISO-8859-8", "ISO-8859-8"},
    Codec{"iso-8859-8-i", "ISO-8859-8", "ISO-8859-8"},
    Codec{"iso-8859-10", "ISO-8859-10", "ISO-8859-10"},
    Codec{"iso-8859-13", "ISO-8859-13", "ISO-8859-13"},
    Codec{"iso-8859-14", "ISO-8859-14", "ISO-8859-14"},
    Codec{"iso-8859-15", "ISO-8859-15", "ISO-8859-15"},
    Codec{"iso-8859-16", "ISO-8859-16", "ISO-8859-16"},
    Codec{"koi8-r", "KOI8-R", "KOI8-R"},
    Codec{"koi8-u", "KOI8-U", "KOI8-U"},
    Codec{"macintosh", "MACINTOSH", "MACINTOSH"},
    Codec{"windows-874", "CP874", "CP874"},
    Codec{"windows-1250", "CP1250", "CP1250"},
    Codec{"windows-1251", "CP1251", "CP1251"},
    Codec{"windows-1252", nullptr, "CP1252"},
    Codec{"windows-1253", "CP1253", "CP1253"},
    Codec{"windows-1254", "CP1254", "CP1254"},
    Codec{"windows-1255", "CP1255", "CP1255"},
    Codec{"windows-1256", "CP1256", "CP1256"},
    Codec{"windows-1257", "CP1257", "CP1257"},
    Codec{"windows-1258", "CP1258", "CP1258"},
    Codec{"x-mac-cyrillic", "MAC-CYRILLIC", "MAC-CYRILLIC"},
    Codec{"gbk", "GB18030", "GBK"},
    Codec{"gb18030", "GB18030", "GB18030"},
    Codec{"big5", "BIG5-HKSCS", "BIG5-HKSCS"},
    Codec{"euc-jp", "EUC-JP-MS", "EUC-JP-MS"},
    Codec{"iso-2022-jp", "ISO-2022-JP", "ISO-2022-JP"},
    Codec{"shift_jis", "CP932", "CP932"},
    Codec{"euc-kr", "CP949", "CP949"},
};

const Codec* find_codec(std::string_view charset) {
  const auto* found =
      std::find_if(kCodecs.begin(), kCodecs.end(), [&](const Codec& c) { return c.charset == charset; });
  return found == kCodecs.end() ? nullptr : found;
}

// An open converter of this thread. Opening one costs far more than converting a page.
class Converter {
 public:
  enum class Stop { done, full, invalid };

  Converter(const char* to, const char* from) : handle_(iconv_open(to, from)) {}
  ~Converter() {
    if (usable()) iconv_close(handle_);
  }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;

  bool usable() const { return handle_ != reinterpret_cast<iconv_t>(-1); }
  void reset() { iconv(handle_, nullptr, nullptr, nullptr, nullptr); }

  // Moves text from `in` to the end of `out`, some KiB at a time (full: there is more).
  Stop convert(std::string_view& in, std::string& out) {
    char* source = const_cast<char*>(in.data());  // iconv never writes there
    std::size_t left = in.size();
    const Stop stop = step(&source, &left, out);
    in.remove_prefix(in.size() - left);
    return stop;
  }

  // Writes what the converter still holds, and the way back to its first state.
  void finish(std::string& out) { step(nullptr, nullptr, out); }

 private:
  Stop step(char** source, std::size_t* left, std::string& out) {
    std::array<char, 8192> buffer;
    char* target = buffer.data();
    std::size_t room = buffer.size();
    const bool failed = iconv(handle_, source, left, &target, &room) == static_cast<std::size_t>(-1);
    const bool full = errno == E2BIG;
    out.append(buffer.data(), buffer.size() - room);
    return !failed ? Stop::done : full ? Stop::full : Stop::invalid;
  }

  iconv_t handle_;
};

// This thread's converter for kCodecs[codec], opened at its first use.
Converter& converter(const Codec& codec, bool encode) {
  struct Slot {
    std::unique_ptr<Converter> decoder, encoder;
  };
  thread_local std::array<Slot, kCodecs.size()> slots;
  Slot& slot = slots[static_cast<std::size_t>(&codec - kCodecs.data())];
  std::unique_ptr<Converter>& wanted = encode ? slot.encoder : slot.decoder;
  if (!wanted) wanted = std::make_unique<Converter>(encode ? codec.encoder : "UTF-8", encode ? "UTF-8" : codec.decoder);
  wanted->reset();
  return *wanted;
}

// The ASCII of `bytes`; every stretch of other bytes becomes one U+FFFD.
void append_ascii(std::string_view bytes, std::string& out) {
  while (!bytes.empty()) {
    const std::size_t plain = ascii_prefix(bytes);
    out.append(bytes, 0, plain);
    bytes.remove_prefix(plain);
    if (bytes.empty()) break;
    out += kReplacement;
    while (!bytes.empty() && static_cast<unsigned char>(bytes.front()) >= 0x80) bytes.remove_prefix(1);
  }
}

// More than that and the text is in another encoding: the rest is read as ASCII.
constexpr int kMaxFaults = 20'000;

}  // namespace

bool iconv_decode(std::string_view bytes, std::string_view charset, std::string& out) {
  const Codec* codec = find_codec(charset);
  if (codec == nullptr || codec->decoder == nullptr) return false;
  Converter& cd = converter(*codec, false);
  if (!cd.usable()) return false;
  out.reserve(bytes.size() + bytes.size() / 2 + 64);
  for (int faults = 0; !bytes.empty();) {
    if (cd.convert(bytes, out) != Converter::Stop::invalid) continue;
    out += kReplacement;
    bytes.remove_prefix(1);
    if (++faults == kMaxFaults) {
      append_ascii(bytes, out);
      return true;
    }
  }
  cd.finish(out);
  return true;
}

std::optional<std::size_t> iconv_encode(std::string_view text, std::string_view charset, std::string& out) {
  const Codec* codec = find_codec(charset);
  if (codec == nullptr) return std::nullopt;
  Converter& cd = converter(*codec, true);
  if (!cd.usable()) return std::nullopt;
  std::string_view rest = text;
  while (!rest.empty() && cd.convert(rest, out) != Converter::Stop::invalid) {
  }
  cd.finish(out);
  return text.size() - rest.size();
}

}  // namespace web
