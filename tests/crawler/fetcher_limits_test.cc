#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <utility>

#include "tests/crawler/fetcher_fixture.h"
#include "tests/support/sanitized.h"

namespace crawler {
namespace {

using testing::FetcherTest;
using testing::TinyServer;

std::string head_of(std::size_t length) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(length) + "\r\n\r\n";
}

TEST_F(FetcherTest, AFloodOfHeadersEndsAtTheLimit) {
  TinyServer server([](TinyServer::Peer& peer) {
    peer.send("HTTP/1.1 200 OK\r\n");
    while (peer.send("X-Flood: " + std::string(1000, 'x') + "\r\n")) {
    }
    return false;
  });
  const FetchResult result = fetch(url_of(server.port()));
  EXPECT_EQ(result.outcome, Outcome::protocol);
  EXPECT_LE(result.wire_bytes, web::kib(66).n);
}

TEST_F(FetcherTest, AHeaderLineWithoutEndEndsToo) {
  TinyServer server([](TinyServer::Peer& peer) {
    peer.send("HTTP/1.1 200 OK\r\nX-Flood: ");
    while (peer.send(std::string(1000, 'x'))) {
    }
    return false;
  });
  EXPECT_EQ(fetch(url_of(server.port())).outcome, Outcome::protocol);
}

TEST_F(FetcherTest, ABodyOverTheLimitIsCutAndCountsByItsStatus) {
  for (const std::string fields : {"", "Content-Length: 100000000\r\n"}) {
    TinyServer server([&](TinyServer::Peer& peer) {
      peer.send("HTTP/1.1 200 OK\r\n" + fields + "\r\n");
      while (peer.send(std::string(10'000, 'x'))) {
      }
      return false;
    });
    const FetchResult result = fetch(url_of(server.port()));
    EXPECT_EQ(result.outcome, Outcome::fetched);
    EXPECT_EQ(result.truncated, "length");
    EXPECT_EQ(result.body.size(), options.max_bytes.n);
    EXPECT_LE(result.wire_bytes, options.max_bytes.n + web::kib(64).n);
  }
}

TEST_F(FetcherTest, AnAnswerThatTakesTooLongIsATimeoutThatKeepsWhatArrived) {
  options.timeout = std::chrono::milliseconds(200);
  TinyServer server([](TinyServer::Peer& peer) {
    peer.send(head_of(100) + "slow");
    peer.wait_for_hang_up();
    return false;
  });
  const FetchResult result = fetch(url_of(server.port()));
  EXPECT_EQ(result.outcome, Outcome::timeout);
  EXPECT_EQ(result.truncated, "time");
  EXPECT_EQ(result.body, "slow");
  EXPECT_EQ(result.status, 200);
  EXPECT_GE(result.ended - result.sent, std::chrono::milliseconds(150));
}

TEST_F(FetcherTest, ATricklingBodyIsGivenUpByItsSpeed) {
  options.low_speed_limit = {1000};
  options.low_speed_time = std::chrono::seconds(1);
  TinyServer server([](TinyServer::Peer& peer) {
    peer.send(head_of(100) + "slow");
    peer.wait_for_hang_up();
    return false;
  });
  const FetchResult result = fetch(url_of(server.port()));
  EXPECT_EQ(result.outcome, Outcome::timeout);
  EXPECT_LT(result.ended - result.sent, std::chrono::seconds(10));
}

TEST_F(FetcherTest, AServerThatNeverAnswersIsATimeoutAndHasSeenTheRequest) {
  options.timeout = std::chrono::milliseconds(200);
  TinyServer server([](TinyServer::Peer& peer) {
    peer.wait_for_hang_up();
    return false;
  });
  const FetchResult result = fetch(url_of(server.port()));
  EXPECT_EQ(result.outcome, Outcome::timeout);
  EXPECT_TRUE(result.sent_anything);
  EXPECT_EQ(result.first_byte, result.ended);
  EXPECT_EQ(result.truncated, "");
}

TEST_F(FetcherTest, CutEndsTheNamedTransfersNow) {
  TinyServer server([](TinyServer::Peer& peer) {
    peer.wait_for_hang_up();
    return false;
  });
  for (int i = 0; i < 3; ++i) start(url_of(server.port()));
  ASSERT_TRUE(loop.run_until([&] { return server.requests().size() == 3; }));
  EXPECT_EQ(fetcher().in_flight(), 3u);
  fetcher().cut([first = true](std::uint64_t) mutable { return std::exchange(first, false); });
  EXPECT_EQ(fetcher().in_flight(), 2u);
  ASSERT_EQ(results.size(), 1u);
  fetcher().cut([](std::uint64_t) { return true; });
  EXPECT_EQ(fetcher().in_flight(), 0u);
  ASSERT_EQ(results.size(), 3u);
  for (const FetchResult& result : results) {
    EXPECT_EQ(result.outcome, Outcome::put_back);
    EXPECT_TRUE(result.sent_anything);
    EXPECT_LT(result.sent, result.ended);
  }
  EXPECT_TRUE(loop.run_until([&] { return server.closed() == 3; }));
}

TEST_F(FetcherTest, WhatWasNotYetSentIsCutAsNotSent) {
  TinyServer server([](TinyServer::Peer& peer) { return peer.send(head_of(0)); });
  start(url_of(server.port()));
  fetcher().cut([](std::uint64_t) { return true; });
  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(results[0].outcome, Outcome::put_back);
  EXPECT_FALSE(results[0].sent_anything);
}

TEST_F(FetcherTest, CloseCutsWhatIsLeftAndMayBeCalledFromDone) {
  TinyServer server([](TinyServer::Peer& peer) {
    if (peer.request.find("/hold") == std::string::npos) return peer.send(head_of(0));
    peer.wait_for_hang_up();
    return false;
  });
  Fetcher* own = nullptr;
  std::vector<Outcome> outcomes;
  bool closed = false;
  Fetcher closing(
      loop.get(), options, [](std::uint64_t, limiter::TimePoint) { return true; },
      [&](FetchResult result) {
        outcomes.push_back(result.outcome);
        if (result.id == 2) own->close([&] { closed = true; });
      });
  own = &closing;
  auto request = [&](std::uint64_t id, const char* path) {
    FetchRequest r;
    r.id = id;
    r.url = url_of(server.port(), path);
    r.address = *web::parse_address("127.0.0.1", server.port());
    r.permit = std::move(*permits->try_acquire());
    return r;
  };
  closing.start(request(1, "/hold"));
  ASSERT_TRUE(loop.run_until([&] { return server.requests().size() == 1; }));
  closing.start(request(2, "/"));
  ASSERT_TRUE(loop.run_until([&] { return closed; }));
  EXPECT_EQ(outcomes, (std::vector{Outcome::fetched, Outcome::put_back}));
}

TEST_F(FetcherTest, ABodyThatFindsTheMemoryFullWaitsAndGoesOnWhereItStopped) {
  const std::string body = [] {
    std::string text;
    for (int i = 0; text.size() < 900'000; ++i) text += std::to_string(i) + ",";
    return text;
  }();
  TinyServer server([&](TinyServer::Peer& peer) { return peer.send(head_of(body.size()) + body); });
  permits.emplace(4, web::kib(128 + 1024), web::mib(1));  // room for two first weights, and for one body
  int woken = 0;
  permits->on_free([&] { ++woken; });
  start(url_of(server.port()));
  start(url_of(server.port()));
  ASSERT_TRUE(loop.run_until([&] { return results.size() == 1; }));
  EXPECT_EQ(results[0].body, body);
  // The other has filled its first weight and waits; asking in vain changes nothing.
  for (int i = 0; i < 20; ++i) {
    fetcher().resume_paused();
    uv_run(loop.get(), UV_RUN_ONCE);
  }
  EXPECT_EQ(results.size(), 1u);
  EXPECT_EQ(fetcher().in_flight(), 1u);
  results[0].permit.release();
  EXPECT_EQ(woken, 1);
  fetcher().resume_paused();
  ASSERT_TRUE(loop.run_until([&] { return results.size() == 2; }));
  EXPECT_EQ(results[1].outcome, Outcome::fetched);
  EXPECT_EQ(results[1].body, body);
}

TEST_F(FetcherTest, APausedBodyCanBeCut) {
  TinyServer server([&](TinyServer::Peer& peer) { return peer.send(head_of(900'000) + std::string(900'000, 'x')); });
  permits.emplace(4, web::kib(128 + 1024), web::mib(1));
  start(url_of(server.port()));
  start(url_of(server.port()));
  ASSERT_TRUE(loop.run_until([&] { return results.size() == 1; }));
  fetcher().cut([](std::uint64_t) { return true; });
  ASSERT_EQ(results.size(), 2u);
  EXPECT_EQ(results[1].outcome, Outcome::put_back);
  fetcher().resume_paused();
}

std::size_t resident_bytes() {
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  unsigned long size = 0, resident = 0;
  if (file == nullptr || std::fscanf(file, "%lu %lu", &size, &resident) != 2) resident = 0;
  if (file != nullptr) std::fclose(file);
  return resident * 4096;
}

TEST_F(FetcherTest, SixtyFourBodiesOfFiveMiBAtOnceStayInTheirMemory) {
  if (kSanitized) GTEST_SKIP() << "sanitizers have a memory of their own";
  constexpr std::size_t kBody = 5 << 20;
  options.max_bytes = {kBody};
  static const std::string chunk(64 << 10, 'x');
  TinyServer server([&](TinyServer::Peer& peer) {
    peer.send("HTTP/1.1 200 OK\r\n\r\n");
    for (std::size_t sent = 0; sent < kBody && peer.send(chunk); sent += chunk.size()) {
    }
    return false;
  });
  permits.emplace(64, web::mib(256), web::Bytes{kBody});
  std::size_t settled = 0, whole = 0, peak = 0;
  web::Bytes most;
  bool freed = false;
  permits->on_free([&] { freed = true; });
  const std::size_t base = resident_bytes();
  for (int i = 0; i < 64; ++i) start(url_of(server.port()));
  ASSERT_TRUE(loop.run_until([&] {
    peak = std::max(peak, resident_bytes());
    most = std::max(most, permits->weight());
    if (!results.empty()) {  // "settles" one each turn
      whole += results.back().outcome == Outcome::fetched && results.back().body.size() == kBody;
      results.pop_back();
      ++settled;
    }
    if (std::exchange(freed, false)) fetcher().resume_paused();
    return settled == 64;
  }));
  EXPECT_EQ(whole, 64u);
  EXPECT_GT(most, web::mib(240));
  EXPECT_LE(most, web::mib(256));
  std::printf("peak over base: %zu MiB\n", (peak - base) >> 20);
  EXPECT_LE(peak - base, std::size_t{384} << 20);
}

}  // namespace
}  // namespace crawler
