#include "cli/audit_run.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "cli/audit_files.h"
#include "ledger_fixture.h"

namespace cli {
namespace {

using testing::Folder;
using testing::Line;

std::vector<Line> polite(int count, const std::string& host) {
  std::vector<Line> lines;
  for (int i = 0; i < count; ++i) lines.push_back({.at_ms = 210.0 * i, .host = host});
  return lines;
}

TEST(AuditRun, TheOrderOfLinesAndFilesDoesNotMatter) {
  const Folder folder;
  std::vector<Line> lines = polite(50, "a.example");
  const auto more = polite(50, "b.example");
  lines.insert(lines.end(), more.begin(), more.end());
  lines.push_back({.at_ms = 210.0 * 30 + 100, .end_ms = 15});
  std::minstd_rand random(7);
  std::shuffle(lines.begin(), lines.end(), random);
  const std::vector<Line> first(lines.begin(), lines.begin() + 40), second(lines.begin() + 40, lines.end());
  Audit audit("");
  audit.read({folder.ledger("fetches-2.jsonl", second), folder.ledger("fetches-1.jsonl", first)});
  audit.verify();
  EXPECT_EQ(audit.report().requests, 101u);
  EXPECT_EQ(audit.report().hosts, 2u);
  EXPECT_EQ(audit.report().violations, 2u) << "too soon after one, and the next too soon after it";
  EXPECT_EQ(audit.report().by_rule[static_cast<std::size_t>(AuditRule::gap)], 2u);
}

// What does not fit in memory gives the same answer.
TEST(AuditRun, ALedgerBeyondMemoryIsSortedInPieces) {
  const Folder folder;
  std::vector<Line> lines;
  for (int host = 0; host < 7; ++host) {
    const auto more = polite(100, "h" + std::to_string(host) + ".example");
    lines.insert(lines.end(), more.begin(), more.end());
  }
  lines[321].at_ms -= 50;
  std::minstd_rand random(3);
  std::shuffle(lines.begin(), lines.end(), random);
  const auto file = folder.ledger("fetches-1.jsonl", lines);
  for (const std::size_t in_memory : {std::size_t{1000}, std::size_t{64}, std::size_t{1}}) {
    Audit audit("", in_memory);
    audit.read({file});
    audit.verify();
    EXPECT_EQ(audit.report().error, "");
    EXPECT_EQ(audit.report().gaps, 7u * 99u);
    ASSERT_EQ(audit.report().violations, 1u);
    EXPECT_EQ(audit.report().told[0].host, "h3.example");
  }
}

TEST(AuditRun, GarbageIsCountedAndNamedAndNeverFatal) {
  const Folder folder;
  auto no_clock = Line{}.json();
  no_clock.erase("sent_ns");
  auto absurd = Line{}.json();
  absurd["delay_ms"] = 1e300;
  auto deep = std::string(100'000, '[');
  const std::string text = Line{}.text() + "\n\nnot json\n[1]\n" + no_clock.dump() + "\n" + absurd.dump() + "\n" +
                           deep + "\n" + std::string(3 << 20, 'x') + "\n" + Line{.at_ms = 300}.text() + "\n" +
                           Line{.at_ms = 600}.text();
  Audit audit("");
  audit.read({folder.file("fetches-1.jsonl", text), folder.path() / "absent.jsonl"});
  audit.verify();
  const AuditReport& report = audit.report();
  EXPECT_EQ(report.requests, 2u);
  EXPECT_EQ(report.gaps, 1u);
  EXPECT_EQ(report.garbage, 7u);
  EXPECT_EQ(report.torn, 1u) << "the last line has no end";
  EXPECT_TRUE(report.garbage_told[0].ends_with("fetches-1.jsonl:2: not a JSON object")) << report.garbage_told[0];
  EXPECT_TRUE(report.garbage_told[3].ends_with(":5: sent_ns: missing")) << report.garbage_told[3];
  EXPECT_TRUE(report.garbage_told[6].ends_with(":8: over 1048576 bytes long")) << report.garbage_told[6];
  ASSERT_EQ(report.unreadable.size(), 1u);
  EXPECT_FALSE(report.good()) << "what could not be read is not proved";
  EXPECT_NE(report_text(report).find("absent.jsonl: No such file"), std::string::npos);
}

TEST(AuditRun, EveryFieldThatTheRulesNeedIsChecked) {
  for (const char* field :
       {"url", "host", "origin", "kind", "boot", "delay_from", "outcome", "sent_at", "first_byte_at", "ended_at",
        "sent_ns", "first_byte_ns", "ended_ns", "delay_ms", "factor", "max_factor_delay_ms", "burst", "concurrency"}) {
    auto json = Line{}.json();
    AuditLine line;
    json.erase(field);
    EXPECT_EQ(read_audit_line(json.dump(), line), std::string(field) + ": missing");
    json[field] = nlohmann::json::array({-1});
    EXPECT_EQ(read_audit_line(json.dump(), line).substr(0, std::string(field).size() + 1), std::string(field) + ":");
  }
}

TEST(AuditRun, TheSameFileTwiceIsReadOnce) {
  const Folder folder;
  const auto file = folder.ledger("fetches-1.jsonl", polite(2, "a.example"));
  std::filesystem::create_symlink(file, folder.path() / "link.jsonl");
  EXPECT_EQ(each_once({file, file, folder.path() / "link.jsonl"}).size(), 1u);
}

TEST(AuditRun, OnlyTheLedgerOfAFolderIsTaken) {
  const Folder folder;
  folder.file("fetches-2.jsonl", "");
  folder.file("fetches-1.jsonl", "");
  folder.file("fetches-2.jsonl.open", "");
  folder.file("refused-1.jsonl", "");
  const auto files = ledger_files(folder.path());
  ASSERT_EQ(files.size(), 2u);
  EXPECT_EQ(files[0].filename(), "fetches-1.jsonl");
  EXPECT_TRUE(ledger_files(folder.path() / "absent").empty());
}

TEST(AuditRun, AReceiptIsOfOneHostAndTellsWhatItsWebmasterAsks) {
  const Folder folder;
  std::vector<Line> lines = polite(3, "a.example");
  lines.push_back({.at_ms = 700, .outcome = "rate_limited", .status = 429, .hold_ms = 3000, .retry_after = "3"});
  lines.push_back({.at_ms = 3720.5, .outcome = "http_5xx", .status = 500});
  lines.push_back({.at_ms = 3'600'000, .kind = "robots", .robots = nullptr});
  const auto others = polite(9, "b.example");
  lines.insert(lines.end(), others.begin(), others.end());
  Audit audit("a.example");
  audit.read({folder.ledger("fetches-1.jsonl", lines)});
  audit.verify();
  ASSERT_TRUE(audit.knows_host());
  const std::string text = audit.receipt().text("a.example", audit.report());
  for (const char* part :
       {"Requests to a.example", "decorum/9 (+me@a.example)", "2026-01-01 12:00:00.000 to 2026-01-01 13:00:00.000 UTC",
        "6, of them 1 for robots.txt", "2026-01-01 12:00         5", "2026-01-01 13:00         1", "config 100.0%",
        "sha256:aa  fetched 2026-01-01 11:00:00.000  5 requests", "Answers 429 and 503  1",
        "Retry-After 3 s; next request after 3.0005 s", "http_5xx 1", "Violations  none"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
  EXPECT_EQ(text.find("b.example"), std::string::npos);
  const auto json = audit.receipt().json("a.example", audit.report());
  EXPECT_EQ(json["requests"], 6);
  EXPECT_EQ(json["honoured"], 1);
  EXPECT_EQ(json["not_honoured"], 0);
  EXPECT_EQ(json["violations"], 0);
  EXPECT_EQ(json["requests_per_hour"][0]["hour"], "2026-01-01 12:00Z");
  EXPECT_EQ(json["first_sent_at"], "2026-01-01T12:00:00.000Z");
}

TEST(AuditRun, AnUnknownHostGetsTheNearestNames) {
  const Folder folder;
  Audit audit("www.exmaple.org");
  audit.read(
      {folder.ledger("fetches-1.jsonl", {{.host = "www.example.org"}, {.host = "other.net"}, {.host = "z.net"}})});
  EXPECT_FALSE(audit.knows_host());
  EXPECT_EQ(audit.hosts_like("www.exmaple.org", 1), std::vector<std::string>{"www.example.org"});
  EXPECT_EQ(audit.hosts_like("www.exmaple.org", 9).size(), 3u);
}

TEST(AuditRun, AReportNamesBothLines) {
  const Folder folder;
  Audit audit("");
  audit.read({folder.ledger("fetches-1.jsonl", {{.at_ms = 0}}), folder.ledger("fetches-2.jsonl", {{.at_ms = 100}})});
  audit.verify();
  const std::string text = report_text(audit.report());
  EXPECT_NE(text.find("fetches-2.jsonl:1, after " + (folder.path() / "fetches-1.jsonl").string() + ":1"), text.npos)
      << text;
  EXPECT_NE(text.find("90 ms after the first byte before it; the delay is 200 ms"), text.npos) << text;
  const auto json = report_json(audit.report());
  EXPECT_EQ(json["ok"], false);
  EXPECT_EQ(json["violations_by_rule"]["gap"], 1);
  EXPECT_EQ(json["violations_told"][0]["host"], "a.example");
}

}  // namespace
}  // namespace cli
