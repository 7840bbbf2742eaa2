// What a seed's entry may ask for beside a GET.
#include <gtest/gtest.h>

#include <string>

#include "tests/crawler/fetcher_fixture.h"

namespace crawler {
namespace {

using testing::FetcherTest;
using testing::TinyServer;

std::string answer(const std::string& body, const std::string& fields = "") {
  return "HTTP/1.1 200 OK\r\n" + fields + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

frontier::Request post(std::string body) {
  return {
      .method = "POST", .headers = {{"Content-Type", "application/json"}, {"X-Empty", ""}}, .body = std::move(body)};
}

TEST_F(FetcherTest, APostSendsItsBodyAndHeaders) {
  TinyServer server([](TinyServer::Peer& peer) {
    peer.send(answer("{}"));
    return false;
  });
  const std::string body = std::string("{\"a\":\"\0\"}", 9);
  const FetchResult result = fetch(url_of(server.port(), "/api"), true, post(body));
  EXPECT_EQ(result.outcome, Outcome::fetched);
  EXPECT_EQ(result.body, "{}");
  const std::string& sent = result.request_head;
  EXPECT_TRUE(sent.starts_with("POST /api HTTP/1.1\r\n")) << sent;
  EXPECT_NE(sent.find("\r\nContent-Type: application/json\r\n"), sent.npos) << sent;
  EXPECT_NE(sent.find("\r\nX-Empty:\r\n"), sent.npos) << sent;
  EXPECT_NE(sent.find("\r\nContent-Length: 9\r\n"), sent.npos) << sent;
  EXPECT_TRUE(sent.ends_with("\r\n\r\n" + body)) << sent;
}

TEST_F(FetcherTest, AHeadHasNoBodyWhateverItsLengthSays) {
  TinyServer server(
      [](TinyServer::Peer& peer) { return peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"); });
  const FetchResult result = fetch(url_of(server.port()), true, {.method = "HEAD"});
  EXPECT_TRUE(result.request_head.starts_with("HEAD / HTTP/1.1\r\n"));
  EXPECT_EQ(result.outcome, Outcome::fetched);
  EXPECT_EQ(result.truncated, "");
  EXPECT_EQ(result.body, "");
}

// A handle carries one request after another, of whatever kind.
TEST_F(FetcherTest, NothingOfARequestStaysForTheNext) {
  TinyServer server([](TinyServer::Peer& peer) {
    const bool head = peer.request.starts_with("HEAD");
    return peer.send(answer(head ? "" : "x"));  // kept: one that is closed may die under the next request
  });
  EXPECT_EQ(fetch(url_of(server.port()), true, post("body")).outcome, Outcome::fetched);
  EXPECT_EQ(fetch(url_of(server.port()), true, {.method = "HEAD"}).outcome, Outcome::fetched);
  const FetchResult result = fetch(url_of(server.port()));
  EXPECT_TRUE(result.request_head.starts_with("GET / HTTP/1.1\r\n"));
  EXPECT_EQ(result.request_head.find("Content-"), std::string::npos) << result.request_head;
  EXPECT_TRUE(result.request_head.ends_with("\r\n\r\n"));
  EXPECT_EQ(result.body, "x");
}

// Nobody could tell whether one that died with its kept connection was carried out.
TEST_F(FetcherTest, APostGoesOverAConnectionOfItsOwn) {
  TinyServer server([](TinyServer::Peer& peer) { return peer.send(answer("x")); });
  EXPECT_EQ(fetch(url_of(server.port())).outcome, Outcome::fetched);
  EXPECT_EQ(fetch(url_of(server.port()), true, {.method = "HEAD"}).outcome, Outcome::fetched);
  EXPECT_EQ(server.connections(), 1);
  EXPECT_EQ(fetch(url_of(server.port()), false, post("")).outcome, Outcome::fetched);
  EXPECT_EQ(server.connections(), 2);
}

}  // namespace
}  // namespace crawler
