#include "web/glob.h"

#include "web/pieces.h"

namespace web {

bool glob_match(std::string_view pattern, std::string_view text) {
  return pieces_match(pattern, text, true);
}

}  // namespace web
