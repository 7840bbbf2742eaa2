// Which addresses may be connected to (RFC 6890 and its successors).
#include "web/address.h"

#include <gtest/gtest.h>

#include <string>

namespace web {
namespace {

sockaddr_storage address(std::string_view text) {
  const std::optional<sockaddr_storage> parsed = parse_address(text, 80);
  EXPECT_TRUE(parsed) << text;
  return parsed.value_or(sockaddr_storage{});
}
const sockaddr* raw(const sockaddr_storage& storage) {
  return reinterpret_cast<const sockaddr*>(&storage);
}
bool is_public(std::string_view text) {
  return is_public_address(raw(address(text)));
}

TEST(Address, GlobalUnicastIsPublic) {
  for (const char* text : {"1.1.1.1", "93.184.216.34", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
                           "172.15.255.255", "172.32.0.0", "192.0.1.1", "198.17.255.255", "198.20.0.0",
                           "223.255.255.255", "2606:4700::1111", "2001:200::1", "2a00::1", "3ffe::1"}) {
    EXPECT_TRUE(is_public(text)) << text;
  }
}

TEST(Address, SpecialPurposeBlocksAreNot) {
  for (const char* text : {"0.0.0.0",
                           "0.255.255.255",
                           "10.0.0.1",
                           "100.64.0.1",
                           "100.127.255.255",
                           "127.0.0.1",
                           "127.255.255.255",
                           "169.254.169.254",
                           "172.16.0.1",
                           "172.31.255.255",
                           "192.0.0.8",
                           "192.0.2.1",
                           "192.88.99.1",
                           "192.168.1.1",
                           "198.18.0.1",
                           "198.19.255.255",
                           "198.51.100.1",
                           "203.0.113.1",
                           "224.0.0.1",
                           "239.255.255.255",
                           "240.0.0.1",
                           "255.255.255.255",
                           "::",
                           "::1",
                           "fe80::1",
                           "fec0::1",
                           "fc00::1",
                           "fd12::1",
                           "ff02::1",
                           "100::1",
                           "2001::1",
                           "2001:2::1",
                           "2001:10::1",
                           "2001:db8::1",
                           "3fff::1",
                           "5f00::1",
                           "64:ff9b:1::1",
                           "::8.8.8.8",
                           "4000::1"}) {
    EXPECT_FALSE(is_public(text)) << text;
  }
}

TEST(Address, WhatCarriesAnIpv4AddressIsJudgedByIt) {
  EXPECT_TRUE(is_public("::ffff:1.1.1.1"));
  EXPECT_FALSE(is_public("::ffff:127.0.0.1"));
  EXPECT_FALSE(is_public("::ffff:169.254.169.254"));
  EXPECT_TRUE(is_public("64:ff9b::1.1.1.1"));
  EXPECT_FALSE(is_public("64:ff9b::10.0.0.1"));
  EXPECT_TRUE(is_public("2002:0101:0101::1"));
  EXPECT_FALSE(is_public("2002:c0a8:0101::1"));
}

TEST(Address, OtherFamiliesAreNeverPublic) {
  sockaddr_storage unix_socket{};
  unix_socket.ss_family = AF_UNIX;
  EXPECT_FALSE(is_public_address(raw(unix_socket)));
  EXPECT_FALSE(is_public_address(nullptr));
  EXPECT_EQ(address_text(raw(unix_socket)), "");
}

TEST(Address, LoopbackIsKnownInEveryForm) {
  for (const char* text : {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_TRUE(is_loopback_address(raw(address(text)))) << text;
  }
  for (const char* text : {"126.0.0.1", "::2", "::ffff:10.0.0.1", "::"}) {
    EXPECT_FALSE(is_loopback_address(raw(address(text)))) << text;
  }
}

TEST(Cidr, HoldsItsBlock) {
  const auto holds = [](std::string_view block, std::string_view text) {
    return Cidr::parse(block)->contains(raw(address(text)));
  };
  EXPECT_TRUE(holds("127.0.0.0/8", "127.1.2.3"));
  EXPECT_FALSE(holds("127.0.0.0/8", "128.0.0.1"));
  EXPECT_TRUE(holds("10.1.2.3", "10.1.2.3"));
  EXPECT_FALSE(holds("10.1.2.3", "10.1.2.4"));
  EXPECT_TRUE(holds("10.1.2.3/9", "10.127.0.1"));
  EXPECT_FALSE(holds("10.1.2.3/9", "10.128.0.1"));
  EXPECT_TRUE(holds("0.0.0.0/0", "9.9.9.9"));
  EXPECT_TRUE(holds("fd00::/8", "fdff::1"));
  EXPECT_FALSE(holds("fd00::/8", "fc00::1"));
  EXPECT_FALSE(holds("::/0", "1.2.3.4"));
  EXPECT_FALSE(holds("0.0.0.0/0", "::1"));
}

TEST(Cidr, AMappedAddressIsHeldByItsIpv4Block) {
  EXPECT_TRUE(Cidr::parse("127.0.0.0/8")->contains(raw(address("::ffff:127.0.0.1"))));
}

TEST(Cidr, WhatIsNoBlockIsRefused) {
  for (const char* text : {"", "localhost", "127.0.0.0/33", "::/129", "127.0.0.0/", "127.0.0.0/8x", "127.0.0.0/-1",
                           "127.0.0/8", "[::1]/8", "1.2.3.4/8/8", "1.2.3.4/ 8"}) {
    EXPECT_FALSE(Cidr::parse(text)) << text;
  }
}

TEST(AddressPolicy, PermitsPublicAddressesAndWhatIsListed) {
  const AddressPolicy strict;
  EXPECT_TRUE(strict.permits(raw(address("1.1.1.1"))));
  EXPECT_FALSE(strict.permits(raw(address("127.0.0.1"))));
  const AddressPolicy lenient({*Cidr::parse("127.0.0.0/8"), *Cidr::parse("::1")});
  EXPECT_TRUE(lenient.permits(raw(address("127.0.0.1"))));
  EXPECT_TRUE(lenient.permits(raw(address("::1"))));
  EXPECT_FALSE(lenient.permits(raw(address("10.0.0.1"))));
}

TEST(ParseAddress, LiteralsOnly) {
  EXPECT_EQ(address_text(raw(address("127.0.0.1"))), "127.0.0.1");
  EXPECT_EQ(address_text(raw(address("[2001:DB8::1]"))), "2001:db8::1");
  EXPECT_EQ(address_text(raw(address("2001:db8::1"))), "2001:db8::1");
  for (const char* text : {"", "localhost", "127.1", "[127.0.0.1]", "[::1", "::1]", "1.2.3.4.", "[]"}) {
    EXPECT_FALSE(parse_address(text, 80)) << text;
  }
}

TEST(ParseAddress, ThePortIsSet) {
  const sockaddr_storage v4 = address("127.0.0.1"), v6 = address("[::1]");
  EXPECT_EQ(ntohs(reinterpret_cast<const sockaddr_in&>(v4).sin_port), 80);
  EXPECT_EQ(ntohs(reinterpret_cast<const sockaddr_in6&>(v6).sin6_port), 80);
}

}  // namespace
}  // namespace web
