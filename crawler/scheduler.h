// Decides which host is asked next, and for what. Pure: time in, decision out, no I/O, so that a day can be simulated.
// Knows only hosts of partitions it was given. Belongs to one worker's thread.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "crawler/budget.h"
#include "crawler/host.h"
#include "crawler/host_report.h"
#include "crawler/job_budget.h"
#include "crawler/job_walk.h"
#include "limiter/retry_budget.h"
#include "limiter/time.h"

namespace crawler {

struct SchedulerOptions {
  limiter::RobotsOptions robots;
  std::function<limiter::HostLimits(const std::string& host)> limits_of;
  std::function<bool(const std::string& host)> held;                // hosts that may not be asked at all
  std::function<HostLeversPtr(const std::string& host)> levers_of;  // of a host that comes into memory; may be empty
  int take_batch = 8;
  limiter::BreakerOptions breaker;
  std::string time_line;                          // names whose clock `now` is; see HostLimiter::restore
  double retry_share = 0.2;                       // of the requests of any minute
  double retry_floor = 10;                        // a minute, whatever the share
  std::size_t robots_memory = 64 << 20;           // bytes of robots.txt and their rules
  int probes_before_giving_up = 0;                // of an open breaker, then its URLs end; 0: never
  std::function<std::string(const Ready&)> trap;  // by which rule a page is one now; empty: it is none
  JobBudget* jobs = nullptr;                      // outlives the scheduler; null: none
  Budget budget;                                  // of each host
};

struct Decision {
  enum class Kind {
    load_robots,    // ask the store for the robots.txt of `origin`; then robots_loaded()
    fetch_robots,   // fetch `url` as robots.txt of `origin`; then finished() and one of robots_...() or ..._errand()
    ask_elsewhere,  // have the owner of another host fetch `url` as robots.txt of `origin`
    fetch_page,     // fetch `ready`; then finished()
    end,            // settle `ready` without a request: `reason` is a fate or a reason of refusal
  };
  Kind kind;
  std::string host;
  int partition;
  std::string origin;
  web::Url url;
  std::optional<Ready> ready;
  std::string_view reason;
  std::string rule;
  std::uint64_t errand = 0;  // of a robots.txt that origins of other hosts wait for; else 0
  bool retry = false;        // of a page or robots.txt; it has paid for itself (limiter/retry_budget.h)
  // Of a sitemap: its place among the few that are on their way from request to frontier. Given up with the last copy.
  std::shared_ptr<void> place_of_list;
};

class Scheduler {
 public:
  using TimePoint = limiter::TimePoint;

  explicit Scheduler(SchedulerOptions options)
      : options_(std::move(options)), retries_(options_.retry_share, options_.retry_floor) {}

  void own(int partition, limiter::Ownership owned) { owned_[partition] = owned; }
  using Taken = std::vector<std::pair<std::string, std::vector<frontier::Record>>>;  // by host
  // Starts nothing of the partition any more. Returns what was taken and not started.
  Taken leave(int partition);
  void disown(int partition);  // forgets it, once nothing of it is in flight
  bool owns(int partition) const { return owned_.contains(partition); }
  bool starts(int partition) const { return owns(partition) && !leaving_.contains(partition); }
  bool starts(int partition, const std::string& host) const;  // what is taken of it need not go back at once
  std::vector<int> partitions() const;

  void has_urls(const std::string& host, int partition, TimePoint now);  // the frontier holds URLs of this host

  struct Refill {
    std::string host;
    int partition;
    int count;
  };
  std::vector<Refill> refills();  // hosts that run low; each is to be answered by taken()
  void taken(const std::string& host, const std::string& state, std::vector<frontier::Record> records, bool more,
             TimePoint now, limiter::WallMs wall_now);

  // Its queues are put into another form: nothing is taken of it until resume_refill(). False: something is being
  // taken.
  bool pause_refill(const std::string& host);
  void resume_refill(const std::string& host);

  // What to do now; nothing before next_due(). A page or robots decision puts the host in flight.
  std::optional<Decision> next(TimePoint now);
  std::optional<TimePoint> next_due() const;

  // scheduler_robots.cc. Of a host kMostOrigins are kept in memory, the last used, and those that more is to come of;
  // of all hosts what robots_memory holds. What is dropped is loaded again when it is needed.
  static constexpr std::size_t kMostOrigins = 16;
  void robots_changed(Host& host, const std::string& origin, TimePoint now);  // a verdict on it came
  void robots_loaded(const std::string& host, const std::string& origin, const std::optional<std::string>& text,
                     TimePoint now, limiter::WallMs wall_now);
  void forget_robots();  // each is loaded anew, or asked for; what they said of the delay holds until then

  // Robots.txt for origins of other hosts (scheduler_errands.cc). One request answers everybody who asks for the same.
  void errand(const std::string& host, int partition, frontier::Errand asker, const web::Url& url, TimePoint now);
  std::vector<frontier::Errand> end_errand(const std::string& host, std::uint64_t id);  // who is to be answered
  void put_errand_back(const std::string& host, std::uint64_t id, TimePoint now);

  // The request of a decision is over. Call before the robots_...() that follows from it.
  // `random` is uniform in [0, 1).
  Account finished(const std::string& host, const HostReport& report, TimePoint now, double random);
  // scheduler_budget.cc. A page's request has ended it: it counts, and no other takes its place.
  void page_ended(const std::string& host, TimePoint now);
  void page_settles(const std::string& host);                // and is settled now, with the host's state
  void page_undone(const std::string& host, TimePoint now);  // or it is not, and is to be fetched again
  // A page of it is read beside the loop. While two are, it is not asked for more: what one host has waiting for that
  // must not take the permits of the others.
  void reading_begins(const std::string& host, TimePoint now);
  void reading_ends(const std::string& host, TimePoint now);
  // Its URLs end as budget_host, by this rule of options().budget.
  std::optional<Budget::Kind> used_up(const std::string& host) const;
  // What failed since then was our own outage: breakers and robots.txt verdicts that came of it are taken back.
  void forgive(TimePoint since, TimePoint now);
  // scheduler_gate.cc. A request that was decided waits for the address of its host, until then at least; it goes on as
  // if it had not been decided. False: its host starts nothing any more, and nothing was changed.
  bool not_started(Decision& decision, TimePoint until, TimePoint now);
  void wait_for_address(const std::string& host, TimePoint until, TimePoint now);
  Host* find(const std::string& host);
  const Host* find(const std::string& host) const;
  void changed(Host& host, TimePoint now);  // after limiter or robots of `host` were changed from outside

  bool may_send(const std::string& host, TimePoint now) const;  // the gap still holds, and the operator lets it
  std::size_t host_count() const { return hosts_.size(); }
  void sweep(TimePoint now);  // forgets hosts that have nothing left and whose delay is over
  void visit(const std::function<void(const Host&)>& visitor) const;
  // All hosts in pieces: those of bucket 0 to buckets() - 1. Only a host that comes anew changes the buckets.
  std::size_t buckets() const { return hosts_.bucket_count(); }
  void visit_bucket(std::size_t bucket, const std::function<void(const Host&)>& visitor) const;
  const SchedulerOptions& options() const { return options_; }
  // The operator's orders for a host in memory, from now on. Returns what was taken and is to stay queued.
  std::vector<frontier::Record> set_levers(const std::string& host, HostLeversPtr levers, TimePoint now);
  Taken give_back_taken(TimePoint now);  // all that is not started, of every partition (a pause, a drain)
  void refill_all();                     // asks for URLs of every host again, after that

 private:
  struct Place {
    TimePoint due;
    std::uint64_t number;  // between equals who came first, so that the same day can be lived again
    Host* host;
    bool operator<(const Place& other) const { return due != other.due ? due < other.due : number < other.number; }
  };
  using Queue = std::set<Place>;

  Host& take_up(const std::string& key, int partition);
  void place(Host& host, TimePoint now);
  void queue(Host& host, TimePoint due);
  void unplace(Host& host);
  void want_refill(Host& host);
  int low_mark(const Host& host) const;
  int at_hand(const Host& host) const;
  bool may_wait_for_others() const;  // URLs that are at hand: for a place
  static RobotsErrand* next_errand(Host& host);
  static Decision run_errand(Host& host, RobotsErrand& errand);
  void count_beyond(Host& host, int coming = 0);
  bool has_room(const Host& host, TimePoint now) const;  // for one more page, if all in flight count
  // scheduler_decide.cc
  bool gave_up(const Host& host) const;
  static bool is_retry(const Ready& ready);
  static bool is_retry(const limiter::RobotsState& robots);  // to ask for it now would be one
  bool lists_full() const;
  bool waits_for_lists(const Ready& ready) const;  // a sitemap, and there are enough of them
  // Since when `ready`, or its robots.txt before it, may be asked for; min: now, as far as they go.
  TimePoint from(const Host& host, const Ready& ready, JobWalk& jobs, TimePoint now) const;
  std::optional<Decision> decide(Host& host, TimePoint now);
  Decision take_out(Host& host, std::deque<Ready>::iterator which, Decision::Kind kind, TimePoint now);
  Decision end(Host& host, std::deque<Ready>::iterator which, std::string_view reason, std::string rule, TimePoint now);
  Decision ask_page(Host& host, std::deque<Ready>::iterator which, TimePoint now);
  // Nothing: it would be a retry, and the budget has none left.
  std::optional<Decision> ask_robots(Host& host, const std::string& origin, OriginRobots& robots, TimePoint now);
  // Returns how long the answer makes the host wait, where it pushed back.
  std::optional<limiter::Duration> judge(Host& host, const HostReport& report, TimePoint now, double random);
  void drop_origins(Host& host, const OriginRobots& but, TimePoint now);
  void drop_rules(const OriginRobots& but, TimePoint now);

  SchedulerOptions options_;
  limiter::RetryBudget retries_;
  std::unordered_map<std::string, std::unique_ptr<Host>> hosts_;
  std::unordered_map<int, limiter::Ownership> owned_;
  std::set<int> leaving_;
  Queue ready_;
  std::vector<std::string> hungry_;
  std::uint64_t next_errand_ = 1, next_host_ = 1, next_use_ = 1;
  std::shared_ptr<int> lists_ = std::make_shared<int>(0);  // places that are taken
  int beyond_marks_ = 0;                                   // Host::beyond_mark of all
  std::size_t robots_bytes_ = 0;  // in memory at most; what went with its host is still counted
};

}  // namespace crawler
