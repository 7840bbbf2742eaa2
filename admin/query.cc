#include "admin/query.h"

#include <algorithm>

namespace admin {

namespace {

int hex_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size() && hex_of(text[i + 1]) >= 0 && hex_of(text[i + 2]) >= 0;
    if (escape) {
      out += static_cast<char>(16 * hex_of(text[i + 1]) + hex_of(text[i + 2]));
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

}  // namespace

QueryPairs query_of(std::string_view target) {
  QueryPairs pairs;
  const std::size_t mark = target.find('?');
  if (mark == std::string_view::npos) return pairs;
  target.remove_prefix(mark + 1);
  target = target.substr(0, target.find('#'));
  while (!target.empty()) {
    const std::size_t end = std::min(target.find('&'), target.size());
    const std::string_view pair = target.substr(0, end);
    target.remove_prefix(std::min(end + 1, target.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    pairs.emplace_back(decoded(pair.substr(0, equals)), decoded(pair.substr(std::min(equals + 1, pair.size()))));
  }
  return pairs;
}

}  // namespace admin
