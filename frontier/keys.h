// Where things lie in Redis: partitions, ids and key names (docs/redis-keys.md).
// Plain values; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "frontier/priority.h"

namespace frontier {

inline constexpr int kPartitions = 256;

// The partition of a politeness key.
int partition_of(std::string_view host_key);

// A URL's 63-bit keyed hash, as the seen set holds it. The key keeps outsiders from making collisions.
std::uint64_t url_id(std::string_view identity, std::uint64_t hash_key);

// 128 bits that tell `bytes` apart from any other that are not made to collide, as 32 hex digits.
std::string digest(std::string_view bytes);

// The bucket of `id` among `buckets` (linear hashing), and the one the next split divides.
std::uint32_t bucket_of(std::uint64_t id, std::uint32_t buckets);
std::uint32_t split_source(std::uint32_t buckets);

class Keys {
 public:
  explicit Keys(std::string ns) : ns_(std::move(ns)) {}

  std::string of(int partition, std::string_view name) const;  // "NS:{p017}:counts"
  std::string queue(int partition, std::string_view host, Priority priority) const;
  std::string cold(int partition, std::string_view host, std::string_view queue_class) const;  // its packed blocks
  std::string seen(int partition, std::uint32_t bucket) const;
  std::string out(int partition, std::uint32_t bucket) const;

  std::string address(std::string_view ip) const;  // "NS:{192.0.2.1}:gate"

  std::string jobs() const { return ns_ + ":jobs"; }
  std::string meta() const { return ns_ + ":meta"; }
  std::string daemons() const { return ns_ + ":daemons"; }
  std::string seeds() const { return ns_ + ":seeds"; }
  std::string taking() const { return "{" + ns_ + ":seeds}:taking"; }  // in the slot of the inbox
  std::string batch() const { return "{" + ns_ + ":seeds}:batch"; }
  std::string rejected() const { return ns_ + ":seeds:rejected"; }
  std::string offered() const { return "{" + ns_ + ":seeds}:offered"; }        // in the slot of the inbox
  std::string listed() const { return "{" + ns_ + ":seeds:rejected}:batch"; }  // in that of the rejected ones
  std::string intake() const { return ns_ + ":intake"; }
  std::string unblocked() const { return ns_ + ":unblocked"; }
  std::string received() const { return ns_ + ":received"; }
  std::string status() const { return ns_ + ":status"; }
  std::string events() const { return ns_ + ":events"; }
  const std::string& ns() const { return ns_; }

 private:
  std::string ns_;
};

}  // namespace frontier
