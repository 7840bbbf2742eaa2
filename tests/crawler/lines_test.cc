#include "crawler/lines.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace crawler {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;

constexpr limiter::TimePoint kSent{1000s};

std::chrono::system_clock::time_point at(std::chrono::milliseconds later = 0ms) {
  using namespace std::chrono;
  return sys_days{2026y / January / 31} + 23h + 59min + 59s + 7ms + later;
}

Json read(const std::string& line) {
  EXPECT_EQ(line.find('\n'), line.npos) << line;
  const Json json = Json::parse(line, nullptr, false);
  EXPECT_TRUE(json.is_object()) << line;
  return json;
}

FetchResult answer() {
  FetchResult result;
  result.outcome = Outcome::fetched;
  result.status = 200;
  result.body = "0123456789";
  result.ip = "192.0.2.1";
  result.sent = kSent;
  result.first_byte = kSent + 50ms;
  result.ended = kSent + 1250ms;
  result.sent_at = at();
  result.wire_bytes = 99;
  return result;
}

frontier::Record record() {
  frontier::Record r;
  r.url = "http://a.example/x";
  r.seed = "http://a.example/";
  r.via = "http://a.example/index";
  r.depth = 2;
  return r;
}

TEST(Lines, TimesAreRfc3339InUtcWithMilliseconds) {
  EXPECT_EQ(rfc3339(at()), "2026-01-31T23:59:59.007Z");
  EXPECT_EQ(rfc3339(at(993ms)), "2026-02-01T00:00:00.000Z");
  EXPECT_EQ(rfc3339(std::chrono::system_clock::time_point{}), "1970-01-01T00:00:00.000Z");
}

TEST(Lines, APageLineHasEveryFieldOfTheContract) {
  const FetchResult result = answer();
  const frontier::Record r = record();
  const Json json = read(page_line({.record = r, .result = result, .fate = "fetched", .reading = {}}));
  for (const char* field : {"url",         "fate",     "status",       "fetched_at",  "depth", "via",   "seed",
                            "job",         "meta",     "content_type", "charset",     "title", "bytes", "digest",
                            "duration_ms", "location", "error",        "links_found", "warc",  "items"}) {
    EXPECT_TRUE(json.contains(field)) << field;
  }
}

TEST(Lines, APageLineTellsWhatWasFetchedAndWhereItLies) {
  FetchResult result = answer();
  result.truncated = "length";
  frontier::Record r = record();
  r.job = "j";
  r.meta = R"({"k":[1]})";
  const storage::RecordPlace place{"a.warc.gz", 100, 200, "sha1:AAAA"};
  PageReading reading{.type = {"text/html", ""}, .charset = "utf-8", .title = "A \"title\"\n", .bounded = true};
  reading.links.resize(3);
  const Json json =
      read(page_line({.record = r, .result = result, .fate = "fetched", .reading = reading, .place = &place}));
  EXPECT_EQ(json["url"], "http://a.example/x");
  EXPECT_EQ(json["seed"], "http://a.example/");
  EXPECT_EQ(json["via"], "http://a.example/index");
  EXPECT_EQ(json["depth"], 2);
  EXPECT_EQ(json["status"], 200);
  EXPECT_EQ(json["fetched_at"], "2026-01-31T23:59:59.007Z");
  EXPECT_EQ(json["duration_ms"], 1250.0);
  EXPECT_EQ(json["job"], "j");
  EXPECT_EQ(json["meta"], Json::parse(R"({"k":[1]})"));
  EXPECT_EQ(json["title"], "A \"title\"\n");
  EXPECT_EQ(json["bytes"], 10);
  EXPECT_EQ(json["digest"], "sha1:AAAA");
  EXPECT_EQ(json["links_found"], 3);
  EXPECT_EQ(json["warc"], Json({{"file", "a.warc.gz"}, {"offset", 100}, {"length", 200}}));
  EXPECT_EQ(json["truncated"], "length");
  EXPECT_EQ(json["parse_bounded"], true);
}

TEST(Lines, WhatItsContentCodingCutOffIsToldAsTruncated) {
  const Json json =
      read(page_line({.record = record(), .result = answer(), .fate = "fetched", .reading = {.cut = true}}));
  EXPECT_EQ(json["truncated"], "length");
}

TEST(Lines, AfterTheUrlComesWhatTellsARequestFromAGet) {
  frontier::Record r = record();
  r.request = {.method = "HEAD"};
  const std::string start = R"({"url":"http://a.example/x","request":"HEAD",)";
  EXPECT_TRUE(page_line({.record = r, .result = answer(), .fate = "fetched", .reading = {}}).starts_with(start));
  EXPECT_TRUE(refused_line({.url = r.url, .request = "HEAD"}).starts_with(start));
  Flight flight;
  flight.url = *web::parse_url(r.url);
  flight.record = r;
  EXPECT_TRUE(fetch_line({.flight = flight, .result = answer()}).starts_with(start));
}

TEST(Lines, WhatIsNotKnownIsNull) {
  FetchResult result = answer();
  result.status = 0;
  result.error = "refused";
  frontier::Record r = record();
  r.via.clear();
  const Json json = read(page_line({.record = r, .result = result, .fate = "connect", .reading = {}}));
  for (const char* field : {"status", "via", "job", "meta", "content_type", "title", "digest", "location", "warc"}) {
    EXPECT_TRUE(json[field].is_null()) << field;
  }
  EXPECT_EQ(json["error"], "refused");
  EXPECT_EQ(json["bytes"], 0);  // nothing was stored
  EXPECT_FALSE(json.contains("truncated") || json.contains("parse_bounded"));
}

TEST(Lines, ALineIsUtf8WhateverArrived) {
  const FetchResult result = answer();
  const frontier::Record r = record();
  const Json json =
      read(page_line({.record = r, .result = result, .fate = "fetched", .reading = {.title = "a\xff\xc3(b"}}));
  EXPECT_EQ(json["title"], "a\xEF\xBF\xBD\xEF\xBF\xBD(b");
}

TEST(Lines, AFetchLineTellsTheRequestAsTheHostSawIt) {
  Flight flight;
  flight.host = "a.example";
  flight.origin = "http://a.example:8080";
  flight.url = *web::parse_url("http://a.example:8080/x");
  flight.terms = {
      .delay = 1s, .from = limiter::DelayFrom::retry_after, .burst = 3, .factor = 1.5, .max_factor_delay = 60s};
  const FetchResult result = answer();
  const Json json =
      read(fetch_line({.flight = flight, .result = result, .gap = 1500ms, .worker = 3, .lease = "lease-1"}));
  EXPECT_EQ(json["url"], "http://a.example:8080/x");
  EXPECT_EQ(json["host"], "a.example");
  EXPECT_EQ(json["origin"], "http://a.example:8080");
  EXPECT_EQ(json["ip"], "192.0.2.1");
  EXPECT_EQ(json["sent_at"], "2026-01-31T23:59:59.007Z");
  EXPECT_EQ(json["first_byte_at"], "2026-01-31T23:59:59.057Z");
  EXPECT_EQ(json["ended_at"], "2026-02-01T00:00:00.257Z");
  EXPECT_EQ(json["gap_ms"], 1500.0);
  EXPECT_EQ(json["delay_ms"], 1000.0);
  EXPECT_EQ(json["delay_from"], "retry_after");
  EXPECT_EQ(json["outcome"], "fetched");
  EXPECT_EQ(json["status"], 200);
  EXPECT_EQ(json["worker"], 3);
  EXPECT_EQ(json["lease"], "lease-1");
  EXPECT_EQ(json["kind"], "page");
}

TEST(Lines, TheFirstRequestOfAHostHasNoGap) {
  Flight flight;
  flight.kind = Decision::Kind::fetch_robots;
  flight.url = *web::parse_url("http://a.example/robots.txt");
  const FetchResult result = answer();
  const Json json = read(fetch_line({.flight = flight, .result = result}));
  EXPECT_TRUE(json["gap_ms"].is_null());
  EXPECT_EQ(json["kind"], "robots");
}

// With what the gap rule needs, in the clock that it was kept in, a reader can reckon every gap again.
TEST(Lines, AFetchLineHoldsWhatTheGapIsReckonedFrom) {
  Flight flight;
  flight.url = *web::parse_url("http://a.example/x");
  flight.terms = {.delay = 1s, .burst = 3, .concurrency = 2, .factor = 1.5, .max_factor_delay = 60s};
  flight.ip_delay = 250ms;
  FetchResult result = answer();
  result.outcome = Outcome::rate_limited;
  result.status = 429;
  result.response_head = "HTTP/1.1 429 Slow Down\r\nRetry-After: 7200\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n";
  const Json json =
      read(fetch_line({.flight = flight, .result = result, .hold = 3600s, .boot = "b-1", .agent = "decorum/1 (+me)"}));
  EXPECT_EQ(json["sent_ns"], 1'000'000'000'000);
  EXPECT_EQ(json["first_byte_ns"], 1'000'050'000'000);
  EXPECT_EQ(json["ended_ns"], 1'001'250'000'000);
  EXPECT_EQ(json["boot"], "b-1");
  EXPECT_EQ(json["delay_ms"], 1000.0);
  EXPECT_EQ(json["factor"], 1.5);
  EXPECT_EQ(json["max_factor_delay_ms"], 60000.0);
  EXPECT_EQ(json["burst"], 3);
  EXPECT_EQ(json["concurrency"], 2);
  EXPECT_EQ(json["ip_delay_ms"], 250.0);
  EXPECT_EQ(json["retry_after"], "7200");
  EXPECT_EQ(json["date"], "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(json["hold_ms"], 3'600'000.0);
  EXPECT_EQ(json["agent"], "decorum/1 (+me)");
}

TEST(Lines, AFetchLineNamesTheRobotsThatItObeyed) {
  Flight flight;
  flight.url = *web::parse_url("http://a.example/x");
  const FetchResult result = answer();
  EXPECT_TRUE(read(fetch_line({.flight = flight, .result = result}))["robots"].is_null());
  flight.robots = RobotsObeyed{"sha1:AA", 60s, {}};
  EXPECT_EQ(read(fetch_line({.flight = flight, .result = result}))["robots"],
            Json({{"digest", "sha1:AA"}, {"fetched_at", "2026-01-31T23:58:59.007Z"}}));
  flight.robots = RobotsObeyed{"", 0s, {}};  // there was none
  EXPECT_TRUE(read(fetch_line({.flight = flight, .result = result}))["robots"]["digest"].is_null());
}

TEST(Lines, AFetchLineIsBoundedWhateverRetryAfterSays) {
  Flight flight;
  flight.url = *web::parse_url("http://a.example/x");
  FetchResult result = answer();
  result.response_head = "HTTP/1.1 429 Slow Down\r\nRetry-After: " + std::string(10'000, '9') + "\r\n\r\n";
  EXPECT_EQ(read(fetch_line({.flight = flight, .result = result}))["retry_after"], std::string(64, '9'));
}

TEST(Lines, ARefusedLineHasReasonAndRule) {
  const Json json = read(refused_line({.url = "http://a.example/x",
                                       .reason = "depth",
                                       .rule = "scope.max_depth",
                                       .via = "http://a.example/",
                                       .at = at()}));
  EXPECT_EQ(json["url"], "http://a.example/x");
  EXPECT_EQ(json["reason"], "depth");
  EXPECT_EQ(json["rule"], "scope.max_depth");
  EXPECT_EQ(json["via"], "http://a.example/");
  EXPECT_EQ(json["at"], "2026-01-31T23:59:59.007Z");
}

}  // namespace
}  // namespace crawler
