#include "crawler/address_choice.h"

#include <errno.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>

namespace crawler {
namespace {

// Addresses for documentation (RFC 5737, RFC 3849): whoever has a default route has one to them.
constexpr std::array<std::string_view, 2> kAnywhere = {"192.0.2.1", "[2001:db8::1]"};

// A connected datagram socket has sent nothing, but needs a route.
bool is_routable(const sockaddr_storage& address) {
  const int fd = socket(address.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return errno != EAFNOSUPPORT;
  sockaddr_storage to = address;
  const bool routable = connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0 ||
                        (errno != ENETUNREACH && errno != ENETDOWN && errno != EADDRNOTAVAIL);
  close(fd);
  return routable;
}

}  // namespace

std::vector<sockaddr_storage> choose_addresses(const std::vector<sockaddr_storage>& resolved,
                                               const web::AddressPolicy& policy) {
  std::vector<sockaddr_storage> chosen;
  std::copy_if(resolved.begin(), resolved.end(), std::back_inserter(chosen),
               [&policy](const auto& address) { return policy.permits(reinterpret_cast<const sockaddr*>(&address)); });
  if (chosen.size() < 2) return chosen;
  const auto other = std::find_if(chosen.begin() + 1, chosen.end(), [&chosen](const sockaddr_storage& address) {
    return address.ss_family != chosen.front().ss_family;
  });
  if (other != chosen.end()) {
    const bool first = is_routable(chosen.front()), second = is_routable(*other);
    const sa_family_t without = first ? other->ss_family : chosen.front().ss_family;
    std::iter_swap(chosen.begin() + 1, other);
    if (first != second) {
      std::erase_if(chosen, [without](const sockaddr_storage& address) { return address.ss_family == without; });
    }
  }
  if (chosen.size() > 2) chosen.resize(2);
  return chosen;
}

bool has_route() {
  return std::any_of(kAnywhere.begin(), kAnywhere.end(),
                     [](std::string_view text) { return is_routable(*web::parse_address(text, 53)); });
}

}  // namespace crawler
