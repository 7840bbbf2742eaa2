#include "web/url_path.h"

#include <algorithm>

#include "web/charset.h"
#include "web/url_chars.h"

namespace web {
namespace {

// Takes one dot, spelled "." or "%2e", from the front of `segment`.
bool take_dot(std::string_view& segment) {
  if (segment.starts_with('.')) {
    segment.remove_prefix(1);
    return true;
  }
  if (segment.size() < 3 || segment[0] != '%' || segment[1] != '2' || ascii_lower(segment[2]) != 'e') return false;
  segment.remove_prefix(3);
  return true;
}

// 1 for ".", 2 for "..", else 0.
int dots_of(std::string_view segment) {
  if (!take_dot(segment)) return 0;
  if (segment.empty()) return 1;
  return take_dot(segment) && segment.empty() ? 2 : 0;
}

void append_segment(std::string& path, std::string_view segment, bool file) {
  const bool drive = file && path.empty() && is_drive_letter(segment);
  path += '/';
  append_encoded(path, segment, kPathSet);
  if (drive) path.back() = ':';
}

}  // namespace

void append_path(std::string& path, std::string_view text, bool file) {
  std::size_t from = 0;
  for (bool more = true; more;) {
    std::size_t end = from;
    while (end < text.size() && text[end] != '/' && text[end] != '\\') ++end;
    more = end < text.size();
    const std::string_view segment = text.substr(from, end - from);
    const int dots = dots_of(segment);
    if (dots == 2) shorten_path(path, file);
    if (dots == 0) {
      append_segment(path, segment, file);
    } else if (!more) {
      path += '/';
    }
    from = end + 1;
  }
}

void shorten_path(std::string& path, bool file) {
  if (file && path.size() == 3 && path[2] == ':' && is_drive_letter(std::string_view(path).substr(1))) return;
  const std::size_t slash = path.rfind('/');
  if (slash != std::string::npos) path.resize(slash);
}

bool is_drive_letter(std::string_view text) {
  return text.size() == 2 && is_ascii_alpha(text[0]) && (text[1] == ':' || text[1] == '|');
}

bool starts_with_drive_letter(std::string_view text) {
  return is_drive_letter(text.substr(0, 2)) &&
         (text.size() == 2 || std::string_view("/\\?#").find(text[2]) != std::string_view::npos);
}

std::string encoded_query(std::string_view text, std::string_view charset) {
  std::string query;
  query.reserve(text.size());
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (charset == "utf-8" || std::all_of(text.begin(), text.end(), is_ascii)) {
    append_encoded(query, text, kQuerySet);
    return query;
  }
  const std::string_view name = charset_from_label(charset);
  append_encoded(query, encode_query(text, name.empty() ? "utf-8" : name), kQuerySet);
  return query;
}

std::string encoded_fragment(std::string_view text) {
  std::string fragment;
  fragment.reserve(text.size());
  append_encoded(fragment, text, kFragmentSet);
  return fragment;
}

}  // namespace web
