#include <gtest/gtest.h>

#include <string>

#include "tests/crawler/fetcher_fixture.h"
#include "tests/crawler/tiny_tls.h"

namespace crawler {
namespace {

using testing::FetcherTest;
using testing::TinyCertificate;
using testing::TinyServer;

class FetcherTlsTest : public FetcherTest {
 protected:
  static web::Url https(std::uint16_t port, const std::string& host = "site.test") {
    web::Url url = url_of(port, "/", host);
    url.scheme = "https";
    return url;
  }
  static bool answer(TinyServer::Peer& peer) { return peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"); }

  TinyCertificate certificate{"site.test"};
};

TEST_F(FetcherTlsTest, ACertificateOfATrustedIssuerForThisNameIsTaken) {
  options.ca_file = certificate.file();
  TinyServer server(answer, certificate.server());
  const FetchResult result = fetch(https(server.port()));
  EXPECT_EQ(result.outcome, Outcome::fetched) << result.error;
  EXPECT_EQ(result.body, "x");
  EXPECT_EQ(result.request_head, server.requests().at(0));
}

TEST_F(FetcherTlsTest, AnUntrustedCertificateIsATlsFailureAndNothingIsSent) {
  TinyServer server(answer, certificate.server());
  const FetchResult result = fetch(https(server.port()));
  EXPECT_EQ(result.outcome, Outcome::tls) << result.error;
  EXPECT_FALSE(result.sent_anything);
  EXPECT_EQ(result.sent, result.ended);
  EXPECT_NE(result.error.find("certificate"), std::string::npos);
  EXPECT_TRUE(asked.empty());
  EXPECT_TRUE(server.requests().empty());
}

// docs/decisions/0019-connections.md: HTTP/2 is off.
TEST_F(FetcherTlsTest, NothingButHttp11IsOffered) {
  options.ca_file = certificate.file();
  std::string offered;
  SSL_CTX_set_alpn_select_cb(
      certificate.server(),
      [](SSL*, const unsigned char**, unsigned char*, const unsigned char* in, unsigned size, void* to) {
        static_cast<std::string*>(to)->assign(reinterpret_cast<const char*>(in), size);
        return SSL_TLSEXT_ERR_NOACK;
      },
      &offered);
  TinyServer server(answer, certificate.server());
  EXPECT_EQ(fetch(https(server.port())).outcome, Outcome::fetched);
  EXPECT_EQ(offered, "\x08http/1.1");
  EXPECT_EQ(server.requests().at(0).find("Upgrade"), std::string::npos);
}

TEST_F(FetcherTlsTest, ACertificateForAnotherNameIsATlsFailure) {
  options.ca_file = certificate.file();
  TinyServer server(answer, certificate.server());
  EXPECT_EQ(fetch(https(server.port(), "other.test")).outcome, Outcome::tls);
  EXPECT_TRUE(server.requests().empty());
}

TEST_F(FetcherTlsTest, AServerThatSpeaksNoTlsIsATlsFailure) {
  TinyServer server(
      [](TinyServer::Peer& peer) { return peer.send("220 mail.test ESMTP\r\n"), peer.wait_for_hang_up(), false; },
      nullptr, true);
  const FetchResult result = fetch(https(server.port()));
  EXPECT_EQ(outcome_name(result.outcome), "tls") << result.error;
}

TEST_F(FetcherTlsTest, AHandshakeThatTheNetworkBrokeIsAConnectFailure) {
  for (bool hard : {true, false}) {
    TinyServer server(
        [hard](TinyServer::Peer& peer) {
          if (hard) peer.reset();
          return false;
        },
        nullptr, true);
    const FetchResult result = fetch(https(server.port()));
    EXPECT_EQ(outcome_name(result.outcome), "connect") << result.error;
    EXPECT_FALSE(result.sent_anything);
    EXPECT_EQ(result.sent, result.ended);
  }
}

TEST_F(FetcherTlsTest, AHandshakeThatStandsStillIsATimeout) {
  options.connect_timeout = std::chrono::milliseconds(200);
  TinyServer server([](TinyServer::Peer& peer) { return peer.wait_for_hang_up(), false; }, nullptr, true);
  const FetchResult result = fetch(https(server.port()));
  EXPECT_EQ(outcome_name(result.outcome), "timeout") << result.error;
  EXPECT_FALSE(result.sent_anything);
}

TEST_F(FetcherTlsTest, ABodyEndedByAConnectionWithoutCloseNotifyIsWhole) {
  options.ca_file = certificate.file();
  TinyServer server(
      [](TinyServer::Peer& peer) {
        peer.send("HTTP/1.1 200 OK\r\n\r\nto the end");
        return false;
      },
      certificate.server());
  const FetchResult result = fetch(https(server.port()));
  EXPECT_EQ(outcome_name(result.outcome), "fetched") << result.error;
  EXPECT_EQ(result.body, "to the end");
}

}  // namespace
}  // namespace crawler
