#include <algorithm>
#include <deque>
#include <map>

#include "tests/frontier/frontier_fixture.h"

namespace frontier {
namespace {

using namespace testing;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// URLs are named after their priority: http://example.org/high0 and so on.
class FrontierPriority : public FrontierTest {
 protected:
  static std::string url(Priority priority, int i) {
    return "http://example.org/" + std::string(name_of(priority)) + std::to_string(i);
  }
  static Record record(Priority priority, int i) {
    Record r;
    r.url = r.seed = url(priority, i);
    r.priority = priority;
    return r;
  }
  void file(Priority priority, int count) {
    std::vector<Discovery> all;
    for (; count > 0; --count) all.push_back({kHost, record(priority, next_[priority]++), {}, false});
    add(std::move(all));
  }
  static std::string letters(const std::vector<Record>& records) {
    std::string out;
    for (const Record& r : records) {
      EXPECT_NE(r.url.find("/" + std::string(name_of(r.priority))), r.url.npos) << r.url;
      out += name_of(r.priority)[0];
    }
    return out;
  }
  std::string taken(int at_most) { return letters(take(at_most).records); }
  static Settlement back(Record r) {
    std::string of = r.url;
    return {.verb = Verb::back, .id = std::move(of), .record = std::move(r)};
  }
  static Settlement later(Record r, Millis wait) {
    std::string of = r.url;
    return {.verb = Verb::wait, .id = std::move(of), .wait = wait, .record = std::move(r)};
  }

  std::map<Priority, int> next_;
};

constexpr auto kHigh = Priority::high, kNormal = Priority::normal, kLow = Priority::low;

TEST_F(FrontierPriority, OfEightTurnsHighHasFiveNormalTwoLowOne) {
  for (const Priority p : {kLow, kNormal, kHigh}) file(p, 40);
  EXPECT_EQ(taken(8), "hnhhlhnh");
  EXPECT_EQ(taken(16), "hnhhlhnhhnhhlhnh");
  EXPECT_EQ(take(0).left, 120 - 24);
  expect_books();
}

TEST_F(FrontierPriority, TheSharesAreTheSameHoweverFewAreTaken) {
  for (const Priority p : {kLow, kNormal, kHigh}) file(p, 40);
  std::string all;
  for (int i = 0; i < 5; ++i) {
    for (const int count : {1, 1, 2, 3, 1}) all += taken(count);
  }
  EXPECT_EQ(all, "hnhhlhnhhnhhlhnhhnhhlhnhhnhhlhnhhnhhlhnh");
}

TEST_F(FrontierPriority, AnEmptyQueuesTurnsAreTheHighestsThatHoldsUrls) {
  file(kLow, 20);
  file(kNormal, 20);
  EXPECT_EQ(taken(8), "nnnnlnnn");
  EXPECT_EQ(taken(99).find_last_of('n'), 14u) << "13 normal ones of 15, then the lows";
}

TEST_F(FrontierPriority, WithoutNormalsSevenOfEightAreHigh) {
  file(kLow, 9);
  file(kHigh, 14);
  EXPECT_EQ(taken(16), "hhhhlhhhhhhhlhhh");
  EXPECT_EQ(taken(99), "lllllll") << "what is alone has it all";
  expect_books();
}

TEST_F(FrontierPriority, WithoutLowsNormalHasItsTwo) {
  file(kNormal, 9);
  file(kHigh, 12);
  EXPECT_EQ(taken(16), "hnhhhhnhhnhhhhnh");
  EXPECT_EQ(taken(99), "nnnnn");
}

TEST_F(FrontierPriority, ALowOneIsNotStarvedByHighOnesThatComeOneByOne) {
  file(kLow, 3);
  std::string all;
  for (int i = 0; i < 24; ++i) {
    file(kHigh, 1);
    all += taken(1);
  }
  EXPECT_EQ(std::count(all.begin(), all.end(), 'l'), 3) << all;
}

TEST_F(FrontierPriority, AHighOneWaitsForOneOfTheOthersAtMost) {
  file(kNormal, 100);
  EXPECT_EQ(taken(8), "nnnnnnnn");
  file(kHigh, 1);
  EXPECT_EQ(taken(1), "h");
  file(kHigh, 1);
  EXPECT_EQ(taken(2), "nh");
}

TEST_F(FrontierPriority, WithinAPriorityTheOrderIsKept) {
  for (const Priority p : {kLow, kNormal, kHigh}) file(p, 30);
  std::map<Priority, int> next;
  for (int i = 0; i < 15; ++i) {
    for (const Record& r : take(6).records) EXPECT_EQ(r.url, url(r.priority, next[r.priority]++));
  }
  EXPECT_EQ(take(0).left, 0);
}

TEST_F(FrontierPriority, TurnsAreKeptOnlyWhileSomethingWaits) {
  file(kNormal, 20);
  take(5);
  EXPECT_EQ(size("EXISTS", "turns"), 0) << "a queue that is alone uses none";
  file(kHigh, 5);
  take(3);
  EXPECT_EQ(size("HLEN", "turns"), 1);
  take(99);
  EXPECT_EQ(size("EXISTS", "turns"), 0);
  expect_books();
}

TEST_F(FrontierPriority, BackIsInFrontOfItsOwnQueueInOrder) {
  for (const Priority p : {kLow, kNormal, kHigh}) file(p, 8);
  const auto first = take(8).records;
  std::vector<Settlement> all;
  for (const Record& r : first) all.push_back(back(r));
  settle(all);
  expect_books();
  settle(all);  // said again after its answer was lost
  expect_books();
  EXPECT_EQ(size("LLEN", "q-high:" + kHost), 8);
  EXPECT_EQ(size("LLEN", "q-low:" + kHost), 8);
  EXPECT_EQ(urls(take(8).records), urls(first));
}

TEST_F(FrontierPriority, WhatWaitedComesBackInFrontOfItsOwnQueueInOrder) {
  file(kNormal, 6);
  file(kHigh, 8);
  const auto first = take(8).records;
  std::vector<Settlement> all;
  for (const Record& r : first) all.push_back(later(r, 0ms));
  settle(all);
  news();
  wake();
  expect_books();
  wake();
  expect_books();
  EXPECT_EQ(count("queued"), 14);
  EXPECT_THAT(news(), IsEmpty()) << "no queue was empty";
  // All fell due at once, so they stand in the order of their texts: each queue's front is as it was.
  EXPECT_EQ(urls(take(8).records), urls(first));
}

TEST_F(FrontierPriority, AHostIsActiveAndNewsAsLongAsAnyOfItsQueuesIsNotEmpty) {
  for (const Priority p : {kLow, kHigh}) {
    file(p, 2);
    EXPECT_THAT(news(), ElementsAre(kHost));
    expect_books();
    const auto records = take(9).records;
    expect_books();
    settle({back(records[0]), later(records[1], 0ms)});
    EXPECT_THAT(news(), ElementsAre(kHost));
    expect_books();
    take(1);
    wake();
    EXPECT_THAT(news(), ElementsAre(kHost));
    expect_books();
    take(9);
    expect_books();
  }
}

TEST_F(FrontierPriority, FactsCountAllQueues) {
  for (const Priority p : {kLow, kNormal, kHigh}) file(p, 2);
  EXPECT_EQ(wait<HostFacts>([&](auto done) { frontier_->host_facts(kHost, false, 1, 1, done); }).queued, 6);
}

TEST_F(FrontierPriority, WhatAnotherOwnerLeftInFlightGoesBackToItsOwnQueue) {
  for (const Priority p : {kLow, kNormal, kHigh}) file(p, 4);
  take(8);
  ASSERT_TRUE(lease(kFence, "daemon 2"));
  const auto heir = make("daemon 2");
  std::vector<Settlement> all;
  for (Record& r : flight()) all.push_back(back(std::move(r)));
  EXPECT_EQ(settle(*heir, all), SettleAnswer::ok);
  expect_books();
  for (const char* name : {"q-high:", "q:", "q-low:"}) EXPECT_EQ(size("LLEN", name + kHost), 4) << name;
  const std::string first = letters(take(*heir, 4).records), rest = letters(take(*heir, 99).records);
  EXPECT_EQ(first + rest, "hnhhlhnnnlll") << "its turns go on where they were";
}

TEST_F(FrontierPriority, RecordsFromBeforePrioritiesAreNormal) {
  const std::string queue = key("q:" + kHost), active = key("active"), counts = key("counts");
  for (const char* n : {"0", "1", "2"}) {
    client_->ask({"RPUSH", queue, "http://example.org/normal" + std::string(n) + "\t1\t0\t0\t0\t\t\t\t"});
  }
  client_->ask({"HSET", counts, "discovered", "3", "queued", "3"});
  client_->ask({"SADD", active, kHost});
  expect_books();
  file(kHigh, 1);
  const auto records = take(2).records;
  EXPECT_EQ(letters(records), "hn");
  EXPECT_EQ(records[1].depth, 1);
  settle({later(records[1], 0ms)});
  wake();
  expect_books();
  EXPECT_EQ(taken(9), "nnn");
}

TEST_F(FrontierPriority, ForcedAgainItHasThePriorityItIsForcedWith) {
  file(kLow, 1);
  take(1);
  settle({{Verb::done, url(kLow, 0), "fetched"}});
  Discovery again{kHost, record(kLow, 0), {}, true};
  again.record.priority = kHigh;
  add({again});
  EXPECT_EQ(size("LLEN", "q-high:" + kHost), 1);
  expect_books();
}

}  // namespace
}  // namespace frontier
