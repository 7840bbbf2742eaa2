#include "frontier/frontier.h"

#include <algorithm>
#include <cstdlib>
#include <random>
#include <utility>

#include "frontier/job_names.h"
#include "frontier/lease_table.h"
#include "frontier/partition_tally.h"
#include "frontier/script_keys.h"
#include "frontier/url_lookup.h"
#include "lua_add.h"
#include "lua_beat.h"
#include "lua_bury.h"
#include "lua_due.h"
#include "lua_fold.h"
#include "lua_lease.h"
#include "lua_leave.h"
#include "lua_meta.h"
#include "lua_news.h"
#include "lua_settle.h"
#include "lua_take.h"
#include "lua_tell.h"
#include "lua_wake.h"

namespace frontier {
namespace {

constexpr Script kTake{lua_take, lua_take_sha1};
constexpr Script kWake{lua_wake, lua_wake_sha1};
constexpr Script kDue{lua_due, lua_due_sha1};
constexpr Script kLease{lua_lease, lua_lease_sha1};
constexpr Script kLeave{lua_leave, lua_leave_sha1};
constexpr Script kNews{lua_news, lua_news_sha1};
constexpr Script kBeat{lua_beat, lua_beat_sha1};
constexpr Script kBury{lua_bury, lua_bury_sha1};
constexpr Script kFold{lua_fold, lua_fold_sha1};
constexpr Script kTell{lua_tell, lua_tell_sha1};

constexpr std::string_view kNewsPerPoll = "256";
constexpr std::string_view kWakesPerCall = "100";

bool is_fenced(const Reply& reply) {
  return reply.at(0).text() == "FENCED";
}

// Negative: of a daemon that has left.
std::uint64_t counter_of(const Reply& reply) {
  return static_cast<std::uint64_t>(std::llabs(reply.integer()));
}

}  // namespace

void News::add(std::string_view entry) {
  const std::size_t space = entry.find(' ');  // no host name holds one
  const std::string_view kind = entry.substr(0, space == entry.npos ? 0 : space);
  auto& names = kind == "lever" ? levers : kind == "errand" ? errands : kind == "answer" ? answers : hosts;
  names.emplace_back(space == entry.npos ? entry : entry.substr(space + 1));
}

std::vector<Script> RedisFrontier::scripts() {
  std::vector<Script> all = {{lua_add, lua_add_sha1},
                             kTake,
                             {lua_settle, lua_settle_sha1},
                             kWake,
                             kDue,
                             kLease,
                             kLeave,
                             kNews,
                             kBeat,
                             kBury,
                             kFold,
                             kTell,
                             meta_script(),
                             address_script(),
                             UrlLookup::script()};
  for (const Script& script : ColdQueues::scripts()) all.push_back(script);
  for (const Script& script : PartitionTally::scripts()) all.push_back(script);
  for (const Script& script : JobNames::scripts()) all.push_back(script);
  for (const Script& script : errand_scripts()) all.push_back(script);
  for (const Script& script : host_scripts()) all.push_back(script);
  for (const Script& script : intake_scripts()) all.push_back(script);
  return all;
}

Script RedisFrontier::meta_script() {
  return {lua_meta, lua_meta_sha1};
}

RedisFrontier::RedisFrontier(RedisConnection& redis, FrontierOptions options)
    : redis_(redis),
      options_(std::move(options)),
      keys_(options_.ns),
      cold_(redis_, keys_, options_.fence),
      buckets_(kPartitions, 1),
      life_(std::uint64_t{std::random_device()()} << 32 | std::random_device()()) {
  for (const std::string_view reason : options_.reasons) {
    const std::string code = reason_code(options_.reasons, reason);
    if (is_noted_fate(reason)) {
      fate_codes_.append(code);
      continue;
    }
    codes_.append(code).append(reason);
    if (is_upgradable(reason)) upgradable_codes_.append(code);
  }
}

void RedisFrontier::take(int partition, const std::string& host, int at_most, std::function<void(Taken)> done) {
  const std::string count = std::to_string(at_most);
  redis_.script(kTake,
                {keys_.of(partition, "owner"), keys_.of(partition, "counts"), keys_.of(partition, "flight"),
                 keys_.of(partition, "active"), keys_.of(partition, "hosts"), keys_.of(partition, "turns"),
                 keys_.of(partition, "cold"), keys_.queue(partition, host, Priority::high),
                 keys_.queue(partition, host, Priority::normal), keys_.queue(partition, host, Priority::low),
                 keys_.of(partition, "jobs")},
                {options_.fence, host, count}, [done = std::move(done)](const Reply& reply) {
                  Taken taken;
                  taken.lost = reply.lost();
                  taken.fenced = is_fenced(reply);
                  taken.left = reply.at(1).integer();
                  taken.host_state = reply.at(2).text();
                  taken.longest_head = reply.at(3).integer();
                  taken.unpack = reply.at(4).text();
                  for (std::size_t i = 5; i < reply.size(); ++i) {
                    if (auto record = Record::decode(reply.at(i).text())) taken.records.push_back(std::move(*record));
                  }
                  done(std::move(taken));
                });
}

void RedisFrontier::poll_news(int partition, std::function<void(News)> done) {
  redis_.script(kNews, {keys_.of(partition, "owner"), keys_.of(partition, "news")}, {options_.fence, kNewsPerPoll},
                [done = std::move(done)](const Reply& reply) {
                  News news;
                  for (std::size_t i = 1; i < reply.size(); ++i) news.add(reply.at(i).text());
                  done(std::move(news));
                });
}

void RedisFrontier::wake(int partition, const std::function<std::string(const std::string&)>& host_of,
                         std::function<void(std::optional<std::chrono::milliseconds>)> done) {
  const std::string longest = std::to_string(options_.longest_wait.count());
  redis_.script(
      kDue, {keys_.of(partition, "wait")}, {kWakesPerCall, longest},
      [this, partition, host_of, done = std::move(done)](const Reply& reply) {
        std::optional<std::chrono::milliseconds> next;
        if (reply.size() > 0 && reply.at(0).integer() >= 0) next.emplace(reply.at(0).integer());
        if (reply.size() < 2) return done(next);
        KeyTable table({keys_.of(partition, "owner"), keys_.of(partition, "counts"), keys_.of(partition, "wait"),
                        keys_.of(partition, "active"), keys_.of(partition, "news"), keys_.of(partition, "jobs")});
        std::vector<std::string> owned;
        for (std::size_t i = 1; i < reply.size(); ++i) {
          const std::string text(reply.at(i).text());
          const auto record = Record::decode(text);
          std::string host = host_of(text.substr(0, text.find_first_of(" \t")));
          const Priority priority = record ? record->priority : Priority::normal;
          owned.push_back(table.index(keys_.queue(partition, host, priority)));
          owned.push_back(std::move(host));
          owned.push_back(text);
        }
        std::vector<std::string_view> args = {options_.fence};
        args.insert(args.end(), owned.begin(), owned.end());
        redis_.script(kWake, table.keys(), args, [this, partition, next, done](const Reply&) {
          if (news_) news_(partition);
          done(next);
        });
      });
}

void RedisFrontier::scan(std::string_view command, std::string key, std::string cursor,
                         std::function<void(const Reply&)> each, std::function<void()> done) {
  redis_.command({command, key, cursor, "COUNT", "1000"},
                 [this, command, key, each = std::move(each), done = std::move(done)](const Reply& reply) {
                   if (reply.lost()) return;
                   each(reply.at(1));
                   const std::string next(reply.at(0).text());
                   if (next == "0" || next.empty()) return done();
                   scan(command, key, next, each, done);
                 });
}

void RedisFrontier::active_hosts(int partition, std::function<void(std::vector<std::string>)> done) {
  auto hosts = std::make_shared<std::vector<std::string>>();
  scan(
      "SSCAN", keys_.of(partition, "active"), "0",
      [hosts](const Reply& page) {
        for (std::size_t i = 0; i < page.size(); ++i) hosts->emplace_back(page.at(i).text());
      },
      [hosts, done = std::move(done)] { done(std::move(*hosts)); });
}

void RedisFrontier::flight(int partition, std::function<void(std::vector<Record>)> done) {
  auto records = std::make_shared<std::vector<Record>>();
  scan(
      "HSCAN", keys_.of(partition, "flight"), "0",
      [records](const Reply& page) {
        for (std::size_t i = 0; i + 1 < page.size(); i += 2) {
          const std::string text = std::string(page.at(i).text()) + "\t" + std::string(page.at(i + 1).text());
          if (auto record = Record::decode(text)) records->push_back(std::move(*record));
        }
      },
      [records, done = std::move(done)] { done(std::move(*records)); });
}

void RedisFrontier::beat(Beat wanted, std::function<void(Beaten)> done) {
  const std::string daemon = Owner::parse(options_.fence).daemon, lowest = std::to_string(wanted.lowest);
  const std::string counter = wanted.counter ? std::to_string(*wanted.counter) : std::string();
  redis_.script(kBeat, {keys_.daemons()}, {daemon, counter, lowest}, [done = std::move(done)](const Reply& reply) {
    if (reply.lost()) return;
    Beaten beaten{counter_of(reply.at(0)), counter_of(reply.at(1)), {}};
    for (std::size_t i = 2; i + 1 < reply.size(); i += 2) {
      beaten.all.emplace(reply.at(i).text(), reply.at(i + 1).text());
    }
    done(std::move(beaten));
  });
}

void RedisFrontier::bury(const std::string& daemon, const std::string& counter, std::function<void()> buried) {
  redis_.script(kBury, {keys_.daemons()}, {daemon, counter}, [buried = std::move(buried)](const Reply& reply) {
    if (reply.integer() == 1) buried();
  });
}

void RedisFrontier::fold_received(const std::string& daemon) {
  redis_.script(kFold, {keys_.received()}, {daemon, kBuried}, [](const Reply&) {});
}

void RedisFrontier::leave(std::function<void()> done) {
  const std::string daemon = Owner::parse(options_.fence).daemon;
  redis_.script(kLeave, {keys_.daemons()}, {daemon}, [done = std::move(done)](const Reply&) { done(); });
}

// One of the two may have failed and be asked again: both must have been answered.
void RedisFrontier::witness(std::function<void(std::string, std::uint64_t)> done) {
  struct Seen {
    std::string epoch;
    std::uint64_t beats = 0;
    int left = 2;
  };
  const std::string meta = keys_.meta(), daemons = keys_.daemons(), daemon = Owner::parse(options_.fence).daemon;
  auto seen = std::make_shared<Seen>();
  auto answered = [seen, done = std::move(done)] {
    if (--seen->left == 0) done(seen->epoch, seen->beats);
  };
  redis_.first({"HGET", meta, "epoch"}, [seen, answered](const Reply& reply) {
    if (reply.lost()) return;
    seen->epoch = reply.text();
    answered();
  });
  redis_.first({"HGET", daemons, daemon}, [seen, answered](const Reply& reply) {
    if (reply.lost()) return;
    seen->beats = counter_of(reply);
    answered();
  });
}

void RedisFrontier::tell_status(const std::vector<std::string_view>& fields_and_values, std::function<void()> done) {
  redis_.script(kTell, {keys_.status()}, fields_and_values, [done = std::move(done)](const Reply& reply) {
    if (!reply.lost()) done();
  });
}

void RedisFrontier::rekey(std::uint64_t hash_key) {
  options_.hash_key = hash_key;
  buckets_.assign(kPartitions, 1);
  recent_.clear();
}

void RedisFrontier::lease(int partition, const std::string& seen_owner, const std::string& new_owner,
                          std::function<void(bool)> done) {
  redis_.script(kLease, {keys_.of(partition, "owner")}, {seen_owner, new_owner},
                [done = std::move(done)](const Reply& reply) { done(reply.integer() == 1); });
}

void RedisFrontier::counts(int partition, std::function<void(Counts)> done) {
  read_counts(keys_.of(partition, "counts"), std::move(done));
}

void RedisFrontier::job_counts(int partition, std::function<void(Counts)> done) {
  read_counts(keys_.of(partition, "jobs"), std::move(done));
}

void RedisFrontier::read_counts(const std::string& key, std::function<void(Counts)> done) {
  redis_.command({"HGETALL", key}, [done = std::move(done)](const Reply& reply) {
    if (reply.lost()) return;
    Counts counts;
    for (std::size_t i = 0; i + 1 < reply.size(); i += 2) {
      counts[std::string(reply.at(i).text())] = reply.at(i + 1).integer();
    }
    done(std::move(counts));
  });
}

}  // namespace frontier
