#include "crawler/name_channel_answer.h"

#include <ares.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

namespace crawler {
namespace {

constexpr std::size_t kMaxAddresses = 4;  // kept of each family

NameAnswer failure_of(int status) {
  switch (status) {
    case ARES_ENOTFOUND:
      return {{}, "no such name", false};
    case ARES_ENODATA:
      return {{}, "the name has no address", false};
    case ARES_EBADNAME:
      return {{}, "not a name that can be looked up", false};
    default:
      return {{}, std::string("no answer from the name servers: ") + ares_strerror(status), true};
  }
}

void take_addresses(const ares_addrinfo& info, int family, std::vector<IpAddress>& into) {
  std::size_t taken = 0;
  for (const ares_addrinfo_node* node = info.nodes; node != nullptr && taken < kMaxAddresses; node = node->ai_next) {
    if (node->ai_family != family) continue;
    IpAddress address;
    address.family = static_cast<sa_family_t>(family);
    if (family == AF_INET) {
      std::memcpy(&address.bytes, &reinterpret_cast<const sockaddr_in*>(node->ai_addr)->sin_addr, sizeof(in_addr));
    } else {
      address.bytes = reinterpret_cast<const sockaddr_in6*>(node->ai_addr)->sin6_addr;
    }
    into.push_back(address);
    ++taken;
  }
}

}  // namespace

NameAnswer read_answer(int status, const ares_addrinfo* info) {
  if (status != ARES_SUCCESS || info == nullptr) return failure_of(status);
  NameAnswer answer;
  take_addresses(*info, AF_INET, answer.addresses);
  take_addresses(*info, AF_INET6, answer.addresses);
  return answer.addresses.empty() ? failure_of(ARES_ENODATA) : answer;
}

std::chrono::seconds ttl_of(const ares_addrinfo& info) {
  int ttl = info.nodes != nullptr ? info.nodes->ai_ttl : 0;
  for (const ares_addrinfo_node* node = info.nodes; node != nullptr; node = node->ai_next)
    ttl = std::min(ttl, node->ai_ttl);
  for (const ares_addrinfo_cname* name = info.cnames; name != nullptr; name = name->next)
    ttl = std::min(ttl, name->ttl);
  return std::chrono::seconds(ttl);
}

bool is_localhost(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  return host == "localhost" || host.ends_with(".localhost");
}

const NameAnswer& loopback() {
  static const NameAnswer answer = [] {
    IpAddress v4, v6{AF_INET6, in6addr_loopback};
    const in_addr one = {htonl(INADDR_LOOPBACK)};
    std::memcpy(&v4.bytes, &one, sizeof one);
    return NameAnswer{{v4, v6}, "", false};
  }();
  return answer;
}

}  // namespace crawler
