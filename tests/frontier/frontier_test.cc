
#include "tests/frontier/frontier_fixture.h"

namespace frontier {
namespace {

using namespace testing;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class Frontier : public FrontierTest {
 protected:
  // While a key is of a wrong type the call waits; then it does what it was to do, once.
  void broken(const std::string& name, const std::function<void(std::function<void()>)>& call) {
    const std::string of = key(name), aside = key("aside");
    client_->ask({"RENAME", of, aside});
    client_->ask({"SET", of, "no such thing"});
    bool done = false;
    call([&done] { done = true; });
    EXPECT_TRUE(client_->run_until([&] { return client_->connection().error().starts_with("WRONGTYPE"); })) << name;
    EXPECT_FALSE(done) << name;
    client_->ask({"DEL", of});
    client_->ask({"RENAME", aside, of});
    EXPECT_TRUE(client_->run_until([&] { return done && client_->connection().error().empty(); })) << name;
    expect_books();
  }
};

Record tried(const std::string& url, int attempts) {
  Record record;
  record.url = record.seed = url;
  record.attempts = attempts;
  return record;
}

TEST_F(Frontier, TheBooksBalanceAfterEveryScript) {
  add(pages(0, 10));
  add(pages(10, 12, "depth"));
  expect_books();
  take(6);
  expect_books();
  settle({{Verb::done, page(0), "fetched"},
          {Verb::done, page(1), "http_4xx"},
          {Verb::refused, page(2), "robots_disallowed"},
          {Verb::wait, page(3), {}, 0ms, tried(page(3), 1)},
          {Verb::back, page(4), {}, 0ms, tried(page(4), 0)}});
  expect_books();
  EXPECT_EQ(count("discovered"), 12);
  EXPECT_EQ(count("queued"), 5);
  EXPECT_EQ(count("in_flight"), 1);
  EXPECT_EQ(count("waiting"), 1);
  EXPECT_EQ(count("done"), 2);
  EXPECT_EQ(count("refused"), 3);
  add(pages(10, 12));
  expect_books();
  wake();
  expect_books();
  EXPECT_EQ(count("queued"), 8);
  take(99);
  expect_books();
}

TEST_F(Frontier, TakeMovesIntoFlightInTheOrderOfDiscovery) {
  add(pages(0, 5));
  const Taken taken = take(3);
  EXPECT_FALSE(taken.fenced);
  EXPECT_THAT(urls(taken.records), ElementsAre(page(0), page(1), page(2)));
  EXPECT_EQ(taken.left, 2);
  EXPECT_EQ(taken.host_state, "");
  EXPECT_THAT(urls(flight()), UnorderedElementsAre(page(0), page(1), page(2)));
  EXPECT_THAT(urls(take(9).records), ElementsAre(page(3), page(4)));
  EXPECT_THAT(take(9).records, IsEmpty());
  expect_books();
}

TEST_F(Frontier, AStrangersFenceTakesSettlesAndWakesNothing) {
  add(pages(0, 2));
  take(1);
  const auto stranger = make("daemon 2");
  EXPECT_TRUE(take(*stranger, 1).fenced);
  EXPECT_EQ(settle(*stranger, {{Verb::done, page(0), "fetched"}}, "state"), SettleAnswer::fenced);
  EXPECT_THAT(urls(flight()), ElementsAre(page(0)));
  EXPECT_EQ(settle({{Verb::wait, page(0), {}, 0ms, tried(page(0), 1)}}), SettleAnswer::ok);
  wake(*stranger);
  EXPECT_EQ(count("waiting"), 1);
  EXPECT_EQ(take(0).host_state, "") << "not the stranger's";
  ASSERT_TRUE(lease(kFence, "daemon 2"));
  EXPECT_TRUE(take(1).fenced);
  EXPECT_EQ(take(*stranger, 1).records.size(), 1u);
  expect_books();
}

// What a script was to do waits until the key is repaired, and nothing was half done meanwhile.
TEST_F(Frontier, AKeyOfAWrongTypeLosesNothing) {
  add(pages(0, 3));
  std::vector<std::string> taken;
  const auto take_one = [&](const auto& done) {
    frontier_->take(kPartition, kHost, 1, [&taken, done](const Taken& answer) {
      EXPECT_FALSE(answer.lost);
      for (const Record& record : answer.records) taken.push_back(record.url);
      done();
    });
  };
  broken("q:" + kHost, take_one);
  broken("flight", take_one);
  EXPECT_THAT(taken, ElementsAre(page(0), page(1)));
  const auto settle_as = [&](Verb verb, int n) {
    return [this, verb, n](const auto& done) {
      frontier_->settle(kPartition, kHost, "", {{verb, page(n), "fetched", 0ms, tried(page(n), 1)}},
                        [done](SettleAnswer answer) {
                          EXPECT_EQ(answer, SettleAnswer::ok);
                          done();
                        });
    };
  };
  broken("q:" + kHost, settle_as(Verb::back, 0));
  broken("counts", settle_as(Verb::done, 1));
  EXPECT_THAT(urls(take(9).records), ElementsAre(page(0), page(2)));
  settle({{Verb::wait, page(2), {}, 0ms, tried(page(2), 1)}});
  broken("wait", settle_as(Verb::wait, 0));
  EXPECT_EQ(count("waiting"), 2);
}

TEST_F(Frontier, ABrokenSetNewsOrQueueLosesNoLinkAndNoEnd) {
  add(pages(0, 12));
  int next = 20;
  const std::vector<std::string> sets = {"seen:0", "out:0", "active", "news", "q:" + kHost};
  for (const std::string& name : sets) {
    const int fresh = next++;
    broken(name, [this, fresh](const auto& done) {
      frontier_->add({found(page(fresh))}, [done](const AddCount& added) {
        EXPECT_EQ(added.fresh, 1);
        done();
      });
    });
  }
  EXPECT_EQ(count("queued"), 17);
  const auto taken = take(10).records;
  ASSERT_EQ(taken.size(), 10u);
  int settled = 0;
  const auto ends = [&](const std::string& name, Settlement settlement) {
    ++settled;
    broken(name, [this, settlement](const auto& done) {
      frontier_->settle(kPartition, kHost, "state", {settlement}, [done](SettleAnswer) { done(); });
    });
  };
  ends("out:0", {Verb::done, taken[0].url, "http_4xx"});
  ends("out:0", {Verb::refused, taken[1].url, "depth"});
  ends("seen:0", {Verb::refused, taken[2].url, "depth"});
  ends("active", {Verb::back, taken[3].url, {}, 0ms, taken[3]});
  ends("news", {Verb::back, taken[4].url, {}, 0ms, taken[4]});
  ends("hosts", {Verb::done, taken[5].url, "fetched"});
  EXPECT_EQ(count("in_flight"), 10 - settled);
  EXPECT_EQ(count("done"), 2);
  EXPECT_EQ(count("refused"), 2);
  EXPECT_EQ(count("queued"), 9);
}

TEST_F(Frontier, SettleIsIdempotentAndCountsByName) {
  add(pages(0, 3));
  take(3);
  const std::vector<Settlement> both = {{Verb::done, page(0), "fetched"}, {Verb::refused, page(1), "depth"}};
  EXPECT_EQ(settle(both), SettleAnswer::ok);
  EXPECT_EQ(settle(both), SettleAnswer::ok);
  EXPECT_EQ(settle({{Verb::back, page(0), {}, 0ms, tried(page(0), 0)}}), SettleAnswer::ok);
  EXPECT_EQ(count("done"), 1);
  EXPECT_EQ(count("f:fetched"), 1);
  EXPECT_EQ(count("r:depth"), 1);
  EXPECT_EQ(count("in_flight"), 1);
  EXPECT_EQ(count("queued"), 0);
  expect_books();
}

TEST_F(Frontier, TheHostStateIsKeptUntilAnotherIsGiven) {
  const std::string state("a\0b", 3);
  settle({}, state);
  EXPECT_EQ(take(1).host_state, state);
  settle({});
  EXPECT_EQ(take(1).host_state, state);
  settle({}, "next");
  EXPECT_EQ(take(1).host_state, "next");
}

TEST_F(Frontier, AHostStateThatComesLateDoesNotReplaceTheOneAfterIt) {
  add(pages(0, 1));
  take(1);
  settle({}, "later\n#10");
  EXPECT_EQ(settle({{Verb::done, page(0), "fetched"}}, "earlier\n#9"), SettleAnswer::ok);
  EXPECT_EQ(take(1).host_state, "later\n#10");
  EXPECT_EQ(count("done"), 1) << "the URL ends all the same";
  settle({}, "later\n#10");
  settle({}, "last\n#11");
  EXPECT_EQ(take(1).host_state, "last\n#11");
}

TEST_F(Frontier, AWaitingUrlComesBackInFrontWhenItIsDue) {
  add(pages(0, 4));
  take(2);
  settle({{Verb::wait, page(0), {}, 0ms, tried(page(0), 1)}, {Verb::wait, page(1), {}, 1h, tried(page(1), 1)}});
  news();
  const auto next = wake();
  ASSERT_TRUE(next);
  EXPECT_GT(*next, 59min);
  EXPECT_LE(*next, 1h);
  EXPECT_EQ(count("waiting"), 1);
  const Taken taken = take(9);
  EXPECT_THAT(urls(taken.records), ElementsAre(page(0), page(2), page(3)));
  EXPECT_EQ(taken.records[0].attempts, 1);
  expect_books();
}

// As it is after the clock stepped back by an hour and more.
TEST_F(Frontier, AUrlThatWouldWaitLongerThanAnyWaitIsDue) {
  add(pages(0, 3));
  take(2);
  settle({{Verb::wait, page(0), {}, 24h, tried(page(0), 1)}, {Verb::wait, page(1), {}, 23h, tried(page(1), 1)}});
  const auto next = wake();
  ASSERT_TRUE(next);
  EXPECT_GT(*next, 22h);
  EXPECT_EQ(count("waiting"), 2);
  const std::string waiting = key("wait"), first = tried(page(0), 1).encode();
  client_->ask({"ZINCRBY", waiting, "60000", first});
  EXPECT_GT(wake().value_or(0ms), 22h) << "the other waits on";
  EXPECT_THAT(urls(take(1).records), ElementsAre(page(0)));
  const std::string second = tried(page(1), 1).encode();
  client_->ask({"ZINCRBY", waiting, "360000000", second});
  EXPECT_FALSE(wake());
  EXPECT_EQ(count("waiting"), 0);
  EXPECT_THAT(urls(take(1).records), ElementsAre(page(1)));
  expect_books();
}

TEST_F(Frontier, AStepBackWakesManyInTurns) {
  add(pages(0, 150));
  std::vector<Settlement> waits;
  for (const Record& record : take(150).records)
    waits.push_back({Verb::wait, record.url, {}, 100h, tried(record.url, 1)});
  settle(std::move(waits));
  EXPECT_EQ(wake(), 0ms);
  EXPECT_EQ(count("waiting"), 50);
  EXPECT_FALSE(wake());
  EXPECT_EQ(count("queued"), 150);
  expect_books();
}

TEST_F(Frontier, WakeSaysNothingWhereNothingWaits) {
  EXPECT_FALSE(wake());
  add(pages(0, 1));
  take(1);
  settle({{Verb::wait, page(0), {}, 0ms, tried(page(0), 1)}});
  news();
  EXPECT_FALSE(wake());
  EXPECT_THAT(news(), ElementsAre(kHost));
}

TEST_F(Frontier, BackPutsRecordsInFrontInTheirOrder) {
  add(pages(0, 5));
  take(3);
  news();
  settle({{Verb::back, page(0), {}, 0ms, tried(page(0), 0)},
          {Verb::back, page(1), {}, 0ms, tried(page(1), 2)},
          {Verb::back, page(2), {}, 0ms, tried(page(2), 0)}});
  EXPECT_THAT(news(), IsEmpty()) << "the queue was not empty";
  const Taken taken = take(9);
  EXPECT_THAT(urls(taken.records), ElementsAre(page(0), page(1), page(2), page(3), page(4)));
  EXPECT_EQ(taken.records[1].attempts, 2);
  settle({{Verb::back, page(4), {}, 0ms, tried(page(4), 0)}});
  EXPECT_THAT(news(), ElementsAre(kHost));
  expect_books();
}

TEST_F(Frontier, ForcedWhileInFlightOrWaitingItIsFetchedOnceAndTheBooksBalance) {
  add(pages(0, 1));
  take(1);
  add({found(page(0), {}, true)});
  EXPECT_THAT(take(9).records, IsEmpty());
  EXPECT_EQ(count("f:duplicate"), 1);
  expect_books();
  for (int i = 0; i < 2; ++i) {
    settle({{Verb::wait, page(0), {}, 1h, tried(page(0), 1)}});
    expect_books();
    add({found(page(0), {}, true)});
    EXPECT_EQ(take(9).records.size(), 1u);
  }
  EXPECT_EQ(count("waiting"), 1);
  EXPECT_EQ(count("f:duplicate"), 2);
  expect_books();
}

TEST_F(Frontier, ALeaseChangesOnlyByCompare) {
  EXPECT_FALSE(lease("", "other 1"));
  EXPECT_FALSE(lease("daemon 0", "other 1"));
  EXPECT_TRUE(lease("daemon 0", kFence)) << "asked again after its answer was lost";
  EXPECT_TRUE(lease(kFence, "other 1"));
  EXPECT_FALSE(lease(kFence, ""));
  EXPECT_TRUE(lease("other 1", ""));
  EXPECT_EQ(size("EXISTS", "owner"), 0);
  EXPECT_TRUE(lease("", kFence));
}

TEST_F(Frontier, ATakeOverSeesHostsAndFlight) {
  add(pages(0, 3));
  take(1);
  const auto hosts = wait<std::vector<std::string>>([&](auto done) { frontier_->active_hosts(kPartition, done); });
  EXPECT_THAT(hosts, ElementsAre(kHost));
  EXPECT_THAT(urls(flight()), ElementsAre(page(0)));
}

TEST_F(Frontier, RobotsAreKeptByOrigin) {
  const auto get = [&](const std::string& origin) {
    return wait<StoredRobots>([&](auto done) { frontier_->robots_get(kPartition, origin, done); }).verdict;
  };
  EXPECT_FALSE(get("http://example.org"));
  bool put = false;
  frontier_->robots_put(kPartition, "http://example.org", "rules", [&] { put = true; });
  ASSERT_TRUE(client_->run_until([&] { return put; }));
  EXPECT_EQ(get("http://example.org"), "rules");
  EXPECT_FALSE(get("https://example.org"));
}

TEST_F(Frontier, TheFirstComerWritesTheMetaAndAllReadIt) {
  const Script meta = RedisFrontier::meta_script();
  const std::vector<std::string> keys = {frontier_->keys().meta()};
  EXPECT_THAT(client_->ask(meta, keys, {"epoch", "one"}).texts(), ElementsAre("epoch", "one"));
  EXPECT_THAT(client_->ask(meta, keys, {"epoch", "two"}).texts(), ElementsAre("epoch", "one"));
}

TEST_F(Frontier, TheInboxAndWhatIsTakenFromItShareASlot) {
  const std::string seeds = frontier_->keys().seeds(), taking = frontier_->keys().taking();
  EXPECT_FALSE(client_->ask({"LMOVE", seeds, taking, "RIGHT", "RIGHT"}).error);
}

}  // namespace
}  // namespace frontier
