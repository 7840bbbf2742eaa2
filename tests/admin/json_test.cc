#include "admin/json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>

#include "crawler/config_file.h"

namespace admin {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

crawler::Status busy() {
  crawler::Status status;
  status.state = "paused";
  status.uptime_s = 12.5;
  status.books = {21, 1, 2, 3, 5, 10};
  status.books_imbalance = 0;
  status.failed_by_reason = {{"http_4xx", 2}};
  status.refused_by_reason = {{"depth", 10}};
  status.fates = {{"fetched", 3}};
  status.fetches = {{"fetched", 3}, {"http_4xx", 2}};
  status.hosts = {{"waiting", 4}};
  status.pages_per_s = 1.5;
  status.bytes_per_s = 2048;
  status.why_idle = "Paused by the operator.";
  status.seeds = {7, 8, 9};
  status.redis = {true, "redis://127.0.0.1:6379", "", false, true, 4096, 8192, 90s};
  status.storage = {"/var/lib/decorum", "", 100, 200, 1};
  status.workers = {{1, 50, 4, 3, 2, 128, 0.25}};
  status.violations = 6;
  status.warnings = {"something"};
  return status;
}

json parsed(const crawler::Status& status) {
  return json::parse(status_json(status, 64, std::chrono::system_clock::time_point(1795219200123ms)));
}

TEST(StatusJson, HasEveryFieldOfTheContract) {
  const json status = parsed(busy());
  EXPECT_EQ(status["state"], "paused");
  EXPECT_EQ(status["uptime_s"], 12.5);
  const json books = {{"discovered", 21}, {"queued", 1}, {"in_flight", 2},
                      {"waiting", 3},     {"done", 5},   {"refused", 10}};
  EXPECT_EQ(status["books"], books);
  EXPECT_EQ(status["failed_by_reason"], json({{"http_4xx", 2}}));
  EXPECT_EQ(status["refused_by_reason"], json({{"depth", 10}}));
  EXPECT_EQ(status["fetches"], json({{"fetched", 3}, {"http_4xx", 2}}));
  EXPECT_EQ(status["hosts"], json({{"waiting", 4}}));
  EXPECT_EQ(status["rates"], json({{"pages_per_s", 1.5}, {"bytes_per_s", 2048.0}}));
  EXPECT_EQ(status["why_idle"], "Paused by the operator.");
  EXPECT_EQ(status["seeds"], json({{"accepted", 7}, {"rejected", 8}, {"duplicates", 9}}));
  EXPECT_EQ(status["redis"]["up"], true);
  EXPECT_EQ(status["storage"]["written_bytes"], 100);
  const json worker = {{"id", 1},     {"processed", 50},   {"failed", 4},        {"in_flight", 3},
                       {"queued", 2}, {"partitions", 128}, {"loop_lag_ms", 0.25}};
  EXPECT_EQ(status["workers"], json::array({worker}));
  EXPECT_EQ(status["violations"], 6);
}

TEST(StatusJson, AnIdleDaemonKeepsEveryType) {
  const json status = parsed({});
  for (const char* key : {"books", "failed_by_reason", "refused_by_reason", "fetches", "hosts", "rates", "seeds",
                          "redis", "storage", "fates", "limits"}) {
    EXPECT_TRUE(status.at(key).is_object()) << key;
  }
  EXPECT_TRUE(status.at("workers").is_array());
  EXPECT_TRUE(status.at("warnings").is_array());
  EXPECT_TRUE(status.at("why_idle").is_null());
  EXPECT_TRUE(status.at("redis").at("error").is_null());
  for (const auto& [name, value] : status.at("books").items()) EXPECT_TRUE(value.is_number_integer()) << name;
  EXPECT_TRUE(status.at("violations").is_number_unsigned());
}

TEST(StatusJson, TimeIsRfc3339InMilliseconds) {
  EXPECT_EQ(parsed({})["time"], "2026-11-21T00:00:00.123Z");
}

TEST(StatusJson, BytesThatAreNoUtf8AreReplaced) {
  crawler::Status status;
  status.why_idle = "host \xff\x01\"</script>";
  EXPECT_EQ(parsed(status)["why_idle"], "host \xEF\xBF\xBD\x01\"</script>");
}

TEST(ReadyJson, TellsWhyNot) {
  EXPECT_EQ(json::parse(ready_json({})), json({{"ready", true}, {"reasons", json::array()}}));
  EXPECT_EQ(json::parse(ready_json({"redis"})), json({{"ready", false}, {"reasons", {"redis"}}}));
}

TEST(ConfigJson, EveryValueHasItsOrigin) {
  const json config = json::parse(config_json("", {{"a.b", "1", "default"}}));
  EXPECT_TRUE(config["config_file"].is_null());
  EXPECT_EQ(config["values"], json::array({{{"key", "a.b"}, {"value", "1"}, {"origin", "default"}}}));
}

TEST(ConfigJson, SecretsStayMasked) {
  crawler::ConfigLoader loader;
  ASSERT_TRUE(loader.set("admin.token=hush-hush"));
  ASSERT_TRUE(loader.set("redis.url=redis://user:sesame@127.0.0.1:6379/2"));
  const std::string text = config_json("config.toml", loader.values());
  EXPECT_EQ(text.find("hush-hush"), std::string::npos);
  EXPECT_EQ(text.find("sesame"), std::string::npos);
  EXPECT_NE(text.find("politeness.delay"), std::string::npos);
}

TEST(Problem, IsAnRfc9457Document) {
  const Answer answer = problem(404, "There is nothing \"here\".");
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.type, "application/problem+json");
  const json document = json::parse(answer.body);
  EXPECT_EQ(document["type"], "about:blank");
  EXPECT_EQ(document["title"], "Not Found");
  EXPECT_EQ(document["status"], 404);
  EXPECT_EQ(document["detail"], "There is nothing \"here\".");
}

using Entries = std::vector<std::string>;

Entries entries(std::string_view body, std::string_view type = "application/json") {
  const SeedList list = parse_seeds(body, type);
  EXPECT_EQ(list.error, "") << body;
  return list.entries;
}

TEST(Seeds, ArrayOfUrlsAndObjects) {
  EXPECT_EQ(entries(R"(["https://a.example/", {"url": "https://b.example/", "priority": "high"}])"),
            (Entries{"https://a.example/", R"({"url":"https://b.example/","priority":"high"})"}));
  EXPECT_EQ(entries(R"({"urls": ["https://a.example/"]})"), Entries{"https://a.example/"});
  EXPECT_EQ(entries(R"({"url": "https://a.example/"})"), Entries{R"({"url":"https://a.example/"})"});
  EXPECT_EQ(entries(R"("https://a.example/")"), Entries{"https://a.example/"});
}

TEST(Seeds, TextHasOneEntryALine) {
  EXPECT_EQ(entries("https://a.example/\r\n\n  https://b.example/  \n{\"url\":\"https://c.example/\"}", "text/plain"),
            (Entries{"https://a.example/", "https://b.example/", R"({"url":"https://c.example/"})"}));
  EXPECT_EQ(entries("{\"url\":\"https://a.example/\"}\n{\"url\":\"https://b.example/\"}\n", "text/plain"),
            (Entries{R"({"url":"https://a.example/"})", R"({"url":"https://b.example/"})"}));
}

TEST(Seeds, WithoutAJsonTypeTheBodyTells) {
  EXPECT_EQ(entries(R"( ["https://a.example/"])", "application/x-www-form-urlencoded"), Entries{"https://a.example/"});
  EXPECT_EQ(entries("https://a.example/?q=[1]", ""), Entries{"https://a.example/?q=[1]"});
}

TEST(Seeds, WhatIsNoListOfSeedsIsRefusedWithAReason) {
  for (const char* bad : {"", "[]", "{", "[1]", "[null]", R"(["https://a.example/", ["x"]])", R"({"urls": 5})", "17",
                          R"({"urls": ["a"]} x)"}) {
    const SeedList list = parse_seeds(bad, "application/json");
    EXPECT_NE(list.error, "") << bad;
    EXPECT_TRUE(list.entries.empty()) << bad;
  }
  EXPECT_NE(parse_seeds("[\"a\"", "text/plain").error, "");
  EXPECT_NE(parse_seeds(" \n ", "text/plain").error, "");
}

TEST(Seeds, DeepNestingIsRefusedBeforeItIsParsed) {
  const std::string open(30000, '['), close(30000, ']');
  EXPECT_NE(parse_seeds(R"([{"url":"a","meta":)" + open + close + "}]", "application/json").error, "");
  EXPECT_EQ(
      parse_seeds(R"(["https://a.example/[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"[["])", "application/json").error,
      "");
}

}  // namespace
}  // namespace admin
