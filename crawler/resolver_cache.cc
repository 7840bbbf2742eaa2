#include "crawler/resolver_cache.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "web/address.h"

namespace crawler {

sockaddr_storage IpAddress::with_port(std::uint16_t port) const {
  sockaddr_storage storage{};
  if (family == AF_INET6) {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    v6.sin6_addr = bytes;
    std::memcpy(&storage, &v6, sizeof v6);
  } else {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&v4.sin_addr, &bytes, sizeof v4.sin_addr);
    std::memcpy(&storage, &v4, sizeof v4);
  }
  return storage;
}

const NameAnswer* ResolverCache::find(std::string_view host, limiter::TimePoint now) {
  const auto found = by_host_.find(host);
  if (found == by_host_.end()) return nullptr;
  if (found->second->expires <= now) {
    erase(found->second);
    return nullptr;
  }
  by_use_.splice(by_use_.begin(), by_use_, found->second);
  return &found->second->answer;
}

void ResolverCache::put(const std::string& host, NameAnswer answer, limiter::TimePoint expires) {
  if (const auto found = by_host_.find(host); found != by_host_.end()) erase(found->second);
  by_use_.push_front({host, std::move(answer), expires});
  by_host_.emplace(by_use_.front().host, by_use_.begin());
  if (by_host_.size() > entries_) erase(std::prev(by_use_.end()));
}

void ResolverCache::move(std::string_view host, std::string_view address, bool to_front) {
  const auto found = by_host_.find(host);
  if (found == by_host_.end()) return;
  std::vector<IpAddress>& all = found->second->answer.addresses;
  if (all.size() < 2) return;
  const auto one = std::find_if(all.begin(), all.end(), [address](const IpAddress& ip) {
    const sockaddr_storage storage = ip.with_port(0);
    return web::address_text(reinterpret_cast<const sockaddr*>(&storage)) == address;
  });
  if (one == all.end()) return;
  if (to_front)
    std::rotate(all.begin(), one, one + 1);
  else
    std::rotate(one, one + 1, all.end());
}

void ResolverCache::erase(Entries::iterator entry) {
  by_host_.erase(entry->host);
  by_use_.erase(entry);
}

}  // namespace crawler
