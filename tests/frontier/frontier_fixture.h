// A frontier on a private Redis, asked as if it blocked, and its books compared with the structures themselves.
// With DECORUM_TEST_CLUSTER set that Redis is a cluster of one node, which refuses scripts whose keys cross slots.
// One thread; lives as long as one test.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "frontier/frontier.h"
#include "frontier/record_block.h"
#include "tests/frontier/private_redis.h"

namespace frontier::testing {

inline const std::string kHost = "example.org";
inline const std::string kFence = "daemon 1";

inline Discovery found(const std::string& url, std::string_view refused = {}, bool force = false) {
  Discovery d{.host = kHost, .refused = refused, .force = force};
  d.record.url = d.record.seed = url;
  return d;
}
inline std::string page(int i) {
  return "http://example.org/" + std::to_string(i);
}
inline std::vector<Discovery> pages(int from, int to, std::string_view refused = {}) {
  std::vector<Discovery> all;
  for (int i = from; i < to; ++i) all.push_back(found(page(i), refused));
  return all;
}
inline std::vector<std::string> urls(const std::vector<Record>& records) {
  std::vector<std::string> all;
  for (const Record& record : records) all.push_back(record.url);
  return all;
}

class FrontierTest : public ::testing::Test {
 protected:
  using Millis = std::chrono::milliseconds;

  static bool clustered() { return std::getenv("DECORUM_TEST_CLUSTER") != nullptr; }

  // A cluster takes two seconds to stand: one serves all tests of the program, and is emptied for each.
  static PrivateRedis* cluster() {
    static PrivateRedis redis(cluster_of_one());
    static const bool started = redis.start();
    return started ? &redis : nullptr;
  }

  void SetUp() override {
    if (!PrivateRedis::available()) GTEST_SKIP() << "redis-server is not installed";
    if (!clustered()) {
      own_redis_.emplace();
      ASSERT_TRUE(own_redis_->start());
    }
    redis_ = clustered() ? cluster() : &*own_redis_;
    ASSERT_NE(redis_, nullptr);
    RedisOptions options;
    options.scripts = RedisFrontier::scripts();
    client_ = std::make_unique<Client>(loop_, redis_->address(), options);
    if (clustered()) {
      client_->ask({"CLUSTER", "ADDSLOTSRANGE", "0", "16383"});
      client_->ask({"CONFIG", "SET", "maxmemory", "0"});
      client_->ask({"FLUSHALL"});
      ASSERT_TRUE(client_->ask({"EVAL", "return 1", "2", "{a}", "{b}"}).error) << "it does not refuse what crosses";
    }
    frontier_ = make(kFence);
    ASSERT_TRUE(lease("", kFence));
  }

  // Another one on the same connection: with its own idea of buckets and recent URLs.
  std::unique_ptr<RedisFrontier> make(const std::string& fence) {
    return std::make_unique<RedisFrontier>(
        client_->connection(),
        FrontierOptions{.fence = fence,
                        .hash_key = 42,
                        .reasons = {"robots_disallowed", "depth", "nofollow", "http_4xx", "timeout"},
                        .fates = {"http_4xx", "timeout"},
                        .upgradable = {"depth", "nofollow"}});
  }

  template <typename T, typename Call>
  T wait(Call call) {
    auto result = std::make_shared<std::optional<T>>();
    call([result](T value) { *result = std::move(value); });
    EXPECT_TRUE(client_->run_until([&result] { return result->has_value(); })) << client_->connection().error();
    return result->value_or(T{});
  }

  AddCount add(std::vector<Discovery> discoveries) { return add(*frontier_, std::move(discoveries)); }
  AddCount add(RedisFrontier& frontier, std::vector<Discovery> discoveries) {
    return wait<AddCount>([&](auto done) { frontier.add(std::move(discoveries), done); });
  }
  Taken take(int at_most) { return take(*frontier_, at_most); }
  Taken take(RedisFrontier& frontier, int at_most) {
    return wait<Taken>([&](auto done) { frontier.take(kPartition, kHost, at_most, done); });
  }
  SettleAnswer settle(std::vector<Settlement> settlements, std::string_view state = {}) {
    return settle(*frontier_, std::move(settlements), state);
  }
  SettleAnswer settle(RedisFrontier& frontier, std::vector<Settlement> settlements, std::string_view state = {}) {
    return wait<SettleAnswer>([&](auto done) { frontier.settle(kPartition, kHost, state, settlements, done); });
  }
  News all_news(RedisFrontier& frontier) {
    return wait<News>([&](auto done) { frontier.poll_news(kPartition, done); });
  }
  std::vector<std::string> news() { return all_news(*frontier_).hosts; }
  std::optional<Millis> wake(RedisFrontier& frontier) {
    return wait<std::optional<Millis>>([&](auto done) {
      frontier.wake(
          kPartition, [](const std::string&) { return kHost; }, done);
    });
  }
  std::optional<Millis> wake() { return wake(*frontier_); }
  std::vector<Record> flight() {
    return wait<std::vector<Record>>([&](auto done) { frontier_->flight(kPartition, done); });
  }
  bool lease(const std::string& seen, const std::string& owner) {
    return wait<bool>([&](auto done) { frontier_->lease(kPartition, seen, owner, done); });
  }

  std::int64_t count(const std::string& name) {
    const auto counts = wait<RedisFrontier::Counts>([&](auto done) { frontier_->counts(kPartition, done); });
    const auto entry = counts.find(name);
    return entry == counts.end() ? 0 : entry->second;
  }
  std::string key(std::string_view name) { return frontier_->keys().of(kPartition, name); }
  std::int64_t size(std::string_view command, std::string_view name) {
    const std::string of = key(name);
    return client_->ask({command, of}).integer;
  }

  // How many records lie in the host's blocks: by their own counts, which the index must name.
  std::int64_t packed() {
    const std::string index_key = key("cold");
    const auto index = ColdIndex::parse(client_->ask({"HGET", index_key, kHost}).text);
    EXPECT_TRUE(index) << "an index that cannot be read";
    if (!index) return 0;
    std::int64_t sum = 0;
    const std::string prefix = key("cold:"), pattern = key("cold:*:" + kHost);
    for (const std::string& list : client_->ask({"KEYS", pattern}).texts()) {
      const auto c = QueueClass::parse(list.substr(prefix.size(), list.find(':', prefix.size()) - prefix.size()));
      if (c && c->aside) {
        sum += static_cast<std::int64_t>(index->of(*c));
        continue;
      }
      const auto blocks = client_->ask({"LRANGE", list, "0", "-1"}).texts();
      std::size_t of_class = 0;
      for (std::size_t i = 0; i < blocks.size(); ++i) {
        const auto records = unpack_records(blocks[i]);
        EXPECT_TRUE(c && records) << list << ": what cannot be read";
        if (!c || !records) return -1;
        EXPECT_EQ(blocks[i][1], static_cast<char>(records->size()));
        if (i > 0 && i + 1 < blocks.size()) {
          EXPECT_EQ(records->size(), kBlockRecords);
        }
        for (const Record& record : *records) EXPECT_EQ(QueueClass::of(record), *c) << record.url;
        of_class += records->size();
      }
      EXPECT_EQ(of_class, index->of(*c)) << list;
      sum += static_cast<std::int64_t>(of_class);
    }
    EXPECT_EQ(sum, static_cast<std::int64_t>(index->total()));
    return sum;
  }

  // discovered = queued + in flight + waiting + done + refused, and each is what the structures hold.
  void expect_books() {
    const auto counts = wait<RedisFrontier::Counts>([&](auto done) { frontier_->counts(kPartition, done); });
    const auto of = [&](const std::string& name) { return counts.contains(name) ? counts.at(name) : 0; };
    EXPECT_EQ(of("discovered"), of("queued") + of("in_flight") + of("waiting") + of("done") + of("refused"));
    EXPECT_EQ(of("queued"),
              size("LLEN", "q-high:" + kHost) + size("LLEN", "q:" + kHost) + size("LLEN", "q-low:" + kHost) + packed());
    EXPECT_EQ(of("in_flight"), size("HLEN", "flight"));
    EXPECT_EQ(of("waiting"), size("ZCARD", "wait"));
    const std::string active = key("active");
    EXPECT_EQ(client_->ask({"SISMEMBER", active, kHost}).integer, of("queued") > 0 ? 1 : 0);
    std::int64_t done = 0, refused = 0;
    for (const auto& [name, n] : counts) {
      if (name.starts_with("f:")) done += n;
      if (name.starts_with("r:")) refused += n;
    }
    EXPECT_EQ(of("done"), done);
    EXPECT_EQ(of("refused"), refused);
  }

  const int kPartition = partition_of(kHost);
  TestLoop loop_;
  std::optional<PrivateRedis> own_redis_;
  PrivateRedis* redis_ = nullptr;  // it, or the cluster
  std::unique_ptr<Client> client_;
  std::unique_ptr<RedisFrontier> frontier_;
};

}  // namespace frontier::testing
