#include "web/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace web {
namespace {

using Octets = std::array<unsigned char, 16>;

// An address without its socket: IPv4 in the first four octets, where it is one.
struct Plain {
  int family = AF_UNSPEC;
  Octets octets{};
};

Plain plain_of(const sockaddr* address) {
  Plain plain;
  if (address == nullptr) return plain;
  if (address->sa_family == AF_INET) {
    plain.family = AF_INET;
    std::memcpy(plain.octets.data(), &reinterpret_cast<const sockaddr_in*>(address)->sin_addr, 4);
  } else if (address->sa_family == AF_INET6) {
    plain.family = AF_INET6;
    std::memcpy(plain.octets.data(), &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr, 16);
  }
  return plain;
}

bool same_prefix(const unsigned char* a, const unsigned char* b, int bits) {
  const std::size_t whole = static_cast<std::size_t>(bits) / 8;
  if (!std::equal(a, a + whole, b)) return false;
  return bits % 8 == 0 || ((a[whole] ^ b[whole]) >> (8 - bits % 8)) == 0;
}

struct Block {
  Octets base;
  int prefix;
};

// IANA IPv4 Special-Purpose Address Registry (RFC 6890), multicast and the reserved class.
constexpr std::array kNotPublic4 = {
    Block{{0}, 8},              // this network
    Block{{10}, 8},             // private (RFC 1918)
    Block{{100, 64}, 10},       // shared by carriers (RFC 6598)
    Block{{127}, 8},            // loopback
    Block{{169, 254}, 16},      // link-local
    Block{{172, 16}, 12},       // private
    Block{{192, 0, 0}, 24},     // protocol assignments
    Block{{192, 0, 2}, 24},     // documentation
    Block{{192, 88, 99}, 24},   // 6to4 relays (RFC 7526)
    Block{{192, 168}, 16},      // private
    Block{{198, 18}, 15},       // benchmarks
    Block{{198, 51, 100}, 24},  // documentation
    Block{{203, 0, 113}, 24},   // documentation
    Block{{224}, 3},            // multicast, reserved, broadcast
};

constexpr Block kGlobalUnicast6 = {{0x20}, 3};  // RFC 4291 2.4: all that IANA gives out
// Within it, from the IPv6 registry.
constexpr std::array kNotPublic6 = {
    Block{{0x20, 0x01}, 23},              // protocol assignments: Teredo, ORCHID, benchmarks
    Block{{0x20, 0x01, 0x0d, 0xb8}, 32},  // documentation
    Block{{0x3f, 0xff}, 20},              // documentation (RFC 9637)
};

constexpr Block kMapped = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96};  // ::ffff:a.b.c.d (RFC 4291 2.5.5.2)
constexpr Block kNat64 = {{0, 0x64, 0xff, 0x9b}, 96};                        // 64:ff9b::a.b.c.d (RFC 6052)
constexpr Block k6to4 = {{0x20, 0x02}, 16};                                  // 2002:AABB:CCDD:: (RFC 3056)

bool in(const Plain& address, const Block& block) {
  return same_prefix(address.octets.data(), block.base.data(), block.prefix);
}

Plain carried(const Plain& address, int offset) {
  Plain v4{AF_INET, {}};
  std::copy_n(address.octets.begin() + offset, 4, v4.octets.begin());
  return v4;
}

// The same host, where an IPv6 socket writes an IPv4 address.
Plain unmapped(const Plain& address) {
  return address.family == AF_INET6 && in(address, kMapped) ? carried(address, 12) : address;
}

bool is_public(const Plain& address) {
  const auto holds = [&address](const Block& block) { return in(address, block); };
  if (address.family == AF_INET) return std::none_of(kNotPublic4.begin(), kNotPublic4.end(), holds);
  if (address.family != AF_INET6) return false;
  if (in(address, kMapped) || in(address, kNat64)) return is_public(carried(address, 12));
  if (in(address, k6to4)) return is_public(carried(address, 2));
  return in(address, kGlobalUnicast6) && std::none_of(kNotPublic6.begin(), kNotPublic6.end(), holds);
}

}  // namespace

std::optional<Cidr> Cidr::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string host(text.substr(0, slash));
  Cidr cidr;
  if (inet_pton(AF_INET, host.c_str(), &cidr.base) == 1) {
    cidr.family = AF_INET;
    cidr.prefix = 32;
  } else if (inet_pton(AF_INET6, host.c_str(), &cidr.base) == 1) {
    cidr.family = AF_INET6;
    cidr.prefix = 128;
  } else {
    return std::nullopt;
  }
  if (host.find('\0') != std::string::npos) return std::nullopt;
  if (slash == std::string_view::npos) return cidr;
  const std::string_view length = text.substr(slash + 1);
  int prefix = -1;
  const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), prefix);
  if (error != std::errc() || end != length.data() + length.size() || prefix < 0 || prefix > cidr.prefix) {
    return std::nullopt;
  }
  cidr.prefix = prefix;
  return cidr;
}

bool Cidr::contains(const sockaddr* address) const {
  const Plain given = plain_of(address);
  const Plain plain = family == AF_INET ? unmapped(given) : given;
  return plain.family == family && same_prefix(plain.octets.data(), base.s6_addr, prefix);
}

bool is_public_address(const sockaddr* address) {
  return is_public(plain_of(address));
}

bool is_loopback_address(const sockaddr* address) {
  const Plain plain = unmapped(plain_of(address));
  if (plain.family == AF_INET) return plain.octets[0] == 127;
  constexpr Octets kLoopback = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  return plain.family == AF_INET6 && plain.octets == kLoopback;
}

bool AddressPolicy::permits(const sockaddr* address) const {
  if (is_public_address(address)) return true;
  return std::any_of(allowed_.begin(), allowed_.end(), [address](const Cidr& cidr) { return cidr.contains(address); });
}

std::string address_text(const sockaddr* address) {
  const Plain plain = plain_of(address);
  char text[INET6_ADDRSTRLEN] = "";
  if (plain.family == AF_UNSPEC || inet_ntop(plain.family, plain.octets.data(), text, sizeof text) == nullptr)
    return "";
  return text;
}

std::optional<sockaddr_storage> parse_address(std::string_view host, std::uint16_t port) {
  sockaddr_storage storage{};
  const bool bracketed = host.size() > 2 && host.starts_with('[') && host.ends_with(']');
  const std::string text(bracketed ? host.substr(1, host.size() - 2) : host);
  if (text.find('\0') != std::string::npos) return std::nullopt;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&storage);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&storage);
  if (!bracketed && inet_pton(AF_INET, text.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    return storage;
  }
  if (inet_pton(AF_INET6, text.c_str(), &v6->sin6_addr) != 1) return std::nullopt;
  v6->sin6_family = AF_INET6;
  v6->sin6_port = htons(port);
  return storage;
}

}  // namespace web
