#include "storage/uuid.h"

#include <sys/random.h>

#include <cassert>
#include <cstdlib>
#include <utility>

namespace storage {

void system_random(std::span<std::byte> out) {
  while (!out.empty()) {
    const ssize_t n = getrandom(out.data(), out.size(), 0);
    if (n <= 0) {
      if (n < 0 && errno == EINTR) continue;
      std::abort();  // a kernel without randomness: no id may be made up
    }
    out = out.subspan(static_cast<std::size_t>(n));
  }
}

std::string lower_hex(std::span<const std::byte> bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::byte b : bytes) {
    text.push_back(kDigits[std::to_integer<unsigned>(b) >> 4]);
    text.push_back(kDigits[std::to_integer<unsigned>(b) & 15]);
  }
  return text;
}

UuidSource::UuidSource(RandomBytes random) : random_(std::move(random)), used_(pool_.size()) {
  assert(random_);
}

std::string UuidSource::urn() {
  constexpr std::size_t kBytes = 16;
  if (pool_.size() - used_ < kBytes) {
    random_(pool_);
    used_ = 0;
  }
  const std::span<std::byte> id = std::span(pool_).subspan(used_, kBytes);
  used_ += kBytes;
  id[6] = (id[6] & std::byte{0x0f}) | std::byte{0x40};
  id[8] = (id[8] & std::byte{0x3f}) | std::byte{0x80};
  const std::string hex = lower_hex(id);
  std::string urn = "<urn:uuid:";
  urn.append(hex, 0, 8).append("-").append(hex, 8, 4).append("-").append(hex, 12, 4).append("-");
  urn.append(hex, 16, 4).append("-").append(hex, 20, 12).append(">");
  return urn;
}

}  // namespace storage
