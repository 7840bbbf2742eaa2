// What every test of the fetcher needs: a loop, permits, and a fetcher that may talk to 127.0.0.0/8.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crawler/boot_clock.h"
#include "crawler/fetcher.h"
#include "tests/crawler/test_loop.h"
#include "tests/crawler/tiny_server.h"

namespace crawler::testing {

class FetcherTest : public ::testing::Test {
 protected:
  static web::AddressPolicy loopback_allowed() { return web::AddressPolicy({*web::Cidr::parse("127.0.0.0/8")}); }

  FetcherTest() {
    options.user_agent = "decorum/test (+https://example.org/bot)";
    options.timeout = options.connect_timeout = std::chrono::seconds(20);
    options.low_speed_limit = {1};
    options.low_speed_time = std::chrono::seconds(20);
    options.max_bytes = web::mib(1);
    options.max_header_bytes = web::kib(64);
    options.addresses = loopback_allowed();
    options.now = boot_now;
  }

  void TearDown() override {
    if (fetcher_) {
      bool closed = false;
      fetcher_->close([&] { closed = true; });
      EXPECT_TRUE(loop.run_until([&] { return closed; }));
      EXPECT_EQ(fetcher_->in_flight(), 0u);
    }
    results.clear();
    EXPECT_EQ(permits->in_use(), 0);
  }

  Fetcher& fetcher() {  // made at the first use, with the options of the test
    if (!fetcher_) {
      fetcher_ = std::make_unique<Fetcher>(
          loop.get(), options,
          [this](std::uint64_t id, limiter::TimePoint now) {
            asked.emplace_back(id, now);
            return allow;
          },
          [this](FetchResult result) {
            results.push_back(std::move(result));
            if (on_done) on_done();
          });
    }
    return *fetcher_;
  }

  static web::Url url_of(std::uint16_t port, std::string path = "/", std::string host = "site.test") {
    web::Url url;
    url.scheme = "http";
    url.host = std::move(host);
    url.port = port;
    url.path = std::move(path);
    return url;
  }

  void start(const web::Url& url, bool reuse = true, frontier::Request send = {}) {
    FetchRequest request;
    request.id = ++last_id;
    request.url = url;
    request.address = *web::parse_address("127.0.0.1", url.effective_port());
    request.reuse = reuse;
    request.send = std::move(send);
    request.permit = std::move(*permits->try_acquire());
    fetcher().start(std::move(request));
  }

  // The result of one request, by itself.
  FetchResult fetch(const web::Url& url, bool reuse = true, frontier::Request send = {}) {
    const std::size_t before = results.size();
    start(url, reuse, std::move(send));
    EXPECT_EQ(results.size(), before) << "done must not be called inside start";
    EXPECT_TRUE(loop.run_until([&] { return results.size() > before; }));
    FetchResult result = std::move(results.back());
    results.pop_back();
    return result;
  }

  // The result of one request that is answered by `bytes`, after which the server hangs up.
  FetchResult fetch_answer(std::string bytes) {
    TinyServer server([bytes = std::move(bytes)](TinyServer::Peer& peer) {
      peer.send(bytes);
      return false;
    });
    return fetch(url_of(server.port()));
  }

  TestLoop loop;
  std::optional<Permits> permits{std::in_place, 128, web::mib(64), web::mib(1)};
  FetcherOptions options;
  std::vector<FetchResult> results;
  std::vector<std::pair<std::uint64_t, limiter::TimePoint>> asked;
  std::function<void()> on_done;
  bool allow = true;
  std::uint64_t last_id = 0;

 private:
  std::unique_ptr<Fetcher> fetcher_;
};

}  // namespace crawler::testing
