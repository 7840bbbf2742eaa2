#include "crawler/address_choice.h"

#include <gtest/gtest.h>

#include <string>

namespace crawler {
namespace {

std::vector<std::string> chosen(const std::vector<std::string>& resolved, const web::AddressPolicy& policy = {}) {
  std::vector<sockaddr_storage> addresses;
  for (const std::string& text : resolved) addresses.push_back(*web::parse_address(text, 80));
  std::vector<std::string> texts;
  for (const sockaddr_storage& address : choose_addresses(addresses, policy)) {
    texts.push_back(web::address_text(reinterpret_cast<const sockaddr*>(&address)));
  }
  return texts;
}

using Texts = std::vector<std::string>;

TEST(AddressChoice, WhatIsNotPermittedIsNotAmongThem) {
  EXPECT_EQ(chosen({"127.0.0.1", "[::1]", "10.0.0.1"}), Texts{});
  EXPECT_EQ(chosen({"127.0.0.1", "8.8.8.8", "[::1]"}), Texts{"8.8.8.8"});
  EXPECT_EQ(chosen({"127.0.0.1", "127.0.0.2", "[::1]"}, web::AddressPolicy({*web::Cidr::parse("127.0.0.2/32")})),
            Texts{"127.0.0.2"});
}

TEST(AddressChoice, TheFirstAndOneBesideItOfTheOtherFamilyIfThereIsOne) {
  const web::AddressPolicy loopback({*web::Cidr::parse("127.0.0.0/8"), *web::Cidr::parse("::1")});
  EXPECT_EQ(chosen({"127.0.0.3", "127.0.0.1", "127.0.0.2"}, loopback), (Texts{"127.0.0.3", "127.0.0.1"}));
  const Texts both = chosen({"127.0.0.3", "127.0.0.1", "[::1]"}, loopback);
  if (both.back() != "::1") GTEST_SKIP() << "no IPv6 here";
  EXPECT_EQ(both, (Texts{"127.0.0.3", "::1"}));
  EXPECT_EQ(chosen({"[::1]", "127.0.0.3", "127.0.0.1"}, loopback), (Texts{"::1", "127.0.0.3"}));
}

TEST(AddressChoice, TheOnlyOneIsTriedWhateverItsRoute) {
  EXPECT_EQ(chosen({"[2606:2800:220:1::1]"}), Texts{"2606:2800:220:1::1"});
}

}  // namespace
}  // namespace crawler
