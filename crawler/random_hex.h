// Names that nobody can guess. Any thread.
#pragma once

#include <random>
#include <string>

namespace crawler {

inline std::string random_hex(int digits) {
  std::random_device random;
  std::string text;
  while (static_cast<int>(text.size()) < digits) text += "0123456789abcdef"[random() % 16];
  return text;
}

}  // namespace crawler
