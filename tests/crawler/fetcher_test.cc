#include "crawler/fetcher.h"

#include <curl/curl.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "crawler/fetcher_handle_failure.h"
#include "tests/crawler/fetcher_fixture.h"

namespace crawler {
namespace {

using testing::FetcherTest;
using namespace std::string_literals;
using testing::TinyServer;

std::string page(const std::string& body, const std::string& fields = "") {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + fields + "\r\n" + body;
}

TEST_F(FetcherTest, APageComesBackByteForByte) {
  const std::string head =
      "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Odd:   two  spaces \r\nContent-Length: 5\r\n\r\n";
  TinyServer server([&](TinyServer::Peer& peer) { return peer.send(head + "hello"); });
  const limiter::TimePoint before = boot_now();
  const FetchResult result = fetch(url_of(server.port(), "/a%20b?q=1"));
  EXPECT_EQ(result.outcome, Outcome::fetched);
  EXPECT_EQ(result.status, 200);
  EXPECT_EQ(result.error, "");
  EXPECT_EQ(result.response_head, head);
  EXPECT_EQ(result.body, "hello");
  EXPECT_EQ(result.truncated, "");
  EXPECT_EQ(result.ip, "127.0.0.1");
  EXPECT_EQ(result.wire_bytes, head.size() + 5);
  EXPECT_EQ(result.id, 1u);
  EXPECT_TRUE(result.permit.held());
  ASSERT_EQ(server.requests().size(), 1u);
  EXPECT_EQ(result.request_head, server.requests()[0]);
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0].first, 1u);
  EXPECT_EQ(asked[0].second, result.sent);
  EXPECT_LT(before, result.sent);
  EXPECT_LT(result.sent, result.first_byte);
  EXPECT_LE(result.first_byte, result.ended);
  EXPECT_LT(result.ended, boot_now());
  EXPECT_LT(std::chrono::system_clock::now() - result.sent_at, std::chrono::minutes(1));
}

TEST_F(FetcherTest, TheRequestSaysWhoWeAreAndNothingElse) {
  setenv("http_proxy", "http://127.0.0.1:1", 1);
  options.from = "bot@example.org";
  TinyServer server([](TinyServer::Peer& peer) { return peer.send(page("x", "Set-Cookie: a=b\r\n")); });
  const std::string host = "site.test:" + std::to_string(server.port());
  fetch(url_of(server.port(), "/one"));
  const FetchResult result = fetch(url_of(server.port(), "/two/../%7Ex?a=%2F&b"));
  unsetenv("http_proxy");
  EXPECT_EQ(result.request_head, "GET /two/../%7Ex?a=%2F&b HTTP/1.1\r\nHost: " + host +
                                     "\r\nUser-Agent: decorum/test (+https://example.org/bot)\r\nAccept: */*\r\n"
                                     "Accept-Encoding: gzip, deflate, br, zstd\r\nFrom: bot@example.org\r\n\r\n");
}

TEST_F(FetcherTest, AConnectionIsKeptUnlessTheRequestSaysOtherwise) {
  TinyServer server([](TinyServer::Peer& peer) { return peer.send(page("x")); });
  EXPECT_EQ(fetch(url_of(server.port())).request_head.find("Connection:"), std::string::npos);
  EXPECT_NE(fetch(url_of(server.port()), false).request_head.find("\r\nConnection: close\r\n"), std::string::npos);
  EXPECT_EQ(server.connections(), 1);
  EXPECT_EQ(fetch(url_of(server.port())).outcome, Outcome::fetched);
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(FetcherTest, AHostReachedByAnotherAddressGetsAConnectionOfItsOwn) {
  TinyServer server([](TinyServer::Peer& peer) { return peer.send(page("x")); });
  fetch(url_of(server.port(), "/", "a.test"));
  fetch(url_of(server.port(), "/", "b.test"));
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(FetcherTest, ChunkedCodingIsUndoneAndItsTrailersAreNoPartOfTheHead) {
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  const FetchResult result = fetch_answer(head + "5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nT: 1\r\n\r\n");
  EXPECT_EQ(result.outcome, Outcome::fetched);
  EXPECT_EQ(result.body, "hello world");
  EXPECT_EQ(result.response_head, head);
}

TEST_F(FetcherTest, WithoutALengthTheBodyEndsWithTheConnection) {
  const FetchResult result = fetch_answer("HTTP/1.0 200 OK\r\n\r\nto the end");
  EXPECT_EQ(result.outcome, Outcome::fetched);
  EXPECT_EQ(result.body, "to the end");
  EXPECT_EQ(result.truncated, "");
}

TEST_F(FetcherTest, ContentCodingIsKept) {
  const FetchResult result = fetch_answer(page("\x1f\x8bnot really gzip", "Content-Encoding: gzip\r\n"));
  EXPECT_EQ(result.outcome, Outcome::fetched);
  EXPECT_EQ(result.body, "\x1f\x8bnot really gzip");
}

TEST_F(FetcherTest, TheFinalAnswersHeadIsKeptWithoutInterimOnes) {
  const FetchResult result = fetch_answer("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + page("x"));
  EXPECT_EQ(result.response_head, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n");
  EXPECT_EQ(result.status, 200);
}

TEST_F(FetcherTest, ARedirectIsAnAnswerAndNotFollowed) {
  TinyServer server([](TinyServer::Peer& peer) {
    return peer.send("HTTP/1.1 301 Moved\r\nLocation: /elsewhere\r\nContent-Length: 4\r\n\r\nmove");
  });
  const FetchResult result = fetch(url_of(server.port()));
  EXPECT_EQ(result.outcome, Outcome::redirected);
  EXPECT_EQ(result.body, "move");
  EXPECT_EQ(server.requests().size(), 1u);
}

TEST_F(FetcherTest, StatusesBecomeOutcomes) {
  EXPECT_EQ(fetch_answer("HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n").outcome, Outcome::not_modified);
  EXPECT_EQ(fetch_answer("HTTP/1.1 429 Slow\r\nRetry-After: 9\r\nContent-Length: 0\r\n\r\n").outcome,
            Outcome::rate_limited);
  EXPECT_EQ(fetch_answer("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n").outcome, Outcome::http_4xx);
  EXPECT_EQ(fetch_answer("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n").outcome, Outcome::http_5xx);
}

TEST_F(FetcherTest, AResetInTheBodyIsAResetThatKeepsWhatArrived) {
  TinyServer server([](TinyServer::Peer& peer) {
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart");
    return false;
  });
  const FetchResult result = fetch(url_of(server.port()));
  EXPECT_EQ(result.outcome, Outcome::reset);
  EXPECT_EQ(result.truncated, "disconnect");
  EXPECT_EQ(result.body, "part");
  EXPECT_EQ(result.status, 200);
  EXPECT_TRUE(result.sent_anything);
  EXPECT_NE(result.error, "");
}

TEST_F(FetcherTest, AnAnswerWithoutAByteIsAReset) {
  TinyServer server([](TinyServer::Peer& peer) {
    peer.reset();
    return false;
  });
  const FetchResult result = fetch(url_of(server.port()));
  EXPECT_EQ(result.outcome, Outcome::reset);
  EXPECT_TRUE(result.sent_anything);
  EXPECT_LT(result.sent, result.ended);
  EXPECT_EQ(result.first_byte, result.ended);
  EXPECT_EQ(server.requests().size(), 1u);
}

TEST_F(FetcherTest, WhatIsNotHttpIsAProtocolError) {
  const std::string answers[] = {"SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/1.1 abc\r\n\r\n",
                                 "HTTP/1.1 200 OK\r\nA: \0b\r\n\r\n"s};
  for (const std::string& answer : answers) {
    const FetchResult result = fetch_answer(answer);
    EXPECT_EQ(outcome_name(result.outcome), "protocol") << answer;
    EXPECT_EQ(result.status, 0);
  }
}

// A kept connection that dies under the request: libcurl would send it again at once, unseen by the gate.
TEST_F(FetcherTest, TheHostIsNotAskedTwiceWhereAKeptConnectionDies) {
  for (const bool hard : {true, false}) {
    asked.clear();
    TinyServer server([hard](TinyServer::Peer& peer) {
      if (peer.nth < 2) return peer.send(page("x"));
      if (hard) peer.reset();
      return false;
    });
    EXPECT_EQ(fetch(url_of(server.port(), "/1")).outcome, Outcome::fetched);
    const FetchResult result = fetch(url_of(server.port(), "/2"));
    EXPECT_EQ(result.outcome, Outcome::put_back);
    EXPECT_EQ(result.error.substr(0, 14), "resend stopped");
    EXPECT_TRUE(result.kept_connection_died);
    EXPECT_TRUE(result.sent_anything);  // the host has seen it: its delay counts from here
    EXPECT_LT(result.sent, result.ended);
    EXPECT_EQ(asked.size(), 2u);
    EXPECT_EQ(server.requests().size(), 2u);
    EXPECT_EQ(fetch(url_of(server.port(), "/2")).outcome, Outcome::fetched);
    EXPECT_EQ(server.requests().size(), 3u);
  }
}

TEST_F(FetcherTest, AKeptConnectionThatWasClosedInTimeIsReplaced) {
  TinyServer server([](TinyServer::Peer& peer) {
    peer.send(page("x"));
    return false;
  });
  EXPECT_EQ(fetch(url_of(server.port())).outcome, Outcome::fetched);
  ASSERT_TRUE(loop.run_until([&] { return server.closed() == 1; }));
  EXPECT_EQ(fetch(url_of(server.port())).outcome, Outcome::fetched);
  EXPECT_EQ(server.requests().size(), 2u);
}

TEST_F(FetcherTest, WhatMayNotBeSentIsNotSent) {
  allow = false;
  TinyServer server([](TinyServer::Peer& peer) { return peer.send(page("x")); });
  const FetchResult result = fetch(url_of(server.port()));
  EXPECT_EQ(result.outcome, Outcome::put_back);
  EXPECT_FALSE(result.sent_anything);
  EXPECT_EQ(result.request_head, "");
  EXPECT_EQ(result.sent, result.ended);
  EXPECT_EQ(result.first_byte, result.ended);
  ASSERT_TRUE(loop.run_until([&] { return server.closed() == 1; }));
  EXPECT_TRUE(server.requests().empty());
}

TEST_F(FetcherTest, AForbiddenAddressSeesNoPacket) {
  options.addresses = web::AddressPolicy();
  TinyServer canary([](TinyServer::Peer& peer) { return peer.send(page("x")); });
  const FetchResult result = fetch(url_of(canary.port()));
  EXPECT_EQ(result.outcome, Outcome::forbidden_address);
  EXPECT_NE(result.error.find("127.0.0.1"), std::string::npos);
  EXPECT_FALSE(result.sent_anything);
  EXPECT_TRUE(asked.empty());
  EXPECT_EQ(canary.connections(), 0);
}

TEST_F(FetcherTest, ARefusedConnectionIsAConnectFailureWithOneTime) {
  const auto wall = std::chrono::system_clock::now();
  std::uint16_t port = 0;
  {
    TinyServer gone([](TinyServer::Peer&) { return false; });
    port = gone.port();
  }
  const FetchResult result = fetch(url_of(port));
  EXPECT_EQ(result.outcome, Outcome::connect);
  EXPECT_FALSE(result.sent_anything);
  EXPECT_EQ(result.sent, result.ended);
  EXPECT_EQ(result.first_byte, result.ended);
  EXPECT_GE(result.sent_at, wall);
  EXPECT_NE(result.error, "");
}

TEST_F(FetcherTest, EachCodeOfLibcurlHasItsOutcome) {
  for (int code = 1; code < CURL_LAST; ++code) {
    const Outcome outcome = outcome_of_curl_code(code);
    EXPECT_TRUE(outcome == Outcome::put_back || policy_of(outcome).failed) << code;
    EXPECT_NE(outcome, Outcome::forbidden_address);
    const std::string text = curl_easy_strerror(static_cast<CURLcode>(code));
    if (text.find("SSL") != std::string::npos) {
      EXPECT_EQ(outcome_name(outcome), "tls") << text;
    }
  }
  EXPECT_EQ(outcome_of_curl_code(CURLE_COULDNT_CONNECT), Outcome::connect);
  EXPECT_EQ(outcome_of_curl_code(CURLE_OPERATION_TIMEDOUT), Outcome::timeout);
  EXPECT_EQ(outcome_of_curl_code(CURLE_PEER_FAILED_VERIFICATION), Outcome::tls);
  EXPECT_EQ(outcome_of_curl_code(CURLE_PARTIAL_FILE), Outcome::reset);
  EXPECT_EQ(outcome_of_curl_code(CURLE_GOT_NOTHING), Outcome::reset);
  EXPECT_EQ(outcome_of_curl_code(CURLE_COULDNT_RESOLVE_HOST), Outcome::dns);
  EXPECT_EQ(outcome_of_curl_code(CURLE_OUT_OF_MEMORY), Outcome::protocol);  // a header line over 100 KB
  EXPECT_EQ(outcome_of_curl_code(CURLE_ABORTED_BY_CALLBACK), Outcome::put_back);
}

}  // namespace
}  // namespace crawler
