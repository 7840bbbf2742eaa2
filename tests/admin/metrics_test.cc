#include "admin/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <sstream>

namespace admin {
namespace {

using namespace std::chrono_literals;

struct Sample {
  std::string name;
  std::string labels;  // as written, without braces
  double value = 0;
};

struct Exposition {
  std::map<std::string, std::string> types;  // by family
  std::set<std::string> helped;
  std::vector<Sample> samples;

  double value(const std::string& name, const std::string& labels = "") const {
    for (const Sample& sample : samples) {
      if (sample.name == name && sample.labels == labels) return sample.value;
    }
    ADD_FAILURE() << "no sample " << name << "{" << labels << "}";
    return -1;
  }
};

std::string family_of(const std::string& name, const std::map<std::string, std::string>& types) {
  for (const std::string_view suffix : {"_bucket", "_sum", "_count"}) {
    if (!name.ends_with(suffix)) continue;
    const std::string family = name.substr(0, name.size() - suffix.size());
    if (const auto type = types.find(family); type != types.end() && type->second == "histogram") return family;
  }
  return name;
}

// Reads the text format line by line and fails on whatever is not of it.
Exposition parse(const std::string& text) {
  static const std::regex help("# HELP ([a-z_]+) (.+)"), type("# TYPE ([a-z_]+) (counter|gauge|histogram)");
  static const std::regex line(R"re(([a-z_]+)(?:\{((?:[a-z]+="(?:[^"\\\n]|\\[\\"n])*",?)+)\})? (-?[0-9.e+-]+))re");
  Exposition out;
  EXPECT_TRUE(text.ends_with('\n'));
  std::istringstream lines(text);
  std::string current;
  for (std::string row; std::getline(lines, row);) {
    std::smatch match;
    if (std::regex_match(row, match, help)) {
      EXPECT_TRUE(out.helped.insert(match[1]).second) << "twice: " << row;
    } else if (std::regex_match(row, match, type)) {
      current = match[1];
      EXPECT_TRUE(out.helped.count(current)) << row;
      EXPECT_TRUE(out.types.emplace(current, match[2]).second) << "twice: " << row;
    } else if (std::regex_match(row, match, line)) {
      out.samples.push_back({match[1], match[2], std::stod(match[3])});
      EXPECT_EQ(family_of(match[1], out.types), current) << row;  // families are not interleaved
    } else {
      ADD_FAILURE() << "not a line of the format: " << row;
    }
  }
  return out;
}

Exposition exposition(const crawler::Status& status, const std::vector<const crawler::WorkerCounters*>& workers) {
  WorkerFigures figures;
  for (std::size_t i = 0; i < workers.size(); ++i) figures.add(static_cast<int>(i), *workers[i]);
  return parse(metrics_text(status, figures, {}));
}

TEST(Metrics, EveryNameOfTheContractIsThere) {
  const crawler::WorkerCounters worker;
  crawler::Status status;
  status.refused_by_reason["depth"] = 1;
  const Exposition out = exposition(status, {&worker});
  const std::map<std::string, std::string> wanted = {
      {"decorum_fetches_total", "counter"},
      {"decorum_fetch_seconds", "histogram"},
      {"decorum_bytes_total", "counter"},
      {"decorum_urls", "gauge"},
      {"decorum_urls_refused_total", "counter"},
      {"decorum_hosts", "gauge"},
      {"decorum_politeness_wait_seconds", "histogram"},
      {"decorum_politeness_violations_total", "counter"},
      {"decorum_books_imbalance", "gauge"},
      {"decorum_robots_total", "counter"},
      {"decorum_retry_after_total", "counter"},
      {"decorum_lease_takeovers_total", "counter"},
      {"decorum_redis_seconds", "histogram"},
      {"decorum_redis_up", "gauge"},
      {"decorum_storage_bytes_total", "counter"},
      {"decorum_loop_lag_seconds", "gauge"},
      {"decorum_loop_ticks_late_seconds", "histogram"},
      {"decorum_build_info", "gauge"},
  };
  EXPECT_THAT(out.types, ::testing::IsSupersetOf(wanted));
  for (const auto& [name, type] : out.types) EXPECT_EQ(name.ends_with("_total"), type == "counter") << name;
}

TEST(Metrics, EveryOutcomeOfEveryWorkerIsCounted) {
  crawler::WorkerCounters first, second;
  first.fetches[static_cast<std::size_t>(crawler::Outcome::fetched)].add(5);
  second.fetches[static_cast<std::size_t>(crawler::Outcome::rate_limited)].add(2);
  second.loop_lag_us.set(1500);
  const Exposition out = exposition({}, {&first, &second});
  EXPECT_EQ(out.value("decorum_fetches_total", R"(outcome="fetched",worker="0")"), 5);
  EXPECT_EQ(out.value("decorum_fetches_total", R"(outcome="fetched",worker="1")"), 0);
  EXPECT_EQ(out.value("decorum_fetches_total", R"(outcome="rate_limited",worker="1")"), 2);
  EXPECT_EQ(out.value("decorum_loop_lag_seconds", R"(worker="1")"), 0.0015);
  EXPECT_EQ(std::count_if(out.samples.begin(), out.samples.end(),
                          [](const Sample& sample) { return sample.name == "decorum_fetches_total"; }),
            2 * static_cast<int>(crawler::kOutcomes));
}

TEST(Metrics, CountsOfWorkersAddUp) {
  crawler::WorkerCounters first, second;
  first.wire_bytes.add(10);
  second.wire_bytes.add(5'000'000'000);
  second.body_bytes.add(7);
  first.stored_bytes.add(3);
  first.robots_ok.add(4);
  second.robots_unreachable.add(2);
  first.retry_after.add();
  second.takeovers.add(6);
  const Exposition out = exposition({}, {&first, &second});
  EXPECT_EQ(out.value("decorum_bytes_total", R"(kind="wire")"), 5'000'000'010);
  EXPECT_EQ(out.value("decorum_bytes_total", R"(kind="body")"), 7);
  EXPECT_EQ(out.value("decorum_bytes_total", R"(kind="stored")"), 3);
  EXPECT_EQ(out.value("decorum_robots_total", R"(result="ok")"), 4);
  EXPECT_EQ(out.value("decorum_robots_total", R"(result="unreachable")"), 2);
  EXPECT_EQ(out.value("decorum_retry_after_total"), 1);
  EXPECT_EQ(out.value("decorum_lease_takeovers_total"), 6);
}

TEST(Metrics, HistogramIsCumulativeAndAgreesWithItsCount) {
  crawler::WorkerCounters first, second;
  first.fetch_seconds.observe(4ms);
  first.fetch_seconds.observe(50ms);  // a bound belongs to its bucket
  second.fetch_seconds.observe(51ms);
  second.fetch_seconds.observe(61s);
  const Exposition out = exposition({}, {&first, &second});
  const std::string bucket = "decorum_fetch_seconds_bucket";
  EXPECT_EQ(out.value(bucket, R"(le="0.005")"), 1);
  EXPECT_EQ(out.value(bucket, R"(le="0.02")"), 1);
  EXPECT_EQ(out.value(bucket, R"(le="0.05")"), 2);
  EXPECT_EQ(out.value(bucket, R"(le="0.1")"), 3);
  EXPECT_EQ(out.value(bucket, R"(le="60")"), 3);
  EXPECT_EQ(out.value(bucket, R"(le="+Inf")"), 4);
  EXPECT_EQ(out.value("decorum_fetch_seconds_count"), 4);
  EXPECT_NEAR(out.value("decorum_fetch_seconds_sum"), 61.105, 1e-9);
  double below = 0;
  for (const Sample& sample : out.samples) {
    if (sample.name != bucket) continue;
    EXPECT_GE(sample.value, below) << sample.labels;
    below = sample.value;
  }
}

TEST(Metrics, StatesOfUrlsAddUpToWhatWasDiscovered) {
  crawler::Status status;
  status.books = {21, 1, 2, 3, 5, 10};
  status.books_imbalance = -4;
  status.violations = 2;
  status.hosts = {{"waiting", 4}, {"paused", 1}};
  const Exposition out = exposition(status, {});
  double sum = 0;
  for (const Sample& sample : out.samples) sum += sample.name == "decorum_urls" ? sample.value : 0;
  EXPECT_EQ(sum, 21);
  EXPECT_EQ(out.value("decorum_urls", R"(state="refused")"), 10);
  EXPECT_EQ(out.value("decorum_books_imbalance"), -4);
  EXPECT_EQ(out.value("decorum_politeness_violations_total"), 2);
  EXPECT_EQ(out.value("decorum_hosts", R"(state="waiting")"), 4);
  EXPECT_EQ(out.value("decorum_hosts", R"(state="paused")"), 1);
  EXPECT_EQ(out.value("decorum_hosts", R"(state="blocked")"), 0);
}

TEST(Metrics, LabelsAreEscaped) {
  MetricsWriter out;
  out.family("some_metric", "gauge", "A \\ and a\nbreak and a \".");
  out.sample({{"label", "a\"b\\c\nd"}}, 1);
  EXPECT_EQ(out.text(),
            "# HELP some_metric A \\\\ and a\\nbreak and a \".\n"
            "# TYPE some_metric gauge\n"
            "some_metric{label=\"a\\\"b\\\\c\\nd\"} 1\n");
}

TEST(Metrics, NumbersKeepTheirDigits) {
  MetricsWriter out;
  for (const double value : {0.0, 123456789012.0, 0.125, -3.0, 1e300}) out.sample(value);
  EXPECT_EQ(out.text(), " 0\n 123456789012\n 0.125\n -3\n 1e+300\n");
}

TEST(Process, KernelTellsOfThisProcess) {
  const ProcessFacts facts = read_process_facts();
  EXPECT_GT(facts.resident_bytes, 100'000u);
  EXPECT_GE(facts.virtual_bytes, facts.resident_bytes);
  EXPECT_GE(facts.open_fds, 3u);
  EXPECT_GE(facts.max_fds, facts.open_fds);
  const double now = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  EXPECT_NEAR(facts.start_time, now, 600);
}

}  // namespace
}  // namespace admin
