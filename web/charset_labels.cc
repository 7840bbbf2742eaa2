// The labels of the Encoding standard, section 4.2.
#include <algorithm>
#include <array>
#include <unordered_map>

#include "web/charset.h"
#include "web/html_ascii.h"

namespace web {
namespace {

struct Row {
  std::string_view name;
  std::string_view labels;  // beside the name itself, separated by a space
};

constexpr std::array kRows = {
    Row{"utf-8", "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf8 x-unicode20utf8"},
    Row{"ibm866", "866 cp866 csibm866"},
    Row{"iso-8859-2", "csisolatin2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2 latin2"},
    Row{"iso-8859-3", "csisolatin3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 l3 latin3"},
    Row{"iso-8859-4", "csisolatin4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 l4 latin4"},
    Row{"iso-8859-5", "csisolatincyrillic cyrillic iso-ir-144 iso8859-5 iso88595 iso_8859-5 iso_8859-5:1988"},
    Row{"iso-8859-6",
        "arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6-e iso-8859-6-i iso-ir-127 "
        "iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987"},
    Row{"iso-8859-7",
        "csisolatingreek ecma-118 elot_928 greek greek8 iso-ir-126 iso8859-7 iso88597 iso_8859-7 iso_8859-7:1987 "
        "sun_eu_greek"},
    Row{"iso-8859-8",
        "csiso88598e csisolatinhebrew hebrew iso-8859-8-e iso-ir-138 iso8859-8 iso88598 iso_8859-8 iso_8859-8:1988 "
        "visual"},
    Row{"iso-8859-8-i", "csiso88598i logical"},
    Row{"iso-8859-10", "csisolatin6 iso-ir-157 iso8859-10 iso885910 l6 latin6"},
    Row{"iso-8859-13", "iso8859-13 iso885913"},
    Row{"iso-8859-14", "iso8859-14 iso885914"},
    Row{"iso-8859-15", "csisolatin9 iso8859-15 iso885915 iso_8859-15 l9"},
    Row{"iso-8859-16", ""},
    Row{"koi8-r", "cskoi8r koi koi8 koi8_r"},
    Row{"koi8-u", "koi8-ru"},
    Row{"macintosh", "csmacintosh mac x-mac-roman"},
    Row{"windows-874", "dos-874 iso-8859-11 iso8859-11 iso885911 tis-620"},
    Row{"windows-1250", "cp1250 x-cp1250"},
    Row{"windows-1251", "cp1251 x-cp1251"},
    Row{"windows-1252",
        "ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591 iso_8859-1 "
        "iso_8859-1:1987 l1 latin1 us-ascii x-cp1252"},
    Row{"windows-1253", "cp1253 x-cp1253"},
    Row{"windows-1254",
        "cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 iso_8859-9:1989 l5 latin5 x-cp1254"},
    Row{"windows-1255", "cp1255 x-cp1255"},
    Row{"windows-1256", "cp1256 x-cp1256"},
    Row{"windows-1257", "cp1257 x-cp1257"},
    Row{"windows-1258", "cp1258 x-cp1258"},
    Row{"x-mac-cyrillic", "x-mac-ukrainian"},
    Row{"gbk", "chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 iso-ir-58 x-gbk"},
    Row{"gb18030", ""},
    Row{"big5", "big5-hkscs cn-big5 csbig5 x-x-big5"},
    Row{"euc-jp", "cseucpkdfmtjapanese x-euc-jp"},
    Row{"iso-2022-jp", "csiso2022jp"},
    Row{"shift_jis", "csshiftjis ms932 ms_kanji shift-jis sjis windows-31j x-sjis"},
    Row{"euc-kr", "cseuckr csksc56011987 iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 windows-949"},
    Row{"replacement", "csiso2022kr hz-gb-2312 iso-2022-cn iso-2022-cn-ext iso-2022-kr"},
    Row{"utf-16be", "unicodefffe"},
    Row{"utf-16le", "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16"},
    Row{"x-user-defined", ""},
};

constexpr std::size_t kLongestLabel = 32;

std::unordered_map<std::string_view, std::string_view> index_labels() {
  std::unordered_map<std::string_view, std::string_view> index;
  for (const Row& row : kRows) {
    index.emplace(row.name, row.name);
    for (std::string_view rest = row.labels; !rest.empty();) {
      const std::size_t end = std::min(rest.find(' '), rest.size());
      index.emplace(rest.substr(0, end), row.name);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return index;
}

}  // namespace

std::string_view charset_from_label(std::string_view label) {
  label = trim_html_space(label);
  if (label.size() > kLongestLabel) return {};
  if (equals_ignoring_case(label, "utf-8")) return kRows[0].name;
  static const auto index = index_labels();
  std::array<char, kLongestLabel> lower{};
  std::transform(label.begin(), label.end(), lower.begin(), ascii_lower);
  const auto found = index.find(std::string_view(lower.data(), label.size()));
  return found == index.end() ? std::string_view{} : found->second;
}

}  // namespace web
