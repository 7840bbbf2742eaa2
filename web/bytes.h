// Bytes: an amount of memory, body or file, so that no size travels as a bare integer.
// A plain value; any thread.
#pragma once

#include <compare>
#include <cstdint>

namespace web {

struct Bytes {
  std::uint64_t n = 0;

  friend constexpr auto operator<=>(Bytes, Bytes) = default;
  friend constexpr Bytes operator+(Bytes a, Bytes b) { return {a.n + b.n}; }
};

constexpr Bytes kib(std::uint64_t n) {
  return {n << 10};
}
constexpr Bytes mib(std::uint64_t n) {
  return {n << 20};
}
constexpr Bytes gib(std::uint64_t n) {
  return {n << 30};
}

}  // namespace web
