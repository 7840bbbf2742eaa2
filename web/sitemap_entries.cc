#include "web/sitemap_entries.h"

#include <array>
#include <utility>

#include "web/html_ascii.h"

namespace web {
namespace {

constexpr std::array<std::string_view, 8> kInvisible = {
    "\xC2\xA0",      // no-break space
    "\xC2\x85",      // next line
    "\xE2\x80\xA8",  // line separator
    "\xE2\x80\xA9",  // paragraph separator
    "\xE2\x80\xAF",  // narrow no-break space
    "\xE2\x81\xA0",  // word joiner
    "\xE3\x80\x80",  // ideographic space
    "\xEF\xBB\xBF",  // byte order mark
};

// U+2000 to U+200B: the spaces of typesetting, the last without width.
bool is_typographic(std::string_view three) {
  return three.size() == 3 && three.starts_with("\xE2\x80") && static_cast<unsigned char>(three[2]) >= 0x80 &&
         static_cast<unsigned char>(three[2]) <= 0x8B;
}

// The length of the invisible character that `text` begins with, or ends with.
std::size_t invisible(std::string_view text, bool at_end) {
  if (text.size() >= 3 && is_typographic(at_end ? text.substr(text.size() - 3) : text.substr(0, 3))) return 3;
  for (const std::string_view one : kInvisible) {
    if (at_end ? text.ends_with(one) : text.starts_with(one)) return one.size();
  }
  return 0;
}

}  // namespace

std::string_view trim_unicode_space(std::string_view text) {
  for (;;) {
    text = trim_html_space(text);
    const std::size_t front = invisible(text, false);
    text.remove_prefix(front);
    const std::size_t back = invisible(text, true);
    text.remove_suffix(back);
    if (front == 0 && back == 0) return text;
  }
}

SitemapEntries::SitemapEntries(const Url& base, const SitemapLimits& limits)
    : base_(base), limits_(limits), most_(limits.entries), known_(16, Hash{&list_}, Same{&list_}) {}

bool SitemapEntries::add(std::string_view reference, const Url& base) {
  const std::string_view text = trim_unicode_space(reference);
  if (text.empty() || text.size() > limits_.field) return error_.empty();
  return take(parse(text, &base));
}

bool SitemapEntries::add_absolute(std::string_view url) {
  const std::string_view text = trim_unicode_space(url);
  if (text.size() > limits_.field) return error_.empty();
  auto parsed = parse(text, nullptr);
  return parsed ? take(std::move(parsed)) : error_.empty();
}

std::optional<Url> SitemapEntries::parse(std::string_view text, const Url* base) const {
  // Nobody means a file of that name.
  if (text.starts_with("www.")) return parse_url(base_.scheme + "://" + std::string(text));
  return parse_url(text, base);
}

bool SitemapEntries::take(std::optional<Url> url) {
  if (!error_.empty()) return false;
  if (++given_ > most_) {
    error_ = "more than " + std::to_string(most_) + " " + std::string(what_);
    return false;
  }
  if (!url) return true;
  url->fragment.reset();
  list_.push_back({url->href(), std::nullopt, std::nullopt});
  if (bytes_ + list_.back().url.size() > limits_.urls.n) {
    list_.pop_back();
    error_ = "its URLs are longer than " + std::to_string(limits_.urls.n) + " bytes together";
    return false;
  }
  if (!known_.insert(static_cast<std::uint32_t>(list_.size() - 1)).second) {
    list_.pop_back();
    return true;
  }
  bytes_ += list_.back().url.size();
  return true;
}

}  // namespace web
