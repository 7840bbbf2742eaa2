#include "admin/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/admin/fake_backend.h"
#include "tests/admin/raw_client.h"

namespace admin {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

class ServerTest : public ::testing::Test {
 protected:
  void start(ServerOptions options = {}) {
    if (options.listen == ServerOptions{}.listen) options.listen = "127.0.0.1:0";
    server_ = std::make_unique<Server>(backend_.hooks(), options);
    std::string error;
    ASSERT_TRUE(server_->start(error)) << error;
  }

  std::string exchange(std::string_view bytes) {
    RawClient client(server_->address());
    client.send(bytes);
    return client.read();
  }

  std::string get(const std::string& path, const std::string& headers = "") {
    return exchange("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n");
  }

  std::string post(const std::string& path, const std::string& body = "", const std::string& headers = "") {
    const std::string length = body.empty() ? "" : "Content-Length: " + std::to_string(body.size()) + "\r\n";
    return exchange("POST " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + length + "\r\n" + body);
  }

  FakeBackend backend_;
  std::unique_ptr<Server> server_;
};

std::string body_of(const std::string& answer) {
  const std::size_t end = answer.find("\r\n\r\n");
  return end == std::string::npos ? "" : answer.substr(end + 4);
}

testing::AssertionResult is_problem(const std::string& answer, int status) {
  const json document = json::parse(body_of(answer), nullptr, false);
  const bool right = answer.starts_with("HTTP/1.1 " + std::to_string(status) + " ") && document.is_object() &&
                     answer.find("Content-Type: application/problem+json\r\n") != std::string::npos &&
                     document.value("status", 0) == status && !document.value("detail", "").empty();
  return right ? testing::AssertionSuccess() : testing::AssertionFailure() << answer;
}

TEST_F(ServerTest, TellsTheStatus) {
  backend_.status.books.done = 7;
  start();
  const std::string answer = get("/api/v1/status");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("Content-Type: application/json\r\n"));
  EXPECT_THAT(answer, HasSubstr("Cache-Control: no-store\r\n"));
  EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
  EXPECT_EQ(json::parse(body_of(answer))["books"]["done"], 7);
}

TEST_F(ServerTest, RootIsAPageForBrowsersAndTextForOthers) {
  start();
  const std::string page = get("/", "Accept: text/html,application/xhtml+xml\r\n");
  EXPECT_THAT(page, HasSubstr("Content-Type: text/html; charset=utf-8\r\n"));
  EXPECT_THAT(page, HasSubstr("Content-Security-Policy: default-src 'none'; script-src 'sha256-"));
  EXPECT_THAT(body_of(page), StartsWith("<!doctype html>"));
  const std::string text = get("/", "Accept: */*\r\n");
  EXPECT_THAT(text, HasSubstr("Content-Type: text/plain; charset=utf-8\r\n"));
  EXPECT_THAT(body_of(text), StartsWith("decorum "));
}

TEST_F(ServerTest, HealthFollowsTheLoops) {
  start();
  EXPECT_EQ(body_of(get("/healthz")), "ok\n");
  backend_.alive = false;
  EXPECT_TRUE(is_problem(get("/healthz"), 503));
}

TEST_F(ServerTest, ReadinessNamesItsReasons) {
  start();
  EXPECT_THAT(get("/readyz"), StartsWith("HTTP/1.1 200 "));
  backend_.not_ready = {"redis is down"};
  const std::string answer = get("/readyz");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 503 "));
  EXPECT_EQ(json::parse(body_of(answer))["reasons"], json::array({"redis is down"}));
}

TEST_F(ServerTest, MetricsAreInTheTextFormat) {
  backend_.counters.retry_after.add(3);
  start();
  const std::string answer = get("/metrics");
  EXPECT_THAT(answer, HasSubstr("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
  EXPECT_THAT(answer, HasSubstr("\ndecorum_retry_after_total 3\n"));
}

TEST_F(ServerTest, JobsTellTheirBooks) {
  backend_.status.jobs["nightly news"] = {{7, 1, 2, 0, 3, 1}, false, 5'000'000'000};
  backend_.status.jobs["old"] = {{4, 0, 0, 0, 4, 0}, true};
  start();
  const json jobs = json::parse(body_of(get("/api/v1/jobs")))["jobs"];
  ASSERT_EQ(jobs.size(), 2u);
  EXPECT_EQ(jobs[0]["id"], "nightly news");
  EXPECT_EQ(jobs[0]["state"], "running");
  EXPECT_EQ(jobs[0]["books"]["done"], 3);
  EXPECT_EQ(jobs[0]["bytes"], 5'000'000'000);
  EXPECT_EQ(json::parse(body_of(get("/api/v1/jobs/nightly%20news"))), jobs[0]);
  EXPECT_EQ(json::parse(body_of(get("/api/v1/jobs/old")))["state"], "finished");
  EXPECT_TRUE(is_problem(get("/api/v1/jobs/new"), 404));
  EXPECT_TRUE(is_problem(get("/api/v1/jobs/"), 404));
}

TEST_F(ServerTest, ConfigTellsOrigins) {
  start();
  const json config = json::parse(body_of(get("/api/v1/config")));
  EXPECT_EQ(config["values"][0]["origin"], "config.toml:12");
}

TEST_F(ServerTest, HeadHasNoBody) {
  start();
  const std::string answer = exchange("HEAD /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(body_of(answer), "");
}

TEST_F(ServerTest, LeversWorkWithoutAnyHeader) {
  start();
  EXPECT_THAT(post("/api/v1/pause"), StartsWith("HTTP/1.1 202 "));
  EXPECT_THAT(post("/api/v1/resume"), StartsWith("HTTP/1.1 202 "));
  EXPECT_THAT(post("/api/v1/shutdown"), StartsWith("HTTP/1.1 202 "));
  EXPECT_EQ(backend_.pauses, 1);
  EXPECT_EQ(backend_.resumes, 1);
  EXPECT_EQ(backend_.shutdowns, 1);
}

TEST_F(ServerTest, GetPullsNoLever) {
  start();
  const std::string answer = get("/api/v1/shutdown");
  EXPECT_TRUE(is_problem(answer, 405));
  EXPECT_THAT(answer, HasSubstr("Allow: POST\r\n"));
  EXPECT_TRUE(is_problem(post("/api/v1/status"), 405));
  EXPECT_EQ(backend_.shutdowns, 0);
}

TEST_F(ServerTest, OtherSitesPullNoLever) {
  start();
  EXPECT_TRUE(is_problem(post("/api/v1/shutdown", "", "Origin: https://evil.example\r\n"), 403));
  EXPECT_TRUE(is_problem(post("/api/v1/shutdown", "", "Sec-Fetch-Site: cross-site\r\n"), 403));
  EXPECT_TRUE(is_problem(post("/api/v1/shutdown", "", "Origin: http://localhost\r\n"), 403));
  EXPECT_EQ(backend_.shutdowns, 0);
  EXPECT_THAT(post("/api/v1/shutdown", "", "Origin: http://localhost\r\nX-Decorum: 1\r\n"),
              StartsWith("HTTP/1.1 202 "));
  EXPECT_EQ(backend_.shutdowns, 1);
}

TEST_F(ServerTest, SeedsReachTheInbox) {
  start();
  const std::string answer = post("/api/v1/seeds", R"(["https://a.example/","https://b.example/"])");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 202 "));
  EXPECT_EQ(json::parse(body_of(answer))["count"], 2);
  post("/api/v1/seeds", "https://c.example/\n", "Content-Type: text/plain\r\n");
  post("/api/v1/seeds", "https://d.example/", "Content-Type: application/x-www-form-urlencoded\r\n");
  EXPECT_THAT(backend_.seeds(),
              ElementsAre("https://a.example/", "https://b.example/", "https://c.example/", "https://d.example/"));
}

TEST_F(ServerTest, SeedsThatCannotBeTakenAreAnsweredSo) {
  start();
  EXPECT_TRUE(is_problem(post("/api/v1/seeds", "[1]", "Content-Type: application/json\r\n"), 400));
  EXPECT_TRUE(is_problem(post("/api/v1/seeds"), 400));
  backend_.seed_error = "Redis does not answer";
  const std::string answer = post("/api/v1/seeds", "https://a.example/");
  EXPECT_TRUE(is_problem(answer, 503));
  EXPECT_EQ(json::parse(body_of(answer))["detail"], "Redis does not answer");
}

TEST_F(ServerTest, UnknownPathsAreProblems) {
  start();
  for (const char* path :
       {"/nothing", "/api/v1/nowhere", "/api/v1/jobs/", "/api/v1/status/", "/../etc/passwd", "/%00", "//"}) {
    EXPECT_TRUE(is_problem(get(path), 404)) << path;
  }
  EXPECT_THAT(get("/healthz?probe=1"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(ServerTest, ForgedHostIsRefused) {
  start();
  EXPECT_TRUE(is_problem(exchange("GET /api/v1/status HTTP/1.1\r\nHost: evil.example\r\n\r\n"), 403));
}

TEST_F(ServerTest, BigBodyIsRefusedUnread) {
  start();
  const std::string head = "POST /api/v1/seeds HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000000\r\n\r\n";
  EXPECT_TRUE(is_problem(exchange(head), 413));
  EXPECT_TRUE(is_problem(exchange(head + std::string(500'000, 'x')), 413));  // and no reset eats the answer
}

TEST_F(ServerTest, ChunkedBodyIsRefused) {
  start();
  EXPECT_TRUE(is_problem(exchange("POST /api/v1/seeds HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                                  "5\r\nhello\r\n0\r\n\r\n"),
                         411));
  EXPECT_TRUE(backend_.seeds().empty());
}

TEST_F(ServerTest, BodyNeverBecomesTheNextRequest) {
  start();
  const std::string answer = exchange(
      "GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"
      "POST /api/v1/shutdown HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(body_of(answer), "ok\n");
  EXPECT_EQ(backend_.shutdowns, 0);
}

TEST_F(ServerTest, EndlessHeadIsCutOff) {
  start();
  const std::string answer = exchange("GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(400'000, 'a'));
  EXPECT_TRUE(is_problem(answer, 431));
}

TEST_F(ServerTest, RangesAndCodingsAreIgnored) {
  start();
  std::string ranges = "bytes=0-";
  for (int i = 0; i < 2000; ++i) ranges += ",0-";
  EXPECT_EQ(body_of(get("/healthz", "Range: " + ranges + "\r\nAccept-Encoding: gzip, br\r\n")), "ok\n");
  EXPECT_TRUE(is_problem(get("/healthz", "Range: bytes=9-1\r\n"), 416));
}

TEST_F(ServerTest, ContinueIsSentOnlyToWhatWillBeHeard) {
  start();
  const std::string head = "POST /api/v1/seeds HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n";
  const std::string answer = exchange(head + "Content-Length: 18\r\n\r\nhttps://a.example/");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 "));
  EXPECT_TRUE(is_problem(exchange(head + "Content-Length: 99999999\r\n\r\n"), 413));
}

TEST_F(ServerTest, DrippedRequestIsBounded) {
  start({.deadline = 300ms});
  const auto begun = Clock::now();
  RawClient client(server_->address());
  client.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: ");
  while (client.more(20ms) && Clock::now() - begun < 10s) client.send("a");
  EXPECT_LT(Clock::now() - begun, 3s);
  EXPECT_TRUE(is_problem(client.answer(), 408));
}

TEST_F(ServerTest, MissingBodyIsBounded) {
  start({.deadline = 300ms});
  EXPECT_TRUE(
      is_problem(exchange("POST /api/v1/seeds HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nabc"), 408));
  EXPECT_TRUE(backend_.seeds().empty());
}

TEST_F(ServerTest, SilentConnectionsHoldOthersUpNoLongerThanTheDeadline) {
  start({.deadline = 300ms});
  std::vector<std::unique_ptr<RawClient>> silent;
  for (int i = 0; i < 32; ++i) silent.push_back(std::make_unique<RawClient>(server_->address()));
  const auto begun = Clock::now();
  EXPECT_EQ(body_of(get("/healthz")), "ok\n");
  EXPECT_LT(Clock::now() - begun, 5s);  // 32 connections, 8 at a time
}

TEST_F(ServerTest, StopWaitsForNobodyWhoIsSilent) {
  start();
  RawClient silent(server_->address());
  silent.send("GET / HTTP/1.1\r\n");
  get("/healthz");  // accepted after the silent one
  const auto begun = Clock::now();
  server_->stop();
  EXPECT_LT(Clock::now() - begun, 3s);
  EXPECT_FALSE(RawClient(server_->address()).connected());
}

TEST_F(ServerTest, TokenIsNeededWhereSet) {
  start({.token = "s3cret"});
  const std::string refused = get("/api/v1/status");
  EXPECT_TRUE(is_problem(refused, 401));
  EXPECT_THAT(refused, HasSubstr("WWW-Authenticate: Bearer\r\n"));
  EXPECT_TRUE(is_problem(get("/api/v1/status", "Authorization: Bearer s3creT\r\n"), 401));
  EXPECT_THAT(get("/api/v1/status", "Authorization: Bearer s3cret\r\n"), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(get("/healthz"), StartsWith("HTTP/1.1 200 "));
  EXPECT_TRUE(is_problem(post("/api/v1/pause"), 401));
  EXPECT_EQ(backend_.pauses, 0);
}

TEST_F(ServerTest, TakenPortIsAnErrorOrAnotherPort) {
  start();
  std::string error;
  Server strict(backend_.hooks(), {.listen = server_->address()});
  EXPECT_FALSE(strict.start(error));
  EXPECT_EQ(error, "cannot listen on " + server_->address() + ": Address already in use");
  Server lenient(backend_.hooks(), {.listen = server_->address(), .any_port = true});
  ASSERT_TRUE(lenient.start(error)) << error;
  EXPECT_NE(lenient.address(), server_->address());
  RawClient client(lenient.address());
  client.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(body_of(client.read()), "ok\n");
}

TEST_F(ServerTest, BindBeyondLoopbackNeedsAToken) {
  for (const char* listen : {"0.0.0.0:0", "[::]:0", "192.0.2.1:8321", "crawler.invalid:8321"}) {
    std::string error;
    Server server(backend_.hooks(), {.listen = listen});
    EXPECT_FALSE(server.start(error)) << listen;
    EXPECT_THAT(error, HasSubstr("set admin.token")) << listen;
  }
}

TEST_F(ServerTest, BadListenAndTokenAreNamed) {
  for (const char* listen :
       {"", "8321", ":8321", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", "::1:8321"}) {
    std::string error;
    EXPECT_FALSE(Server(backend_.hooks(), {.listen = listen}).start(error)) << listen;
    EXPECT_THAT(error, HasSubstr("is not ADDRESS:PORT")) << listen;
  }
  std::string error;
  EXPECT_FALSE(Server(backend_.hooks(), {.token = "with space"}).start(error));
  EXPECT_THAT(error, HasSubstr("admin.token"));
}

TEST_F(ServerTest, ThrowingBackendDoesNotEndTheProgram) {
  Backend backend = backend_.hooks();
  backend.status = []() -> crawler::StatusPtr { throw std::runtime_error("broken"); };
  server_ = std::make_unique<Server>(backend, ServerOptions{.listen = "127.0.0.1:0"});
  std::string error;
  ASSERT_TRUE(server_->start(error)) << error;
  const std::string answer = get("/api/v1/status");
  EXPECT_TRUE(is_problem(answer, 500));
  EXPECT_THAT(answer, Not(HasSubstr("broken")));
}

}  // namespace
}  // namespace admin
