// The durable URL frontier: one method per script, each answered on the loop. What it keeps is in docs/redis-keys.md.
// Lives on its connection's loop thread; owned by the worker or the control loop. Every answer may say that
// the partition is not ours any more (fenced): then nothing was changed.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "frontier/cold_queues.h"
#include "frontier/keys.h"
#include "frontier/recent_filter.h"
#include "frontier/record.h"
#include "frontier/redis_connection.h"
#include "web/bytes.h"

namespace frontier {

struct FrontierOptions {
  std::string ns = "decorum";
  std::string fence;           // our owner text; empty: this one takes and settles nothing
  std::uint64_t hash_key = 0;  // of decorum:meta
  // Reasons of refusal, and fates; static storage. Their order is kept in Redis: the list grows at its end only.
  std::vector<std::string_view> reasons;
  std::vector<std::string_view> fates;       // of them, those that are no refusal but a fate worth a note
  std::vector<std::string_view> upgradable;  // of them, those that a better discovery overrules
  std::chrono::milliseconds longest_wait = std::chrono::hours(24);  // of a URL; wake takes none for longer
  std::size_t robots_bytes = 8 << 20;  // of robots.txt that a partition keeps; the latest one at least
};

struct Discovery {
  std::string host;  // politeness key: decides the partition
  Record record;
  std::string_view refused;  // reason, static storage; empty: queue it
  bool force = false;        // queue it even if it is known
  bool in_host = false;      // found on a page of its own host: such repeats are counted apart
  std::string token;         // of one that is forced: said twice under one token, it is queued once; empty: one is made
  bool asked = false;        // somebody asked for it: Redis decides, not what is remembered here
};

struct AddCount {
  bool lost = false;  // the connection was closed, or Redis holds another state: some may not be there
  int fresh = 0, known = 0, upgraded = 0;
  int filtered = 0;                             // of the known: settled without asking Redis
  int known_in_host = 0, filtered_in_host = 0;  // of both, Discovery::in_host
};

struct Taken {
  bool lost = false;  // the connection was closed: nothing is known
  bool fenced = false;
  std::int64_t left = 0;          // in the host's queues
  std::int64_t longest_head = 0;  // of its plain lists: past kLongestHead it is time to pack
  std::string unpack;             // class whose first block must be unpacked before more can be taken; empty: none
  std::string host_state;         // as last settled; empty: the host was never asked
  std::vector<Record> records;
};

enum class Verb { done, refused, wait, back };

struct Settlement {
  Verb verb = Verb::done;
  std::string id;                     // Record::id
  std::string_view name;              // done: fate; refused: reason
  std::chrono::milliseconds wait{0};  // wait: how long
  std::optional<Record> record;       // wait, back: as it goes on
  std::string job;                    // refused: of whom
  bool asked = true;                  // done: by a request
  web::Bytes received{};              // for it, since it was taken: its job's books count them
};

enum class SettleAnswer { ok, fenced, lost };

struct News {
  std::vector<std::string> hosts;    // that have got URLs
  std::vector<std::string> levers;   // hosts whose orders have changed
  std::vector<std::string> errands;  // origins whose robots.txt a host of ours is to be asked for
  std::vector<std::string> answers;  // origins that have an answer to that
  void add(std::string_view entry);  // as the store words it
  bool empty() const { return hosts.empty() && levers.empty() && errands.empty() && answers.empty(); }
};

struct Beat {
  std::optional<std::uint64_t> counter;  // what ours is to become; nothing: one more than it is, whatever that be
  std::uint64_t lowest = 0;              // what it must be at least; else it stays as it is
};

using Heartbeats = std::map<std::string, std::string>;  // daemon -> counter; negative: it has left
struct Beaten {
  std::uint64_t found = 0, now = 0;  // our counter
  Heartbeats all;
};

// What is kept of an origin's robots.txt.
struct StoredRobots {
  std::optional<std::string> verdict;
  std::string asked;  // "?QUESTION" that waits for its answer elsewhere, "!QUESTION\nANSWER", or empty
};

// A robots.txt that lies, by a redirect of its origin, on a host of another partition.
struct Errand {
  std::string origin;
  std::string question;  // the caller's bytes; no line end
};

// An operator's order for one host. What it means is the caller's affair.
struct LeverOrder {
  std::string host;  // politeness key
  std::string
      verb;        // a kind to set ("pause", "slow", "block"); "resume" undoes all; "lift" undoes the one with this id
  std::string id;  // said twice, it is done once
  std::string terms;
};

struct LeverAnswer {
  bool full = false;                 // the partition holds as many orders as it may: nothing was changed
  bool known = false;                // the host was asked before, or has URLs
  std::chrono::milliseconds now{0};  // by Redis' clock
  std::vector<std::pair<std::string, std::string>> levers;  // of the host, after it: kind and text
};

struct LeverText {
  std::string kind, host, text;
};

// What is kept of one host.
struct HostFacts {
  std::string owner, state;  // of its partition; as last settled
  bool asked = false;
  std::int64_t queued = 0;
  std::vector<std::pair<std::string, std::string>> robots;  // origin and text
};

struct AddressClaim {
  std::string claimant;                 // who stands in line: a worker
  std::string token;                    // of this one request
  std::chrono::microseconds delay{};    // between two requests to the address
  std::chrono::microseconds longest{};  // how long one may be inside at most; then it counts as dead
};

struct AddressAnswer {
  bool lost = false;
  bool inside = false;               // enter, hold: it is; leave: it was
  std::chrono::microseconds wait{};  // until it is worth asking again
  std::chrono::microseconds now{};   // by Redis' clock
};

class RedisFrontier {
 public:
  // The scripts a connection must have loaded.
  static std::vector<Script> scripts();
  static std::vector<Script> errand_scripts();
  static std::vector<Script> host_scripts();
  static std::vector<Script> intake_scripts();
  static Script meta_script();
  static Script address_script();

  RedisFrontier(RedisConnection& redis, FrontierOptions options);

  // Files each URL once; needs no lease. Answers when every partition touched has confirmed, or is lost.
  void add(std::vector<Discovery> discoveries, std::function<void(const AddCount&)> done);

  // frontier_intake.cc: the next entries of the inbox, as a batch that stays until it is taken in; none: it is empty.
  // Of an entry beyond `longest` bytes one byte more is kept.
  struct Batch {
    std::string name, wrong_type;  // of the inbox, which anybody may write: set where it is no list
    std::vector<std::string> entries;
  };
  void take_in(const std::string& fresh_name, std::size_t longest, std::function<void(Batch)> done);
  void inbox(std::function<void(std::int64_t)> done);  // how many entries wait, those of a batch too
  // What came of a batch: said again before the next batch, it changes nothing. `done` hears the counts of all.
  struct IntakeCounts {
    std::int64_t accepted = 0, rejected = 0, duplicates = 0;
  };
  void list_rejected(const std::string& batch, const std::vector<std::string>& entries, std::function<void()> done);
  void count_batch(const std::string& batch, const IntakeCounts& counts, std::function<void(IntakeCounts)> done);
  void intake_counts(std::function<void(IntakeCounts)> done);
  // Puts entries into the inbox, once under a token. At most a few thousand. `wrong_type` as above: they are not there.
  void offer(const std::string& token, std::span<const std::string> entries,
             std::function<void(std::string wrong_type)> done);
  void taken_in(const std::string& batch, std::size_t entries, std::function<void()> done);

  // Higher priorities more often, the lower ones for certain, and of each the shallowest first: lua/take.lua.
  void take(int partition, const std::string& host, int at_most, std::function<void(Taken)> done);
  // Of two host states that end in a line "#N", the one with the higher N stays, whichever comes last.
  void settle(int partition, const std::string& host, std::string_view host_state,
              const std::vector<Settlement>& settlements, std::function<void(SettleAnswer)> done);

  ColdQueues& cold() { return cold_; }

  // What has happened in a partition of ours since the last poll; a name may come more than once.
  void poll_news(int partition, std::function<void(News)> done);

  // Moves URLs whose wait is over, or longer than longest_wait, back to their queues. `host_of` names the politeness
  // key of a URL. Answers the milliseconds until the next falls due, or nothing if none waits.
  void wake(int partition, const std::function<std::string(const std::string& url)>& host_of,
            std::function<void(std::optional<std::chrono::milliseconds>)> done);

  // For a take-over: every host with queued URLs, and everything that was in flight.
  void active_hosts(int partition, std::function<void(std::vector<std::string>)> done);
  void flight(int partition, std::function<void(std::vector<Record>)> done);

  // Says that our daemon lives, until it leaves. Its counter never starts anew.
  void beat(Beat wanted, std::function<void(Beaten)> done);
  void leave(std::function<void()> done);
  // Forgets a daemon, unless it has beaten since; `buried`: it is forgotten. Its bytes go to those of all such.
  void bury(const std::string& daemon, const std::string& counter, std::function<void()> buried);
  void fold_received(const std::string& daemon);
  static constexpr std::string_view kBuried = "buried";  // their field; no daemon's name
  // By what this state of Redis is known: the namespace's epoch, empty where it is gone, and our heartbeat counter.
  void witness(std::function<void(std::string epoch, std::uint64_t beats)> done);
  void tell_status(const std::vector<std::string_view>& fields_and_values, std::function<void()> done);

  void lease(int partition, const std::string& seen_owner, const std::string& new_owner,
             std::function<void(bool)> done);

  // Operators' orders (frontier_hosts.cc). Each answers only if Redis does; an order needs no lease.
  static constexpr std::size_t kMaxLevers = 4096;  // of a partition
  void lever(LeverOrder order, std::function<void(const LeverAnswer&)> done);
  // Those that stand, of one host or (empty) of all, and the time by Redis' clock.
  void levers(int partition, const std::string& host,
              std::function<void(std::vector<LeverText>, std::chrono::milliseconds now)> done);
  // Refusals may be overruled again: every daemon looks at this count, and forgets what it knows of URLs when it grew.
  void count_unblocked();
  void host_states(int partition, const std::vector<std::string>& hosts,
                   std::function<void(std::vector<std::string>)> done);  // as Taken::host_state, one for each
  // `domain`: names below the host are its own. At most `origins` robots.txt, each cut at `bytes`.
  void host_facts(const std::string& host, bool domain, int origins, int bytes, std::function<void(HostFacts)> done);

  // frontier_errands.cc. robots_put also ends what was asked for elsewhere, and
  // drops the oldest ones where FrontierOptions::robots_bytes are passed.
  void robots_get(int partition, const std::string& origin, std::function<void(StoredRobots)> done);
  void robots_put(int partition, const std::string& origin, const std::string& verdict, std::function<void()> done);

  // Errands. `partition` is the origin's, `there` that of the host which is to be asked. All may be sent again.
  // `done` hears the answer, if that has come before; not at all where the origin's partition is not ours.
  void ask(int partition, const Errand& errand, int there, std::function<void(std::optional<std::string>)> done);
  void asked(int partition, const std::string& origin, std::function<void(std::string)> done);  // StoredRobots::asked
  void errands(int there, std::function<void(std::vector<Errand>)> done);                       // all, for a take-over
  void errand(int there, const std::string& origin, std::function<void(std::optional<std::string> question)> done);
  void answer(int partition, const Errand& errand, int there, const std::string& answer);  // and forget it there
  void forget(int there, const Errand& errand);

  // frontier_address.cc: the gate of one address, shared by all daemons. In before a request starts, out when it has
  // ended. `closed_for` is what is left of the delay then; `again`: the claimant has more for this address. hold: one
  // that is in, where Redis may have lost that.
  void enter_address(const std::string& address, const AddressClaim& claim, std::function<void(AddressAnswer)> done);
  void hold_address(const std::string& address, const AddressClaim& claim, std::function<void(AddressAnswer)> done);
  void leave_address(const std::string& address, const AddressClaim& claim, std::chrono::microseconds closed_for,
                     bool again, std::function<void(AddressAnswer)> done);

  using Counts = std::map<std::string, std::int64_t, std::less<>>;
  void counts(int partition, std::function<void(Counts)> done);
  // The books of its jobs: "STATE JOB" and how many URLs.
  void job_counts(int partition, std::function<void(Counts)> done);

  void forget_recent() { recent_.clear(); }  // after a reconnect: Redis may have been restored
  void rekey(std::uint64_t hash_key);        // the namespace was made anew
  const Keys& keys() const { return keys_; }
  const std::string& fence() const { return options_.fence; }
  RedisConnection& redis() { return redis_; }

  // Called with each partition that an add() of ours put news into.
  void on_news(std::function<void(int partition)> callback) { news_ = std::move(callback); }

 private:
  struct AddCall;
  struct Placed;
  // As `recent_` knows a URL: by the job too, since one job's refusal may say nothing of another's.
  std::uint64_t recent_id(std::uint64_t id, std::string_view job) const;
  bool is_upgradable(std::string_view reason) const;
  bool is_noted_fate(std::string_view fate) const;
  void ask_gate(const std::string& address, const AddressClaim& claim, std::vector<std::string_view> arguments,
                std::function<void(AddressAnswer)> done);
  void add_chunk(std::shared_ptr<AddCall> call, int partition, std::shared_ptr<std::vector<Placed>> items,
                 std::size_t from);
  void read_counts(const std::string& key, std::function<void(Counts)> done);
  void scan(std::string_view command, std::string key, std::string cursor, std::function<void(const Reply&)> each,
            std::function<void()> done);

  RedisConnection& redis_;
  FrontierOptions options_;
  Keys keys_;
  ColdQueues cold_;
  std::string codes_, upgradable_codes_, fate_codes_;
  std::vector<std::uint32_t> buckets_;  // per partition, as last heard; a stale one is told so
  RecentFilter recent_;
  std::uint64_t life_, forced_ = 0;  // for tokens
  std::function<void(int)> news_;
};

}  // namespace frontier
