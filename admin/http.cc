#include "admin/http.h"

#include <algorithm>

namespace admin {

namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

bool same_letter(char a, char b) {
  return lower(a) == lower(b);
}

}  // namespace

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), same_letter);
}

std::string_view Request::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (same_word(key, name)) return value;
  }
  return {};
}

std::size_t Request::count(std::string_view name) const {
  return static_cast<std::size_t>(
      std::count_if(headers.begin(), headers.end(), [&](const auto& field) { return same_word(field.first, name); }));
}

bool wants_html(const Request& request) {
  constexpr std::string_view kHtml = "text/html";
  const std::string_view accept = request.header("Accept");
  return std::search(accept.begin(), accept.end(), kHtml.begin(), kHtml.end(), same_letter) != accept.end();
}

}  // namespace admin
