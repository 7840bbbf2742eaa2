// What the endpoint answers of one URL.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "admin/routes.h"
#include "tests/admin/fake_backend.h"

namespace admin {
namespace {

using nlohmann::json;

class UrlRouteTest : public ::testing::Test {
 protected:
  Answer ask(const std::string& query, const std::string& method = "GET") {
    Request request;
    request.method = method;
    request.path = "/api/v1/url";
    request.target = request.path + query;
    return Routes(backend_.hooks()).answer(request);
  }
  FakeBackend backend_;
};

TEST_F(UrlRouteTest, AQuestionNamesAUrlAndNothingUnknown) {
  backend_.url.kind = crawler::UrlAnswer::Kind::found;
  EXPECT_EQ(ask("").status, 400);
  EXPECT_EQ(ask("?url=").status, 400);
  EXPECT_EQ(ask("?url=http://h/&depth=2").status, 400);
  EXPECT_EQ(ask("?url=http://h/", "POST").status, 405);
  EXPECT_EQ(ask("?url=http://h/").status, 200);
}

TEST_F(UrlRouteTest, WhatIsNoUrlHasAReasonAndNoMore) {
  backend_.url.kind = crawler::UrlAnswer::Kind::found;
  backend_.url.state = "refused";
  backend_.url.end = "scheme";
  const json answer = json::parse(ask("?url=mailto:a%40h").body);
  EXPECT_EQ(answer["given"], "mailto:a@h");
  EXPECT_TRUE(answer["url"].is_null());
  EXPECT_EQ(answer["reason"], "scheme");
  EXPECT_FALSE(answer.contains("host"));
}

TEST_F(UrlRouteTest, AWholeAnswerTellsEverything) {
  crawler::UrlAnswer& url = backend_.url;
  url.kind = crawler::UrlAnswer::Kind::found;
  url.url = "http://h/";
  url.state = "waiting";
  url.due_in = std::chrono::milliseconds(1500);
  url.record = frontier::Record{.url = "http://h/", .depth = 2, .attempts = 1, .seed = "http://h/s"};
  url.robots.says = crawler::RobotsWord::Says::disallowed;
  url.robots.line = 4;
  url.robots.age = std::chrono::seconds(9);
  url.story.requests = {{"T", "timeout", "late", std::nullopt}};
  url.story.stored = crawler::UrlStored{"f", 1, 2};
  const json answer = json::parse(ask("?url=http://h/&seed=http://h/s").body);
  EXPECT_EQ(answer["due_in_ms"], 1500);
  EXPECT_EQ(answer["record"]["depth"], 2);
  EXPECT_TRUE(answer["record"]["via"].is_null());
  EXPECT_EQ(answer["now"]["action"], "queue");
  EXPECT_EQ(answer["now"]["seed"], "http://h/s");
  EXPECT_EQ(answer["robots"]["verdict"], "disallowed");
  EXPECT_EQ(answer["robots"]["line"], 4);
  EXPECT_EQ(answer["robots"]["age_s"], 9);
  EXPECT_EQ(answer["requests"][0]["outcome"], "timeout");
  EXPECT_TRUE(answer["requests"][0]["status"].is_null());
  EXPECT_EQ(answer["stored"]["file"], "f");
  EXPECT_TRUE(answer["page"].is_null());
  EXPECT_TRUE(answer["host_state"].is_null());
}

TEST_F(UrlRouteTest, WhereThereIsNoAnswerTheReasonIsGiven) {
  backend_.url.error = "Redis has not answered within 2 s.";
  const Answer late = ask("?url=http://h/");
  EXPECT_EQ(late.status, 503);
  EXPECT_EQ(json::parse(late.body)["detail"], backend_.url.error);
  backend_.url.kind = crawler::UrlAnswer::Kind::wrong;
  EXPECT_EQ(ask("?url=http://h/&seed=x").status, 400);
}

}  // namespace
}  // namespace admin
