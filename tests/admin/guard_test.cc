#include "admin/guard.h"

#include <gtest/gtest.h>

#include "admin/crypto.h"

namespace admin {
namespace {

const GuardRules kOpen{"", "127.0.0.1", false};
const GuardRules kLocked{"s3cret-token", "127.0.0.1", false};
const GuardRules kExposed{"s3cret-token", "0.0.0.0", true};

Request get(std::string path, HeaderList more = {}) {
  HeaderList headers = {{"Host", "127.0.0.1:8321"}};
  headers.insert(headers.end(), more.begin(), more.end());
  return {"GET", path, path, std::move(headers), ""};
}

Request post(std::string path, HeaderList more = {}) {
  Request request = get(std::move(path), std::move(more));
  request.method = "POST";
  return request;
}

Request with_host(std::string host) {
  return {"GET", "/metrics", "/metrics", {{"Host", std::move(host)}}, ""};
}

int status(const Request& request, const GuardRules& rules = kOpen) {
  return judge(request, rules).status;
}

TEST(Guard, PlainCurlPasses) {
  EXPECT_EQ(status(get("/api/v1/status")), 0);
  EXPECT_EQ(status(post("/api/v1/shutdown")), 0);
  EXPECT_EQ(status(post("/api/v1/seeds", {{"Content-Length", "12"}, {"User-Agent", "curl/7.88.1"}, {"Accept", "*/*"}})),
            0);
}

TEST(Guard, HeadIsBounded) {
  EXPECT_EQ(status(get("/" + std::string(kMaxTarget - 1, 'a'))), 0);
  EXPECT_EQ(status(get("/" + std::string(kMaxTarget, 'a'))), 414);
  HeaderList many(kMaxHeaders - 1, {"X-Some", "1"});
  EXPECT_EQ(status(get("/", many)), 0);
  many.emplace_back("X-Some", "1");
  EXPECT_EQ(status(get("/", many)), 431);
}

TEST(Guard, BodyNeedsOnePlainLength) {
  EXPECT_EQ(status(post("/api/v1/seeds", {{"Transfer-Encoding", "chunked"}})), 411);
  EXPECT_EQ(status(post("/api/v1/seeds", {{"transfer-encoding", "identity"}, {"Content-Length", "3"}})), 411);
  EXPECT_EQ(status(post("/api/v1/seeds", {{"Content-Length", "3"}, {"Content-Length", "3"}})), 400);
  for (const char* bad : {"", "-1", "+3", "3 ", "0x3", "3,3", "three"}) {
    EXPECT_EQ(status(post("/api/v1/seeds", {{"Content-Length", bad}})), 400) << bad;
  }
  EXPECT_EQ(status(post("/api/v1/seeds", {{"Content-Length", "3"}, {"Content-Encoding", "gzip"}})), 415);
}

TEST(Guard, BodyIsBounded) {
  EXPECT_EQ(judge(post("/api/v1/seeds", {{"Content-Length", "65536"}}), kOpen).body_length, 65536u);
  EXPECT_EQ(status(post("/api/v1/seeds", {{"Content-Length", "65537"}})), 413);
  EXPECT_EQ(status(post("/api/v1/seeds", {{"Content-Length", "99999999999999999999999"}})), 413);
  EXPECT_EQ(status(get("/", {{"Content-Length", "65537"}})), 413);
}

TEST(Guard, OnlyKnownHostsAreHeard) {
  for (const char* good : {"127.0.0.1", "127.0.0.1:8321", "localhost", "LocalHost:9000", "[::1]:8321", "10.1.2.3:80"}) {
    EXPECT_EQ(status(with_host(good)), 0) << good;
  }
  for (const char* bad : {"evil.example", "evil.example:8321", "localhost.evil.example", "127.0.0.1.evil.example",
                          "a@127.0.0.1", "127.0.0.1@evil.example"}) {
    EXPECT_EQ(status(with_host(bad)), 403) << bad;
  }
  for (const char* malformed : {"", "127.0.0.1:80:80x", "[::1", "localhost:http"}) {
    EXPECT_EQ(status(with_host(malformed)), 400) << malformed;
  }
}

TEST(Guard, HostIsNeededOnce) {
  EXPECT_EQ(status({"GET", "/", "/", {}, ""}), 400);
  EXPECT_EQ(status(get("/", {{"host", "localhost"}})), 400);
}

TEST(Guard, ListeningNameIsKnown) {
  EXPECT_EQ(status(with_host("crawler.lan:8321"), {"", "crawler.lan", false}), 0);
  EXPECT_EQ(status(with_host("other.lan:8321"), {"", "crawler.lan", false}), 403);
}

TEST(Guard, BeyondLoopbackTheTokenStandsForTheHost) {
  Request request = with_host("crawler.example.org");
  EXPECT_EQ(status(request, kExposed), 401);
  request.headers.emplace_back("Authorization", "Bearer s3cret-token");
  EXPECT_EQ(status(request, kExposed), 0);
}

TEST(Guard, TokenIsNeededWhereSet) {
  for (const char* path : {"/", "/readyz", "/metrics", "/api/v1/status", "/api/v1/config", "/nothing"}) {
    EXPECT_EQ(status(get(path), kLocked), 401) << path;
  }
  EXPECT_EQ(status(post("/api/v1/shutdown"), kLocked), 401);
  EXPECT_EQ(status(post("/api/v1/shutdown", {{"Authorization", "Bearer s3cret-token"}}), kLocked), 0);
  EXPECT_EQ(status(get("/metrics", {{"Authorization", "bearer s3cret-token"}}), kLocked), 0);  // RFC 9110 11.1
}

TEST(Guard, WrongTokensAreRefused) {
  for (const char* wrong : {"Bearer ", "Bearer s3cret-tokeN", "Bearer s3cret-token2", "Bearer s3cret-toke",
                            "s3cret-token", "Basic s3cret-token", "Bearer  s3cret-token"}) {
    EXPECT_EQ(status(get("/metrics", {{"Authorization", wrong}}), kLocked), 401) << wrong;
  }
  const HeaderList two = {{"Authorization", "Bearer s3cret-token"}, {"Authorization", "Bearer x"}};
  EXPECT_EQ(status(get("/metrics", two), kLocked), 401);
}

TEST(Guard, HealthAndTheShellOfThePageNeedNoToken) {
  EXPECT_EQ(status(get("/healthz"), kLocked), 0);
  EXPECT_EQ(status(get("/", {{"Accept", "text/html,*/*;q=0.8"}}), kLocked), 0);
  EXPECT_EQ(status(get("/api/v1/status", {{"Accept", "text/html"}}), kLocked), 401);
}

TEST(Guard, OtherSitesCannotPullALever) {
  const std::pair<std::string, std::string> intent = {"X-Decorum", "1"};
  const HeaderList foreign[] = {
      {{"Origin", "https://evil.example"}},
      {{"Origin", "null"}},
      {{"Origin", "http://127.0.0.1:9999"}},  // another port is another origin
      {{"Origin", "http://127.0.0.1:8321.evil.example"}},
      {{"Origin", "file://"}},
      {{"Origin", "http://127.0.0.1:8321"}, {"Origin", "https://evil.example"}},
      {{"Sec-Fetch-Site", "cross-site"}},
      {{"Sec-Fetch-Site", "same-site"}},
      {{"Sec-Fetch-Site", "none"}},
      {{"Sec-Fetch-Site", "cross-site"}, {"Origin", "http://127.0.0.1:8321"}},
      {{"Referer", "https://evil.example/page"}},  // browsers of old send no Origin with a form
  };
  for (const HeaderList& headers : foreign) {
    HeaderList with_intent = headers;
    with_intent.push_back(intent);
    EXPECT_EQ(status(post("/api/v1/shutdown", headers)), 403) << headers[0].first << ": " << headers[0].second;
    EXPECT_EQ(status(post("/api/v1/shutdown", with_intent)), 403) << headers[0].first << ": " << headers[0].second;
  }
}

TEST(Guard, OwnPageNeedsTheIntentHeader) {
  const HeaderList own = {{"Origin", "http://127.0.0.1:8321"}, {"Sec-Fetch-Site", "same-origin"}};
  HeaderList meant = own;
  meant.emplace_back("X-Decorum", "page");
  EXPECT_EQ(status(post("/api/v1/pause", own)), 403);
  EXPECT_EQ(status(post("/api/v1/pause", meant)), 0);
  EXPECT_EQ(status(post("/api/v1/pause", {{"Origin", "https://127.0.0.1:8321"}, {"X-Decorum", "1"}})),
            0);  // TLS in front
}

TEST(Guard, EveryMethodButGetAndHeadIsALever) {
  for (const char* method : {"POST", "PUT", "DELETE", "PATCH", "OPTIONS"}) {
    Request request = get("/api/v1/status", {{"Origin", "https://evil.example"}});
    request.method = method;
    EXPECT_EQ(status(request), 403) << method;
  }
  EXPECT_EQ(status(get("/", {{"Sec-Fetch-Site", "cross-site"}})), 0);  // a link to the page is harmless
}

TEST(Crypto, SecretsAreEqualOnlyWhole) {
  EXPECT_TRUE(same_secret("abc", "abc"));
  EXPECT_TRUE(same_secret("", ""));
  EXPECT_FALSE(same_secret("abc", "abcd"));
  EXPECT_FALSE(same_secret("abc", "abd"));
}

TEST(Crypto, DigestIsSha256) {  // FIPS 180-2 appendix B.1: "abc"
  EXPECT_EQ(sha256_base64("abc"), "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
}

}  // namespace
}  // namespace admin
