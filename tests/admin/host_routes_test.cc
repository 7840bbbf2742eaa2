#include "admin/host_routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "admin/query.h"
#include "admin/routes.h"
#include "tests/admin/fake_backend.h"

namespace admin {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using namespace std::chrono_literals;
using limiter::LeverKind;

class HostRoutesTest : public ::testing::Test {
 protected:
  Answer ask(const std::string& method, const std::string& path, const std::string& body = "") {
    const std::string plain = path.substr(0, path.find('?'));
    return Routes(backend_.hooks()).answer({method, path, plain, {}, body});
  }
  std::string refusal(const Answer& answer, int status) {
    EXPECT_EQ(answer.status, status) << answer.body;
    EXPECT_EQ(answer.type, "application/problem+json");
    return json::parse(answer.body)["detail"];
  }

  FakeBackend backend_;
};

TEST_F(HostRoutesTest, AnOrderIsReadFromPathAndBody) {
  backend_.order_answer.kind = crawler::OrderAnswer::Kind::done;
  backend_.order_answer.daemon = "d1";
  backend_.order_answer.levers = {
      {LeverKind::slow, {.since = 1'800'000'000'000ms, .length = 600s, .delay = 5s, .why = "mail"}}};
  const Answer answer =
      ask("POST", "/api/v1/hosts/Example.org./slow", R"({"delay":"5s","for":"10m","why":"mail","by":"joe"})");
  ASSERT_EQ(answer.status, 200) << answer.body;
  ASSERT_EQ(backend_.orders().size(), 1u);
  const crawler::HostOrder order = backend_.orders()[0];
  EXPECT_EQ(order.host, "example.org");
  EXPECT_EQ(order.kind, LeverKind::slow);
  EXPECT_EQ(order.lever.delay, 5s);
  EXPECT_EQ(order.lever.length, 10min);
  EXPECT_EQ(order.by, "joe");
  EXPECT_FALSE(order.lever.id.empty());
  const json told = json::parse(answer.body);
  EXPECT_EQ(told["action"], "slow");
  EXPECT_EQ(told["host"], "example.org");
  EXPECT_EQ(told["daemon"], "d1");
  EXPECT_EQ(told["levers"][0]["since"], "2027-01-15T08:00:00.000Z");
  EXPECT_EQ(told["levers"][0]["until"], "2027-01-15T08:10:00.000Z");
  EXPECT_EQ(told["levers"][0]["delay_ms"], 5000);
  ask("POST", "/api/v1/hosts/example.org/resume");
  EXPECT_FALSE(backend_.orders()[1].kind);
  EXPECT_NE(backend_.orders()[1].lever.id, order.lever.id);
}

TEST_F(HostRoutesTest, WhatIsNoOrderReachesNoHost) {
  refusal(ask("POST", "/api/v1/hosts/a.example/drop"), 404);
  refusal(ask("POST", "/api/v1/hosts/a.example/"), 404);
  refusal(ask("GET", "/api/v1/hosts/a.example/pause"), 405);
  refusal(ask("POST", "/api/v1/hosts/a.example"), 405);
  refusal(ask("DELETE", "/api/v1/hosts"), 405);
  refusal(ask("POST", "/api/v1/hosts//pause"), 400);
  refusal(ask("POST", "/api/v1/hosts/a:80/pause"), 400);
  refusal(ask("GET", "/api/v1/hosts/"), 400);
  refusal(ask("GET", "/api/v1/hostsx"), 404);
  for (const char* body :
       {"[]", "7", "{", R"({"for":7})", R"({"color":"red"})", R"({"for":"x"})", R"({"why":"\u0007"})"}) {
    refusal(ask("POST", "/api/v1/hosts/a.example/pause", body), 400);
  }
  refusal(ask("POST", "/api/v1/hosts/a.example/pause", "{\"for\":" + std::string(100, '[') + "}"), 400);
  EXPECT_THAT(backend_.orders(), IsEmpty());
}

TEST_F(HostRoutesTest, WhatCannotBeDoneIsSaid) {
  backend_.order_answer.error = "Redis is slow.";
  EXPECT_EQ(refusal(ask("POST", "/api/v1/hosts/a.example/pause"), 503), "Redis is slow.");
  backend_.order_answer.kind = crawler::OrderAnswer::Kind::full;
  refusal(ask("POST", "/api/v1/hosts/a.example/pause"), 409);
  refusal(ask("GET", "/api/v1/hosts/a.example"), 503);
  backend_.host.kind = crawler::HostAnswer::Kind::unknown;
  EXPECT_THAT(refusal(ask("GET", "/api/v1/hosts/a.example"), 404), HasSubstr("a.example"));
}

TEST_F(HostRoutesTest, TheListTakesStateSortAndLimit) {
  ASSERT_EQ(ask("GET", "/api/v1/hosts?state=backing_off&sort=delay&limit=1000").status, 200);
  EXPECT_EQ(backend_.query().state, "backing_off");
  EXPECT_EQ(backend_.query().sort, crawler::HostSort::delay);
  EXPECT_EQ(backend_.query().limit, 1000u);
  ASSERT_EQ(ask("HEAD", "/api/v1/hosts?state=&sort=&limit=").status, 200);
  EXPECT_EQ(backend_.query().state, "");
  EXPECT_EQ(backend_.query().sort, crawler::HostSort::due);
  EXPECT_EQ(backend_.query().limit, 100u);
  for (const char* query :
       {"state=asleep", "sort=beauty", "limit=1001", "limit=x", "limit=-1", "limit=1e3", "other=1"}) {
    refusal(ask("GET", std::string("/api/v1/hosts?") + query), 400);
  }
}

TEST_F(HostRoutesTest, AListTellsWhoseMemoryItIs) {
  backend_.hosts = {
      "d1", {crawler::HostView{.host = "a.example", .state = "paused", .worker = 3, .delay = 1500ms}}, 7, true};
  const json list = json::parse(ask("GET", "/api/v1/hosts").body);
  EXPECT_EQ(list["daemon"], "d1");
  EXPECT_EQ(list["matched"], 7);
  EXPECT_EQ(list["complete"], true);
  const json& host = list["hosts"][0];
  EXPECT_EQ(host["host"], "a.example");
  EXPECT_EQ(host["in_memory"], true);
  EXPECT_EQ(host["delay_ms"], 1500);
  EXPECT_TRUE(host["next_due_in_ms"].is_null());
  EXPECT_TRUE(host["queued"].is_null());
}

TEST_F(HostRoutesTest, OneHostIsShownWithItsRobotsText) {
  backend_.host.kind = crawler::HostAnswer::Kind::found;
  backend_.host.daemon = "d1";
  backend_.host.host.owner = "d2";
  backend_.host.host.queued = 5;
  backend_.host.host.robots = {{.origin = "http://a.example",
                                .phase = "known",
                                .age = 90s,
                                .crawl_delay = 2.5,
                                .bytes = 9,
                                .text = "Disallow\xff"}};
  const json host = json::parse(ask("GET", "/api/v1/hosts/a.example").body);
  EXPECT_EQ(host["daemon"], "d1");
  EXPECT_EQ(host["owner"], "d2");
  EXPECT_EQ(host["in_memory"], false);
  EXPECT_EQ(host["queued"], 5);
  EXPECT_EQ(host["robots"][0]["age_s"], 90);
  EXPECT_EQ(host["robots"][0]["crawl_delay_s"], 2.5);
  EXPECT_EQ(host["robots"][0]["text"], "Disallow\xef\xbf\xbd");
}

TEST(QueryTest, PairsAreDecoded) {
  EXPECT_THAT(query_of("/a?x=1&y=a%20b+c&&z&%41=%zz#f"),
              ElementsAre(Pair("x", "1"), Pair("y", "a b c"), Pair("z", ""), Pair("A", "%zz")));
  EXPECT_THAT(query_of("/a"), IsEmpty());
  EXPECT_THAT(query_of("/a?"), IsEmpty());
  EXPECT_THAT(query_of("/a?x=%4"), ElementsAre(Pair("x", "%4")));
}

}  // namespace
}  // namespace admin
