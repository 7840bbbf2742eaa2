#include "frontier/keys.h"

#include <xxhash.h>

#include <bit>

namespace frontier {

int partition_of(std::string_view host_key) {
  return static_cast<int>(XXH3_64bits(host_key.data(), host_key.size()) % kPartitions);
}

std::uint64_t url_id(std::string_view identity, std::uint64_t hash_key) {
  return XXH3_64bits_withSeed(identity.data(), identity.size(), hash_key) >> 1;
}

std::string digest(std::string_view bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  std::string hex(32, '0');
  for (std::size_t i = 0; i < hex.size(); ++i) {
    const std::uint64_t half = i < 16 ? hash.high64 : hash.low64;
    hex[i] = "0123456789abcdef"[half >> (60 - 4 * (i % 16)) & 15];
  }
  return hex;
}

std::uint32_t bucket_of(std::uint64_t id, std::uint32_t buckets) {
  const std::uint32_t low = std::bit_floor(buckets);
  const auto bucket = static_cast<std::uint32_t>(id & (low - 1));
  return bucket < buckets - low ? static_cast<std::uint32_t>(id & (2 * low - 1)) : bucket;
}

std::uint32_t split_source(std::uint32_t buckets) {
  return buckets - std::bit_floor(buckets);
}

std::string Keys::of(int partition, std::string_view name) const {
  const char digits[] = {static_cast<char>('0' + partition / 100), static_cast<char>('0' + partition / 10 % 10),
                         static_cast<char>('0' + partition % 10)};
  std::string key;
  key.reserve(ns_.size() + name.size() + 8);
  key.append(ns_).append(":{p").append(digits, 3).append("}:").append(name);
  return key;
}

std::string Keys::queue(int partition, std::string_view host, Priority priority) const {
  const std::string_view name = priority == Priority::high ? "q-high:" : priority == Priority::low ? "q-low:" : "q:";
  return of(partition, std::string(name).append(host));
}

std::string Keys::cold(int partition, std::string_view host, std::string_view queue_class) const {
  return of(partition, std::string("cold:").append(queue_class).append(":").append(host));
}

std::string Keys::seen(int partition, std::uint32_t bucket) const {
  return of(partition, "seen:" + std::to_string(bucket));
}

std::string Keys::out(int partition, std::uint32_t bucket) const {
  return of(partition, "out:" + std::to_string(bucket));
}

std::string Keys::address(std::string_view ip) const {
  return ns_ + ":{" + std::string(ip) + "}:gate";
}

}  // namespace frontier
