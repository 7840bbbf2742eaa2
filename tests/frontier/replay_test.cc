// Every script is sent twice with the same arguments, as after a lost answer: the second time changes nothing.
// What was sent is taken from Redis' own MONITOR; what Redis holds is compared key by key.
#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>
#include <set>

#include "frontier/job_names.h"
#include "frontier/partition_tally.h"
#include "frontier/url_lookup.h"
#include "tests/frontier/frontier_fixture.h"

namespace frontier {
namespace {

using namespace testing;
using namespace std::chrono_literals;

// What a server was told to do by others.
class Monitor {
 public:
  explicit Monitor(const std::string& path) : fd_(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size());
    EXPECT_EQ(connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(send(fd_, "MONITOR\r\n", 9, 0), 9);
    read_until("+OK\r\n");
  }
  ~Monitor() { close(fd_); }
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;

  // Scripts called since the last time, with their arguments; `mark` is an argument of the last command.
  std::vector<std::vector<std::string>> scripts_until(const std::string& mark) {
    read_until('"' + mark + "\"\r\n");
    std::vector<std::vector<std::string>> calls;
    for (std::size_t at = 0, end; (end = text_.find("\r\n", at)) != text_.npos; at = end + 2) {
      auto words = words_of(text_.substr(at, end - at));
      if (!words.empty() && words[0] == "EVALSHA") calls.push_back(std::move(words));
    }
    text_.clear();
    return calls;
  }

 private:
  void read_until(const std::string& end) {
    char piece[65536];
    pollfd waiting{fd_, POLLIN, 0};
    while (text_.find(end) == text_.npos) {
      ASSERT_EQ(poll(&waiting, 1, 20'000), 1) << text_;
      const ssize_t n = recv(fd_, piece, sizeof piece, 0);
      ASSERT_GT(n, 0);
      text_.append(piece, static_cast<std::size_t>(n));
    }
  }
  static std::vector<std::string> words_of(const std::string& line) {
    std::vector<std::string> words;
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (line[i] != '"') continue;
      std::string word;
      for (++i; line[i] != '"'; ++i) {
        if (line[i] != '\\') {
          word.push_back(line[i]);
          continue;
        }
        switch (line[++i]) {
          case 'n':
            word.push_back('\n');
            break;
          case 'r':
            word.push_back('\r');
            break;
          case 't':
            word.push_back('\t');
            break;
          case 'a':
            word.push_back('\a');
            break;
          case 'b':
            word.push_back('\b');
            break;
          case 'x':
            word.push_back(static_cast<char>(std::stoi(line.substr(i + 1, 2), nullptr, 16)));
            i += 2;
            break;
          default:
            word.push_back(line[i]);
        }
      }
      words.push_back(std::move(word));
    }
    return words;
  }

  int fd_;
  std::string text_;
};

class Replay : public FrontierTest {
 protected:
  void SetUp() override {
    FrontierTest::SetUp();
    if (!IsSkipped()) monitor_ = std::make_unique<Monitor>(redis_->socket());
  }

  // Key -> what it holds, in an order of its own. News is a hint and may come twice; when robots.txt were written is
  // a moment, and the later one is as true.
  std::map<std::string, std::vector<std::string>> everything() {
    std::map<std::string, std::vector<std::string>> all;
    for (const std::string& of : client_->ask({"KEYS", "*"}).texts()) {
      const std::string type = client_->ask({"TYPE", of}).text;
      auto& held = all[of];
      if (type == "string") held = {client_->ask({"GET", of}).text};
      if (type == "list") held = client_->ask({"LRANGE", of, "0", "-1"}).texts();
      if (type == "set") held = client_->ask({"SMEMBERS", of}).texts();
      if (type == "hash") held = client_->ask({"HGETALL", of}).texts();
      const bool moments = of.ends_with(":robots-written");
      if (type == "zset" && moments) held = client_->ask({"ZRANGE", of, "0", "-1"}).texts();
      if (type == "zset" && !moments) held = client_->ask({"ZRANGE", of, "0", "-1", "WITHSCORES"}).texts();
      if (type == "hash" || type == "set" || of.ends_with(":news")) std::sort(held.begin(), held.end());
      if (of.ends_with(":news")) held.erase(std::unique(held.begin(), held.end()), held.end());
    }
    return all;
  }

  // What was done since the last time is done again.
  void expect_no_change(const std::string& what) {
    const std::string mark = "mark " + std::to_string(++marks_);
    client_->ask({"ECHO", mark});
    const auto calls = monitor_->scripts_until(mark);
    const auto before = everything();
    EXPECT_FALSE(calls.empty()) << what;
    for (const auto& call : calls) {
      replayed_.insert(call[1]);
      const std::vector<std::string_view> words(call.begin(), call.end());
      const Answer answer = client_->ask(words);
      EXPECT_FALSE(answer.error) << what << ": " << answer.text;
    }
    const auto after = everything();
    for (const auto& [of, held] : before)
      EXPECT_EQ(after.contains(of) ? after.at(of) : held, held) << what << ": " << of;
    for (const auto& [of, held] : after) EXPECT_TRUE(before.contains(of)) << what << ": " << of;
    forget();
  }
  // What was done so far is not done again.
  void forget() {
    const std::string end = "mark " + std::to_string(++marks_);
    client_->ask({"ECHO", end});
    monitor_->scripts_until(end);
  }

  std::unique_ptr<Monitor> monitor_;
  std::set<std::string> replayed_;
  int marks_ = 0;
};

TEST_F(Replay, EveryScriptMayBeSentAgain) {
  lease(kFence, "another 1");
  lease("another 1", kFence);
  expect_no_change("lease");
  add(pages(0, 400));
  expect_no_change("add");
  add(pages(400, 420, "depth"));
  expect_no_change("add refused");
  add(pages(405, 410));
  expect_no_change("add overruled");
  add({found(page(1), {}, true), found(page(1), {}, true)});
  expect_no_change("add forced");
  auto forced = found(page(2), {}, true);
  forced.token = "batch-7";
  add({forced});
  expect_no_change("add forced under a name");

  bool packed = false;
  frontier_->cold().pack(kPartition, kHost, [&](Repacked answer) { packed = answer == Repacked::done; });
  ASSERT_TRUE(client_->run_until([&] { return packed; }));
  expect_no_change("pack");
  auto taken = take(4).records;
  forget();
  bool unpacked = false;
  frontier_->cold().unpack(kPartition, kHost, "n0", 8, [&](Repacked answer) { unpacked = answer == Repacked::done; });
  ASSERT_TRUE(client_->run_until([&] { return unpacked; }));
  expect_no_change("unpack");
  for (const Record& record : take(4).records) taken.push_back(record);
  ASSERT_EQ(taken.size(), 8u);
  forget();
  settle({{.verb = Verb::done, .id = taken[0].url, .name = "fetched", .received = {1000}},
          {.verb = Verb::refused, .id = taken[1].url, .name = "robots_disallowed"},
          {.verb = Verb::refused, .id = taken[2].url, .name = "depth"},
          {.verb = Verb::wait, .id = taken[3].url, .wait = 0ms, .record = taken[3]},
          {.verb = Verb::wait, .id = taken[4].url, .wait = 1h, .record = taken[4]},
          {.verb = Verb::back, .id = taken[5].url, .record = taken[5]},
          {.verb = Verb::back, .id = taken[6].url, .record = taken[6]}},
         "state");
  expect_no_change("settle");
  wake();
  expect_no_change("wake");

  const Errand errand{"http://" + kHost, "1 http://b.example/"};
  bool done = false;
  frontier_->ask(kPartition, errand, kPartition + 1, [&](const auto&) { done = true; });
  ASSERT_TRUE(client_->run_until([&] { return done && client_->connection().unanswered() == 0; }));
  expect_no_change("ask, errand");
  frontier_->answer(kPartition, errand, kPartition + 1, "rules");
  ASSERT_TRUE(client_->run_until([&] { return client_->connection().unanswered() == 0; }));
  expect_no_change("answer, forget");
  frontier_->robots_put(kPartition, errand.origin, "rules", [] {});
  ASSERT_TRUE(client_->run_until([&] { return client_->connection().unanswered() == 0; }));
  expect_no_change("verdict");
  for (const char* verb : {"pause", "slow", "block", "lift", "resume"}) {
    wait<LeverAnswer>([&](auto answer) { frontier_->lever({kHost, verb, "id", "0 0 "}, answer); });
    expect_no_change(verb);
  }
  wait<HostFacts>([&](auto answer) { frontier_->host_facts(kHost, false, 1, 1, answer); });
  expect_no_change("host");
  frontier_->levers(kPartition, "", [](const auto&, auto) {});
  PartitionTally tally(client_->connection(), frontier_->keys());
  tally.compare(kPartition, [](const auto&) {});
  UrlLookup lookup(client_->connection(), {.hash_key = 42, .reasons = {"robots_disallowed"}});
  lookup.find(page(1), kHost, "http://" + kHost, [](const UrlFacts&) {});
  frontier_->tell_status({"state", "running"}, [] {});
  ASSERT_TRUE(client_->run_until([&] { return client_->connection().unanswered() == 0; }));
  expect_no_change("levers, tally, lookup, tell");
  client_->ask(RedisFrontier::meta_script(), {frontier_->keys().meta()}, {"epoch", "one"});
  expect_no_change("meta");

  client_->ask({"HSET", frontier_->keys().daemons(), "dead", "7"});
  client_->ask({"HSET", frontier_->keys().received(), "dead", "100"});
  frontier_->bury("dead", "7", [&] { frontier_->fold_received("dead"); });
  ASSERT_TRUE(client_->run_until([&] { return client_->connection().unanswered() == 0; }));
  expect_no_change("bury, fold");
  const auto beat = [&](Beat wanted) { wait<Beaten>([&](auto beaten) { frontier_->beat(wanted, beaten); }); };
  beat({});
  forget();  // the first of a life beats once more, which is no harm
  beat({2, 0});
  expect_no_change("beat");
  wait<bool>([&](auto left) { frontier_->leave([left] { left(true); }); });
  expect_no_change("leave");

  JobNames names(client_->connection(), frontier_->keys());
  wait<std::set<std::string>>([&](auto entered) { names.enter({"nightly", "weekly"}, entered); });
  expect_no_change("jobs");

  const std::string seeds = frontier_->keys().seeds();
  for (int from = 0; from < 450; from += 150) {
    std::vector<std::string> offered;
    for (int i = from; i < from + 150; ++i) offered.push_back(std::to_string(i));
    bool put = false;
    frontier_->offer("token-" + std::to_string(from), offered,
                     [&](const std::string& wrong_type) { put = wrong_type.empty(); });
    ASSERT_TRUE(client_->run_until([&] { return put; }));
    expect_no_change("offer");
  }
  EXPECT_EQ(wait<std::int64_t>([&](auto waiting) { frontier_->inbox(waiting); }), 450);
  expect_no_change("inbox");
  std::string batch;
  std::vector<std::string> entries;
  const auto read = [&] {
    batch = "-";
    frontier_->take_in("batch" + std::to_string(marks_), 100, [&](RedisFrontier::Batch got) {
      batch = std::move(got.name);
      entries = std::move(got.entries);
    });
    ASSERT_TRUE(client_->run_until([&] { return batch != "-"; }));
  };
  int next = 0, batches = 0;
  for (const std::size_t wanted : {200u, 200u, 50u, 0u}) {
    read();
    expect_no_change("intake");
    ASSERT_EQ(entries.size(), wanted);
    for (const std::string& entry : entries) EXPECT_EQ(entry, std::to_string(next++));
    if (entries.empty()) break;
    bool listed = false, ended = false;
    frontier_->list_rejected(batch, {"bad", "worse"}, [&] { listed = true; });
    ASSERT_TRUE(client_->run_until([&] { return listed; }));
    expect_no_change("reject");
    const auto totals = wait<RedisFrontier::IntakeCounts>([&](auto counted) {
      frontier_->count_batch(batch, {3, 2, 1}, counted);
    });
    EXPECT_EQ(totals.accepted, 3 * ++batches);
    EXPECT_EQ(totals.rejected, 2 * batches);
    EXPECT_EQ(totals.duplicates, batches);
    expect_no_change("count");
    frontier_->taken_in(batch, entries.size(), [&] { ended = true; });
    ASSERT_TRUE(client_->run_until([&] { return ended; }));
    expect_no_change("taken");
  }

  // What is not so, and why that is no harm:
  const std::vector<std::string> apart = {
      "take.lua",     // takes more: after a reconnect what Redis holds in flight and we do not goes back
      "news.lua",     // swallows hints: after a reconnect hosts, orders and errands are read anew
      "address.lua",  // goes by the clock, and is asked again and again anyway (frontier_address_test)
  };
  std::size_t not_replayed = 0;
  for (const Script& script : RedisFrontier::scripts())
    not_replayed += replayed_.contains(std::string(script.sha1)) ? 0 : 1;
  EXPECT_EQ(not_replayed, apart.size());
}

TEST_F(Replay, AForcedUrlIsQueuedOnceUnderOneName) {
  auto forced = found(page(1), {}, true);
  forced.token = "batch-1";
  add({forced});
  add({forced});
  auto other = make(kFence);
  EXPECT_EQ(add(*other, {forced}).fresh, 1) << "the answer is the same";
  EXPECT_EQ(count("queued"), 1);
  forced.token = "batch-2";
  add({forced});
  add({found(page(1), {}, true)});
  add({found(page(1), {}, true)});
  EXPECT_EQ(count("queued"), 4);
  EXPECT_EQ(count("discovered"), 4);
  expect_books();
}

TEST_F(Replay, NamesOfForcedUrlsAreForgottenInTime) {
  for (int i = 0; i < 1200; i += 100) {
    std::vector<Discovery> all;
    for (int k = 0; k < 100; ++k) all.push_back(found(page(i + k), {}, true));
    add(std::move(all));
  }
  EXPECT_EQ(size("ZCARD", "forced"), 1024);
}

TEST_F(Replay, AnInboxThatIsNoListIsToldAndStopsNothing) {
  const std::string seeds = frontier_->keys().seeds();
  client_->ask({"SADD", seeds, "http://example.org/"});
  const auto take_in = [&] {
    return wait<RedisFrontier::Batch>([&](auto done) { frontier_->take_in("batch", 100, done); });
  };
  EXPECT_EQ(take_in().wrong_type, "set");
  EXPECT_EQ(wait<std::string>([&](auto done) { frontier_->offer("token", std::vector<std::string>{"a"}, done); }),
            "set");
  EXPECT_EQ(wait<std::int64_t>([&](auto done) { frontier_->inbox(done); }), 0);
  EXPECT_EQ(client_->connection().error(), "");
  client_->ask({"DEL", seeds});
  EXPECT_EQ(take_in().wrong_type, "");
  EXPECT_EQ(wait<std::string>([&](auto done) { frontier_->offer("token", std::vector<std::string>{"a"}, done); }), "");
  EXPECT_EQ(take_in().entries.size(), 1u);
}

TEST_F(Replay, AnEntryThatIsTooLongIsCutAndABatchIsBoundedInBytes) {
  const std::string seeds = frontier_->keys().seeds(), huge(3 << 20, 'x');
  for (int i = 0; i < 40; ++i) client_->ask({"LPUSH", seeds, huge});
  std::vector<std::string> entries;
  frontier_->take_in("batch", 64 << 10, [&](RedisFrontier::Batch got) { entries = std::move(got.entries); });
  ASSERT_TRUE(client_->run_until([&] { return !entries.empty(); }));
  EXPECT_EQ(entries.size(), 16u);
  for (const std::string& entry : entries) EXPECT_EQ(entry.size(), (64u << 10) + 1);
  EXPECT_EQ(client_->ask({"LLEN", seeds}).integer, 24);
}

}  // namespace
}  // namespace frontier
