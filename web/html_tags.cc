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
    Named{HtmlTag::audio, "audio"},
    Named{HtmlTag::base, "base"},
    Named{HtmlTag::body, "body"},
    Named{HtmlTag::embed, "embed"},
    Named{HtmlTag::form, "form"},
    Named{HtmlTag::frame, "frame"},
    Named{HtmlTag::iframe, "iframe"},
    Named{HtmlTag::image, "image"},
    Named{HtmlTag::img, "img"},
    Named{HtmlTag::input, "input"},
    Named{HtmlTag::link, "link"},
    Named{HtmlTag::math, "math"},
    Named{HtmlTag::meta, "meta"},
    Named{HtmlTag::noembed, "noembed"},
    Named{HtmlTag::noframes, "noframes"},
    Named{HtmlTag::object, "object"},
    Named{HtmlTag::script, "script"},
    Named{HtmlTag::source, "source"},
    Named{HtmlTag::style, "style"},
    Named{HtmlTag::svg, "svg"},
    Named{HtmlTag::table, "table"},
    Named{HtmlTag::table_part, "tbody td tfoot th thead tr"},
    Named{HtmlTag::template_tag, "template"},
    Named{HtmlTag::textarea, "textarea"},
    Named{HtmlTag::title, "title"},
    Named{HtmlTag::track, "track"},
    Named{HtmlTag::use, "use"},
    Named{HtmlTag::video, "video"},
    Named{HtmlTag::xmp, "xmp"},
    Named{HtmlTag::void_tag, "basefont bgsound col keygen param wbr"},
    Named{HtmlTag::svg_html, "desc"},
    Named{HtmlTag::math_html, "mi mn mo ms mtext"},
    Named{HtmlTag::phrase,
          "b big br center code dd div dl dt em h1 h2 h3 h4 h5 h6 i li menu nobr ol p pre ruby s small span strike "
          "strong sub sup tt u ul var"},
    Named{HtmlTag::section,
          "abbr address article aside bdi bdo cite data del details dfn figure footer header hgroup ins kbd label main "
          "mark nav q samp section summary time"},
    Named{HtmlTag::block, "head hr listing"},
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
  if (equals_ignoring_case(name, "foreignobject")) return HtmlTag::svg_html;
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
    case HtmlTag::embed:
    case HtmlTag::frame:
    case HtmlTag::img:
    case HtmlTag::input:
    case HtmlTag::link:
    case HtmlTag::meta:
    case HtmlTag::source:
    case HtmlTag::track:
    case HtmlTag::void_tag:
      return true;
    default:
      return false;
  }
}

bool is_of_svg(HtmlTag tag) {
  return tag == HtmlTag::a || tag == HtmlTag::image || tag == HtmlTag::use;
}

bool ends_foreign_content(HtmlTag tag) {
  switch (tag) {
    case HtmlTag::block:
    case HtmlTag::body:
    case HtmlTag::embed:
    case HtmlTag::img:
    case HtmlTag::meta:
    case HtmlTag::phrase:
    case HtmlTag::table:
      return true;
    default:
      return false;
  }
}

namespace {

using Name = HtmlAttributeName;

std::optional<Name> link_attribute(HtmlTag tag, std::string_view name) {
  const auto is = [name](std::string_view wanted) { return equals_ignoring_case(name, wanted); };
  switch (tag) {
    case HtmlTag::a:
    case HtmlTag::area:
    case HtmlTag::link:
      if (is("href")) return Name::href;
      if (is("rel")) return Name::rel;
      if (tag == HtmlTag::a && is("xlink:href")) return Name::xlink_href;
      return std::nullopt;
    case HtmlTag::base:
      if (is("href")) return Name::href;
      return std::nullopt;
    case HtmlTag::frame:
    case HtmlTag::iframe:
      if (is("src")) return Name::src;
      return std::nullopt;
    case HtmlTag::meta:
      if (is("content")) return Name::content;
      if (is("http-equiv")) return Name::http_equiv;
      if (is("name")) return Name::name;
      return std::nullopt;
    case HtmlTag::input:
      if (is("type")) return Name::type;
      return std::nullopt;
    case HtmlTag::annotation:
      if (is("encoding")) return Name::encoding;
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

// Whether a style of its own could matter.
bool is_shown(HtmlTag tag) {
  switch (tag) {
    case HtmlTag::base:
    case HtmlTag::link:
    case HtmlTag::meta:
    case HtmlTag::script:
    case HtmlTag::style:
    case HtmlTag::template_tag:
    case HtmlTag::title:
      return false;
    default:
      return true;
  }
}

std::optional<Name> requisite_attribute(HtmlTag tag, std::string_view name) {
  const auto is = [name](std::string_view wanted) { return equals_ignoring_case(name, wanted); };
  if (is("style")) return is_shown(tag) ? std::optional(Name::style) : std::nullopt;
  switch (tag) {
    case HtmlTag::image:
    case HtmlTag::use:
      if (is("href")) return Name::href;
      if (is("xlink:href")) return Name::xlink_href;
      [[fallthrough]];
    case HtmlTag::img:
    case HtmlTag::source:
      if (is("src")) return Name::src;
      if (is("srcset")) return Name::srcset;
      return std::nullopt;
    case HtmlTag::audio:
    case HtmlTag::embed:
    case HtmlTag::input:
    case HtmlTag::script:
    case HtmlTag::track:
    case HtmlTag::video:
      if (is("src")) return Name::src;
      if (tag == HtmlTag::video && is("poster")) return Name::poster;
      return std::nullopt;
    case HtmlTag::body:
    case HtmlTag::table:
    case HtmlTag::table_part:
      if (is("background")) return Name::background;
      return std::nullopt;
    case HtmlTag::link:
      if (is("imagesrcset")) return Name::imagesrcset;
      return std::nullopt;
    case HtmlTag::object:
      if (is("data")) return Name::data;
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

std::optional<Name> form_attribute(std::string_view name) {
  if (equals_ignoring_case(name, "action")) return Name::action;
  if (equals_ignoring_case(name, "method")) return Name::method;
  if (equals_ignoring_case(name, "rel")) return Name::rel;
  return std::nullopt;
}

}  // namespace

std::optional<Name> html_attribute(HtmlTag tag, std::string_view name, const HtmlWants& wants) {
  if (const auto found = link_attribute(tag, name)) return found;
  if (wants.requisites) {
    if (const auto found = requisite_attribute(tag, name)) return found;
  }
  if (wants.forms && tag == HtmlTag::form) return form_attribute(name);
  return std::nullopt;
}

}  // namespace web
