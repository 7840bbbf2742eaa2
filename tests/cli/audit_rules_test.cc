// The audit's arithmetic, from outside: ledgers that keep the contract's gap rule, and the same with one thing planted.
#include "cli/audit_rules.h"

#include <gtest/gtest.h>

#include "cli/audit_run.h"
#include "ledger_fixture.h"

namespace cli {
namespace {

using testing::Folder;
using testing::Line;

AuditReport audited(const std::vector<Line>& lines) {
  const Folder folder;
  Audit audit("");
  audit.read({folder.ledger("fetches-1.jsonl", lines)});
  audit.verify();
  EXPECT_EQ(audit.report().garbage, 0u) << (audit.report().garbage ? audit.report().garbage_told[0] : "");
  return audit.report();
}

// Exactly one violation, of this rule, on this line, after that one (0: no other line is concerned).
void expect_only(const AuditReport& report, AuditRule rule, std::uint32_t line, std::uint32_t before) {
  ASSERT_EQ(report.violations, 1u);
  const AuditViolation& v = report.told[0];
  EXPECT_EQ(v.rule, rule) << audit_rule_name(v.rule) << ": " << v.what;
  EXPECT_EQ(v.at.line, line);
  EXPECT_EQ(v.before ? v.before->line : 0, before);
  EXPECT_EQ(report.by_rule[static_cast<std::size_t>(rule)], 1u);
}

// The delay runs from the first byte, which comes 10 ms after the request.
TEST(AuditRules, AGapIsCountedFromTheFirstByte) {
  EXPECT_EQ(audited({{.at_ms = 0}, {.at_ms = 210}, {.at_ms = 420}}).violations, 0u);
  expect_only(audited({{.at_ms = 0}, {.at_ms = 209.999}, {.at_ms = 420}}), AuditRule::gap, 2, 1);
}

TEST(AuditRules, TheDelayIsTheOneOfTheLaterRequest) {
  EXPECT_EQ(audited({{.at_ms = 0, .delay_ms = 500}, {.at_ms = 210}}).violations, 0u);
  expect_only(audited({{.at_ms = 0}, {.at_ms = 210, .delay_ms = 500}}), AuditRule::gap, 2, 1);
}

TEST(AuditRules, OneAtATime) {
  EXPECT_EQ(audited({{.at_ms = 0, .end_ms = 300}, {.at_ms = 300}}).violations, 0u);
  expect_only(audited({{.at_ms = 0, .end_ms = 300}, {.at_ms = 299.999}}), AuditRule::in_flight, 2, 1);
}

TEST(AuditRules, TheResponseTimeIsGivenAgainFromTheEnd) {
  const Line slow{.first_ms = 290, .end_ms = 300, .delay_ms = 1, .factor = 2};
  EXPECT_EQ(audited({slow, {.at_ms = 900, .delay_ms = 1}}).violations, 0u);
  expect_only(audited({slow, {.at_ms = 899.999, .delay_ms = 1}}), AuditRule::response_time, 2, 1);
}

TEST(AuditRules, TheResponseTimeCountsOnlyOfAnAnswerAndUpToItsBound) {
  Line failed{.first_ms = 300, .end_ms = 300, .delay_ms = 1, .factor = 2, .outcome = "timeout", .status = 0};
  EXPECT_EQ(audited({failed, {.at_ms = 301, .delay_ms = 1}}).violations, 0u);
  const Line long_one{.first_ms = 1, .end_ms = 50'000, .delay_ms = 1, .factor = 2};
  EXPECT_EQ(audited({long_one, {.at_ms = 110'000, .delay_ms = 1}}).violations, 0u);
  expect_only(audited({long_one, {.at_ms = 109'999, .delay_ms = 1}}), AuditRule::response_time, 2, 1);
}

// A slow answer is not forgotten behind a quick one.
TEST(AuditRules, EveryEarlierRequestCounts) {
  const Line slow{.first_ms = 1, .end_ms = 1000, .delay_ms = 1, .factor = 3, .burst = 9, .concurrency = 2};
  const Line quick{.at_ms = 500, .delay_ms = 1, .burst = 9, .concurrency = 2};
  expect_only(audited({slow, quick, {.at_ms = 3000, .delay_ms = 1}}), AuditRule::response_time, 3, 1);
}

TEST(AuditRules, RetryAfterIsWaitedFor) {
  const Line pushed{.outcome = "rate_limited", .status = 429, .hold_ms = 3000, .retry_after = "3"};
  EXPECT_EQ(audited({pushed, {.at_ms = 3020}}).violations, 0u);
  expect_only(audited({pushed, {.at_ms = 3019.999}}), AuditRule::retry_after, 2, 1);
}

TEST(AuditRules, RetryAfterIsReadAgainAndNotBelieved) {
  Line pushed{.outcome = "rate_limited", .status = 503, .hold_ms = 100, .retry_after = "3"};
  expect_only(audited({pushed, {.at_ms = 400}}), AuditRule::retry_after, 2, 1);
  pushed.hold_ms = nullptr;
  expect_only(audited({pushed, {.at_ms = 400}}), AuditRule::retry_after, 2, 1);
  pushed.retry_after = "Thu, 01 Jan 2026 12:00:04 GMT";
  expect_only(audited({pushed, {.at_ms = 2000}}), AuditRule::retry_after, 2, 1);
  EXPECT_EQ(audited({pushed, {.at_ms = 4000}}).violations, 0u);
  pushed.status = 200;  // it binds nobody there
  EXPECT_EQ(audited({pushed, {.at_ms = 400}}).violations, 0u);
}

// The wall clock of the crawler is an hour ahead of the server's.
TEST(AuditRules, ADateOfRetryAfterCountsFromTheDateOfItsAnswer) {
  Line pushed{.outcome = "rate_limited", .status = 429, .hold_ms = 100, .wall_off_ms = 3'600'000};
  pushed.retry_after = "Thu, 01 Jan 2026 12:00:04 GMT";
  pushed.date = "Thu, 01 Jan 2026 12:00:01 GMT";
  expect_only(audited({pushed, {.at_ms = 3019, .wall_off_ms = 3'600'000}}), AuditRule::retry_after, 2, 1);
  EXPECT_EQ(audited({pushed, {.at_ms = 3020, .wall_off_ms = 3'600'000}}).violations, 0u);
  pushed.date = pushed.retry_after;  // asks for nothing
  expect_only(audited({pushed, {.at_ms = 119, .delay_ms = 1, .wall_off_ms = 3'600'000}}), AuditRule::backoff, 2, 1);
}

TEST(AuditRules, AnAbsurdRetryAfterCountsAsAnHour) {
  const Line pushed{.outcome = "rate_limited", .status = 429, .hold_ms = 3'600'000, .retry_after = "99999999999"};
  EXPECT_EQ(audited({pushed, {.at_ms = 3'600'020}}).violations, 0u);
  expect_only(audited({pushed, {.at_ms = 3'600'000}}), AuditRule::retry_after, 2, 1);
}

TEST(AuditRules, ABackOffIsWaitedForEvenBehindAnotherRequest) {
  const Line pushed{.outcome = "rate_limited", .status = 503, .hold_ms = 1000};
  expect_only(audited({pushed, {.at_ms = 500}, {.at_ms = 1020}}), AuditRule::backoff, 2, 1);
  EXPECT_EQ(audited({pushed, {.at_ms = 500}, {.at_ms = 800}}).violations, 2u);
}

// burst 3 at 200 ms: any n in a row take at least (n - 3) x 200 ms.
TEST(AuditRules, NoWindowHoldsMoreThanTheBucket) {
  const auto in_bucket = [](double at) { return Line{.at_ms = at, .first_ms = 0, .end_ms = 0, .burst = 3}; };
  EXPECT_EQ(audited({in_bucket(0), in_bucket(0), in_bucket(0), in_bucket(200), in_bucket(400)}).violations, 0u);
  expect_only(audited({in_bucket(0), in_bucket(0), in_bucket(0), in_bucket(199.999)}), AuditRule::bucket, 4, 3);
  // The bucket fills up again while it rests, but never over the brim.
  EXPECT_EQ(
      audited({in_bucket(0), in_bucket(0), in_bucket(0), in_bucket(1000), in_bucket(1000), in_bucket(1000)}).violations,
      0u);
  EXPECT_EQ(audited({in_bucket(0), in_bucket(5000), in_bucket(5000), in_bucket(5000), in_bucket(5000)}).violations, 1u);
}

TEST(AuditRules, NoMoreAtOnceThanAllowed) {
  const auto both = [](double at) {
    return Line{.at_ms = at, .first_ms = 900, .end_ms = 1000, .burst = 5, .concurrency = 2};
  };
  EXPECT_EQ(audited({both(0), both(200), both(1000), both(1200)}).violations, 0u);
  expect_only(audited({both(0), both(200), both(400)}), AuditRule::in_flight, 3, 1);
}

TEST(AuditRules, HostsOfOneAddressShareTheGateThatTheyWentThrough) {
  const auto gated = [](double at, std::string host, double end = 20) {
    return Line{.at_ms = at, .end_ms = end, .host = std::move(host), .ip_delay_ms = 100.0};
  };
  EXPECT_EQ(audited({gated(0, "a.example"), gated(110, "b.example"), gated(220, "a.example")}).violations, 0u);
  EXPECT_EQ(audited({gated(0, "a.example"), gated(110, "b.example")}).address_gaps, 1u);
  expect_only(audited({gated(0, "a.example"), gated(109.999, "b.example")}), AuditRule::address, 2, 1);
  expect_only(audited({gated(0, "a.example", 300), gated(200, "b.example")}), AuditRule::address, 2, 1);
  EXPECT_EQ(audited({gated(0, "a.example"), {.at_ms = 50, .host = "b.example"}}).violations, 0u) << "exempt";
  Line longer = gated(110, "b.example");
  longer.ip_delay_ms = 200.0;
  EXPECT_EQ(audited({gated(0, "a.example"), longer}).violations, 0u) << "the gate was closed by the one before";
}

TEST(AuditRules, RobotsComesFirst) {
  const Line page{.at_ms = 500, .robots = nullptr};
  const auto robots = [](std::string outcome, int status) {
    return Line{.kind = "robots", .outcome = std::move(outcome), .status = status, .robots = nullptr};
  };
  EXPECT_EQ(audited({robots("fetched", 200), page}).violations, 0u);
  EXPECT_EQ(audited({robots("http_4xx", 404), page}).violations, 0u);
  EXPECT_EQ(audited({Line{.at_ms = 500}}).violations, 0u) << "it names the version that it obeyed";
  expect_only(audited({page}), AuditRule::robots, 1, 0);
  expect_only(audited({robots("http_5xx", 500), page}), AuditRule::robots, 2, 0);
  Line late = robots("fetched", 200);
  late.at_ms = 1000;
  expect_only(audited({page, late}), AuditRule::robots, 1, 0);
}

TEST(AuditRules, RobotsIsOfItsOrigin) {
  Line robots{.kind = "robots"};
  const Line other{.at_ms = 500, .host = "b.example", .robots = nullptr};
  expect_only(audited({robots, other}), AuditRule::robots, 2, 0);
}

TEST(AuditRules, AStatedGapMustBeTheOneThatIsThere) {
  EXPECT_EQ(audited({{.at_ms = 0}, {.at_ms = 400, .gap_ms = 390.0}}).violations, 0u);
  expect_only(audited({{.at_ms = 0}, {.at_ms = 800, .gap_ms = 390.0}}), AuditRule::ledger, 2, 1);  // one was cut out
  EXPECT_EQ(audited({{.at_ms = 400, .gap_ms = 390.0}}).violations, 0u) << "the older file is gone";
}

TEST(AuditRules, ALineMustAgreeWithItself) {
  expect_only(audited({{.first_ms = 30, .end_ms = 20}}), AuditRule::ledger, 1, 0);
  Folder folder;
  auto json = Line{}.json();
  json["ended_at"] = "2026-01-01T12:00:01.000Z";
  Audit audit("");
  audit.read({folder.file("fetches-1.jsonl", json.dump() + "\n")});
  audit.verify();
  expect_only(audit.report(), AuditRule::ledger, 1, 0);
}

TEST(AuditRules, HostsDoNotShareAGap) {
  EXPECT_EQ(audited({{.at_ms = 0}, {.at_ms = 1, .host = "b.example"}, {.at_ms = 2, .host = "c.example"}}).violations,
            0u);
}

// The wall clock goes back by an hour between the two; the machine's own does not.
TEST(AuditRules, AStepOfTheWallClockChangesNothing) {
  EXPECT_EQ(audited({{.at_ms = 0}, {.at_ms = 210, .wall_off_ms = -3'600'000}}).violations, 0u);
  expect_only(audited({{.at_ms = 0}, {.at_ms = 100, .wall_off_ms = 3'600'000}}), AuditRule::gap, 2, 1);
}

TEST(AuditRules, BetweenTwoBootsNothingIsProvedOrBlamed) {
  const AuditReport report =
      audited({{.at_ms = 0}, {.at_ms = 210}, {.at_ms = 250, .boot = "b2"}, {.at_ms = 900, .boot = "b3"}});
  EXPECT_EQ(report.violations, 0u);
  EXPECT_EQ(report.gaps, 1u);
  EXPECT_EQ(report.seams.count, 2u);
  EXPECT_EQ(report.seams.looking_short, 1u);
}

TEST(AuditRules, TheSmallestGapIsMeasuredAgainstItsDelay) {
  const AuditReport report = audited({{.at_ms = 0}, {.at_ms = 310}, {.at_ms = 820, .delay_ms = 450}, {.at_ms = 1830}});
  ASSERT_TRUE(report.smallest);
  EXPECT_NEAR(report.smallest->ratio, 500.0 / 450, 1e-9);
  EXPECT_EQ(report.smallest->at.line, 3u);
  EXPECT_EQ(report.smallest->before.line, 2u);
}

}  // namespace
}  // namespace cli
