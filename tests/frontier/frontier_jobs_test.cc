// The books of jobs: each balances by itself, and says what the structures hold of it.
#include <set>

#include "frontier/job_names.h"
#include "tests/frontier/frontier_fixture.h"

namespace frontier::testing {
namespace {

using namespace std::chrono_literals;

class JobBooks : public FrontierTest {
 protected:
  static Discovery of_job(const std::string& job, int i, std::string_view refused = {}, bool force = false) {
    Discovery d = found(page(i), refused, force);
    d.record.job = job;
    return d;
  }
  static std::vector<Discovery> of_job(const std::string& job, int from, int to) {
    std::vector<Discovery> all;
    for (int i = from; i < to; ++i) all.push_back(of_job(job, i));
    return all;
  }

  std::int64_t bytes(const std::string& job) {
    const auto counts = wait<RedisFrontier::Counts>([&](auto done) { frontier_->job_counts(kPartition, done); });
    const auto entry = counts.find("bytes " + job);
    return entry == counts.end() ? 0 : entry->second;
  }
  std::vector<std::string> listed(JobNames& names) {
    const auto jobs = wait<std::optional<std::vector<JobNames::Job>>>([&](auto done) { names.list(done); });
    std::vector<std::string> all;
    for (const JobNames::Job& job : jobs.value()) all.push_back(job.name);
    return all;
  }

  // "discovered queued in_flight waiting done refused"
  std::string books(const std::string& job) {
    const auto counts = wait<RedisFrontier::Counts>([&](auto done) { frontier_->job_counts(kPartition, done); });
    std::string text;
    std::int64_t balance = 0;
    for (const std::string state : {"discovered", "queued", "in_flight", "waiting", "done", "refused"}) {
      const auto entry = counts.find(state + " " + job);
      const std::int64_t n = entry == counts.end() ? 0 : entry->second;
      balance += state == "discovered" ? n : -n;
      text += (text.empty() ? "" : " ") + std::to_string(n);
    }
    EXPECT_EQ(balance, 0) << job << ": " << text;
    expect_books();
    return text;
  }
};

TEST_F(JobBooks, AreKeptApart) {
  add(of_job("nightly", 0, 3));
  add(of_job("a b", 3, 5));
  add(pages(5, 6));
  EXPECT_EQ(books("nightly"), "3 3 0 0 0 0");
  EXPECT_EQ(books("a b"), "2 2 0 0 0 0");
  EXPECT_EQ(books(""), "0 0 0 0 0 0") << "what has no job is in the books of all alone";
}

TEST_F(JobBooks, FollowAUrlThroughEveryState) {
  add(of_job("nightly", 0, 6));
  const std::vector<Record> taken = take(5).records;
  ASSERT_EQ(taken.size(), 5u);
  EXPECT_EQ(books("nightly"), "6 1 5 0 0 0");
  settle({{.verb = Verb::done, .id = taken[0].url, .name = "fetched"},
          {.verb = Verb::refused, .id = taken[1].url, .name = "robots_disallowed"},
          {.verb = Verb::refused, .id = taken[2].url, .name = "depth"},
          {.verb = Verb::wait, .id = taken[3].url, .wait = Millis(0), .record = taken[3]},
          {.verb = Verb::back, .id = taken[4].url, .record = taken[4]}});
  EXPECT_EQ(books("nightly"), "6 2 0 1 1 2");
  wake();
  EXPECT_EQ(books("nightly"), "6 3 0 0 1 2");
}

TEST_F(JobBooks, CountOneThatIsForcedWhileItIsInFlight) {
  add({of_job("nightly", 0)});
  take(1);
  add({of_job("again", 0, {}, true)});
  EXPECT_EQ(take(1).records.size(), 0u);
  EXPECT_EQ(books("nightly"), "1 0 1 0 0 0");
  EXPECT_EQ(books("again"), "1 0 0 0 1 0") << "a duplicate";
}

TEST_F(JobBooks, LetARefusalStandWithTheJobThatFoundIt) {
  add({of_job("shallow", 0, "depth"), of_job("shallow", 1, "robots_disallowed")});
  EXPECT_EQ(books("shallow"), "2 0 0 0 0 2");
  add({of_job("deep", 0)});
  EXPECT_EQ(books("shallow"), "2 0 0 0 0 2");
  EXPECT_EQ(books("deep"), "1 1 0 0 0 0");
}

TEST_F(JobBooks, AreTheSameThroughPacking) {
  add(of_job("nightly", 0, 200));
  wait<Repacked>([&](auto done) { frontier_->cold().pack(kPartition, kHost, done); });
  EXPECT_GT(packed(), 0);
  EXPECT_EQ(books("nightly"), "200 200 0 0 0 0");
}

TEST_F(JobBooks, CountTheBytesOfWhateverBecameOfTheirUrls) {
  add(of_job("nightly", 0, 5));
  add(pages(5, 6));
  const std::vector<Record> taken = take(6).records;
  ASSERT_EQ(taken.size(), 6u);
  const std::vector<Settlement> ends = {
      {.verb = Verb::done, .id = taken[0].url, .name = "fetched", .received = {1u << 20}},
      {.verb = Verb::done, .id = taken[1].url, .name = "http_4xx", .received = {20}},
      {.verb = Verb::refused, .id = taken[2].url, .name = "depth", .received = {3}},
      {.verb = Verb::wait, .id = taken[3].url, .wait = 1h, .record = taken[3], .received = {400}},
      {.verb = Verb::back, .id = taken[4].url, .record = taken[4], .received = {5000}},
      {.verb = Verb::done, .id = taken[5].url, .name = "fetched", .received = {7}}};
  settle(ends);
  EXPECT_EQ(bytes("nightly"), (1 << 20) + 5423);
  EXPECT_EQ(bytes(""), 0) << "what is of no job is in no job's books";
  settle(ends);
  EXPECT_EQ(bytes("nightly"), (1 << 20) + 5423) << "said again, it counts once";
  EXPECT_EQ(books("nightly"), "5 1 0 1 2 1");
}

TEST_F(JobBooks, CountNoBytesOfAnotherOwnersUrl) {
  add(of_job("nightly", 0, 1));
  const std::string url = take(1).records.at(0).url;
  const auto stranger = make("daemon 2");
  EXPECT_EQ(settle(*stranger, {{.verb = Verb::done, .id = url, .name = "fetched", .received = {9}}}),
            SettleAnswer::fenced);
  EXPECT_EQ(bytes("nightly"), 0);
}

TEST_F(JobBooks, AJobAgesFromWhenItWasFirstNamed) {
  JobNames names(client_->connection(), frontier_->keys());
  const auto enter = [&] { wait<std::set<std::string>>([&](auto done) { names.enter({"nightly"}, done); }); };
  enter();
  const std::string jobs = frontier_->keys().jobs();
  const std::int64_t named = std::stoll(client_->ask({"HGET", jobs, "nightly"}).text);
  client_->ask({"HSET", jobs, "nightly", std::to_string(named - 3'600'000)});
  names.forget();
  enter();
  const auto list = [&] {
    return wait<std::optional<std::vector<JobNames::Job>>>([&](auto done) { names.list(done); }).value();
  };
  ASSERT_EQ(list().size(), 1u);
  EXPECT_GE(list()[0].age, 1h) << "named again, it is no younger";
  EXPECT_LT(list()[0].age, 2h);
  client_->ask({"HSET", jobs, "nightly", std::to_string(named + 3'600'000)});
  EXPECT_EQ(list()[0].age, 0ms) << "Redis' clock stepped back";
}

TEST_F(JobBooks, ThereAreAtMostSoManyNames) {
  JobNames names(client_->connection(), frontier_->keys(), 2), other(client_->connection(), frontier_->keys(), 2);
  using Names = std::set<std::string>;
  const auto enter = [&](JobNames& who, const Names& which) {
    return wait<Names>([&](auto done) { who.enter(which, done); });
  };
  EXPECT_EQ(enter(names, {"a"}), Names{});
  EXPECT_EQ(enter(other, {"b", "c"}), Names{"c"});
  EXPECT_EQ(enter(names, {"a", "b", "c"}), Names{"c"}) << "whoever entered them";
  client_->ask({"FLUSHALL"});
  names.forget();
  EXPECT_EQ(enter(names, {"a", "b", "c"}), Names{"c"}) << "entered again";
  EXPECT_THAT(listed(names), ::testing::UnorderedElementsAre("a", "b"));
}

}  // namespace
}  // namespace frontier::testing
