#include "web/pieces.h"

#include <cstring>

namespace web {

bool pieces_match(std::string_view pattern, std::string_view text, bool whole) {
  std::size_t star = pattern.find('*');
  const std::string_view head = pattern.substr(0, star);
  if (!text.starts_with(head)) return false;
  text.remove_prefix(head.size());
  if (star == std::string_view::npos) return !whole || text.empty();
  for (;;) {
    pattern.remove_prefix(star + 1);
    star = pattern.find('*');
    const std::string_view piece = pattern.substr(0, star);
    if (star == std::string_view::npos && whole) return text.ends_with(piece);
    if (!piece.empty()) {
      // memmem needs no more than a few steps per octet of `text`; std::string_view::find may need |piece| of them.
      const void* at = memmem(text.data(), text.size(), piece.data(), piece.size());
      if (at == nullptr) return false;
      text.remove_prefix(static_cast<std::size_t>(static_cast<const char*>(at) - text.data()) + piece.size());
    }
    if (star == std::string_view::npos) return true;
  }
}

}  // namespace web
