// What is known of host names for a while: their addresses, or that they have none. Bounded, least recently used goes.
// Takes the time as an argument. Lives on its worker's loop thread; owned by the resolver.
#pragma once

#include <netinet/in.h>

#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "limiter/time.h"

namespace crawler {

struct IpAddress {
  sa_family_t family = AF_INET;
  in6_addr bytes{};  // IPv4 in the first four

  sockaddr_storage with_port(std::uint16_t port) const;
};

struct NameAnswer {
  std::vector<IpAddress> addresses;  // IPv4 first
  std::string error;
  bool temporary = false;
};

class ResolverCache {
 public:
  explicit ResolverCache(std::size_t entries) : entries_(entries) {}

  const NameAnswer* find(std::string_view host, limiter::TimePoint now);  // good until the next call of any method
  void put(const std::string& host, NameAnswer answer, limiter::TimePoint expires);
  // Moves that address of the host, where it is known, before or behind the others.
  void move(std::string_view host, std::string_view address, bool to_front);
  std::size_t size() const { return by_host_.size(); }

 private:
  struct Entry {
    std::string host;
    NameAnswer answer;
    limiter::TimePoint expires;
  };
  using Entries = std::list<Entry>;

  void erase(Entries::iterator entry);

  std::size_t entries_;
  Entries by_use_;                                                   // the latest in front
  std::unordered_map<std::string_view, Entries::iterator> by_host_;  // its keys are the entries' own strings
};

}  // namespace crawler
