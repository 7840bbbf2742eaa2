// Random identifiers: the UUIDs that name WARC records, and the ids made from plain random bytes.
// One thread per UuidSource; owned by who makes it.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <span>
#include <string>

namespace storage {

// Fills a buffer with random bytes. Tests pass their own.
using RandomBytes = std::function<void(std::span<std::byte>)>;

void system_random(std::span<std::byte> out);  // getrandom(2)

std::string lower_hex(std::span<const std::byte> bytes);

class UuidSource {
 public:
  explicit UuidSource(RandomBytes random);
  std::string urn();  // "<urn:uuid:01234567-89ab-4def-8123-456789abcdef>", version 4 (RFC 9562 5.4)

 private:
  RandomBytes random_;
  std::array<std::byte, 1024> pool_;  // one system call serves many ids
  std::size_t used_;
};

}  // namespace storage
