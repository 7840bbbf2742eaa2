#include "web/html_tags.h"

#include <array>

#include "web/html_ascii.h"

namespace web {
namespace {

struct Named {
  HtmlTag tag;
  std::string_view names;  // separated by a space, of up to eight letters
};

constexpr std::array kTags = {
    Named{HtmlTag::a, "a"},
    Named{HtmlTag::area, "area"},
    Named{HtmlTag::base, "base"},
    Named{HtmlTag::frame, "frame"},
    Named{HtmlTag::iframe, "iframe"},
    Named{HtmlTag::input, "input"},
    Named{HtmlTag::link, "link"},
    Named{HtmlTag::math, "math"},
    Named{HtmlTag::meta, "meta"},
    Named{HtmlTag::noembed, "noembed"},
    Named{HtmlTag::noframes, "noframes"},
    Named{HtmlTag::script, "script"},
    Named{HtmlTag::style, "style"},
    Named{HtmlTag::svg, "svg"},
    Named{HtmlTag::template_tag, "template"},
    Named{HtmlTag::textarea, "textarea"},
    Named{HtmlTag::title, "title"},
    Named{HtmlTag::xmp, "xmp"},
    Named{HtmlTag::void_tag, "basefont bgsound col embed hr keygen param source track wbr"},
    Named{HtmlTag::phrase,
          "b big br center code dd div dl dt em h1 h2 h3 h4 h5 h6 i img li menu nobr ol p pre ruby s small span strike "
          "strong sub sup tt u ul var"},
    Named{HtmlTag::section,
          "abbr address article aside bdi bdo cite data del details dfn figure footer header hgroup ins kbd label main "
          "mark nav q samp section summary time"},
    Named{HtmlTag::block, "body head listing table"},
};

// Up to eight letters as one number.
constexpr std::uint64_t pack(std::string_view name) {
  std::uint64_t packed = 0;
  for (const char c : name) packed = packed << 8 | static_cast<unsigned char>(ascii_lower(c));
  return packed;
}

// The names above by their packed value: open addressing, made by the compiler.
class TagTable {
 public:
  constexpr TagTable() {
    for (const Named& row : kTags) {
      for (std::string_view rest = row.names; !rest.empty();) {
        const std::size_t space = rest.find(' ');
        add(pack(rest.substr(0, space)), row.tag);
        rest = space == std::string_view::npos ? std::string_view{} : rest.substr(space + 1);
      }
    }
  }

  HtmlTag find(std::uint64_t packed) const {
    for (std::size_t i = slot(packed); slots_[i].packed != 0; i = (i + 1) % kSlots) {
      if (slots_[i].packed == packed) return slots_[i].tag;
    }
    return HtmlTag::other;
  }

 private:
  static constexpr std::size_t kSlots = 256;
  struct Slot {
    std::uint64_t packed = 0;
    HtmlTag tag = HtmlTag::other;
  };

  static constexpr std::size_t slot(std::uint64_t packed) { return packed * 0x9E3779B97F4A7C15U >> 56; }
  constexpr void add(std::uint64_t packed, HtmlTag tag) {
    std::size_t i = slot(packed);
    while (slots_[i].packed != 0) i = (i + 1) % kSlots;
    slots_[i] = {packed, tag};
  }

  std::array<Slot, kSlots> slots_;
};
constexpr TagTable kTable;

}  // namespace

HtmlTag html_tag(std::string_view name) {
  if (name.size() <= 8) return kTable.find(pack(name));
  if (equals_ignoring_case(name, "blockquote")) return HtmlTag::block;
  if (equals_ignoring_case(name, "plaintext")) return HtmlTag::plaintext;
  return equals_ignoring_case(name, "annotation-xml") ? HtmlTag::annotation : HtmlTag::other;
}

bool has_raw_content(HtmlTag tag) {
  switch (tag) {
    case HtmlTag::iframe:
    case HtmlTag::noembed:
    case HtmlTag::noframes:
    case HtmlTag::plaintext:
    case HtmlTag::script:
    case HtmlTag::style:
    case HtmlTag::textarea:
    case HtmlTag::title:
    case HtmlTag::xmp:
      return true;
    default:
      return false;
  }
}

bool is_void(HtmlTag tag) {
  switch (tag) {
    case HtmlTag::area:
    case HtmlTag::base:
    case HtmlTag::frame:
    case HtmlTag::input:
    case HtmlTag::link:
    case HtmlTag::meta:
    case HtmlTag::void_tag:
      return true;
    default:
      return false;
  }
}

std::optional<HtmlAttributeName> html_attribute(HtmlTag tag, std::string_view name) {
  const auto is = [name](std::string_view wanted) { return equals_ignoring_case(name, wanted); };
  switch (tag) {
    case HtmlTag::a:
    case HtmlTag::area:
    case HtmlTag::link:
      if (is("href")) return HtmlAttributeName::href;
      if (is("rel")) return HtmlAttributeName::rel;
      if (tag == HtmlTag::a && is("xlink:href")) return HtmlAttributeName::xlink_href;
      return std::nullopt;
    case HtmlTag::base:
      if (is("href")) return HtmlAttributeName::href;
      return std::nullopt;
    case HtmlTag::frame:
    case HtmlTag::iframe:
      if (is("src")) return HtmlAttributeName::src;
      return std::nullopt;
    case HtmlTag::meta:
      if (is("content")) return HtmlAttributeName::content;
      if (is("http-equiv")) return HtmlAttributeName::http_equiv;
      if (is("name")) return HtmlAttributeName::name;
      return std::nullopt;
    case HtmlTag::input:
      if (is("type")) return HtmlAttributeName::type;
      return std::nullopt;
    case HtmlTag::annotation:
      if (is("encoding")) return HtmlAttributeName::encoding;
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

}  // namespace web
