// A resolver on a loop of its own, with fake time, and the name server it asks.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crawler/network.h"
#include "crawler/resolver.h"
#include "tests/crawler/test_loop.h"
#include "tests/crawler/tiny_dns.h"
#include "web/address.h"

namespace crawler::testing {

inline limiter::TimePoint fake_time;

inline std::vector<std::string> texts(const Resolved& resolved) {
  std::vector<std::string> all;
  for (const sockaddr_storage& address : resolved.addresses) {
    all.push_back(web::address_text(reinterpret_cast<const sockaddr*>(&address)));
  }
  return all;
}

class ResolverTest : public ::testing::Test {
 protected:
  ResolverTest() {
    fake_time = limiter::TimePoint(std::chrono::seconds(1000));
    options.timeout = std::chrono::seconds(10);
    options.now = [] { return fake_time; };
    options.network = &network;
    options.on_down = [this](bool down) { told_down.push_back(down); };
  }
  void TearDown() override {
    if (!resolver_) return;
    bool closed = false;
    resolver_->close([&] { closed = true; });
    EXPECT_TRUE(loop.run_until([&] { return closed; }));
  }

  void serve(std::map<std::string, TinyDns::Name> names) {
    dns.emplace(std::move(names));
    options.servers = {dns->address()};
  }
  Resolver& resolver() {
    if (!resolver_) resolver_ = std::make_unique<Resolver>(loop.get(), options);
    return *resolver_;
  }
  Resolved resolve(const std::string& host, std::uint16_t port = 80) {
    std::optional<Resolved> got;
    resolver().resolve(host, port, [&](const Resolved& resolved) { got = resolved; });
    EXPECT_TRUE(loop.run_until([&] { return got.has_value(); })) << host;
    return got.value_or(Resolved{});
  }

  TestLoop loop;
  Network network{std::nullopt};
  std::vector<bool> told_down;
  ResolverOptions options;
  std::optional<TinyDns> dns;

 private:
  std::unique_ptr<Resolver> resolver_;
};

}  // namespace crawler::testing
