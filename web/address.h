// Which addresses the crawler may connect to: global unicast ones, and what the operator lists.
// A plain value, const after construction; any thread.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace web {

struct Cidr {
  int family = AF_INET;
  in6_addr base{};  // IPv4 in the first four bytes
  int prefix = 0;

  static std::optional<Cidr> parse(std::string_view text);  // "127.0.0.0/8", "::1", "10.1.2.3"
  bool contains(const sockaddr* address) const;
};

// Public means global unicast by RFC 6890 and its successors; IPv4-mapped, NAT64 and 6to4 are judged by what they
// carry.
bool is_public_address(const sockaddr* address);
bool is_loopback_address(const sockaddr* address);

class AddressPolicy {
 public:
  AddressPolicy() = default;
  explicit AddressPolicy(std::vector<Cidr> allowed) : allowed_(std::move(allowed)) {}
  bool permits(const sockaddr* address) const;

 private:
  std::vector<Cidr> allowed_;
};

// "192.0.2.1" or "2001:db8::1", without port or brackets.
std::string address_text(const sockaddr* address);

// The address `host` spells as a literal ("127.0.0.1", "[::1]"), nothing for a name. The port is set in the result.
std::optional<sockaddr_storage> parse_address(std::string_view host, std::uint16_t port);

}  // namespace web
