// From a decision to its request and back: address, permit, fetcher, ledger. Knows every request of its worker under
// way. Lives on its worker's loop thread; owned by the worker.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <unordered_map>

#include "crawler/address_gate.h"
#include "crawler/committer.h"
#include "crawler/counters.h"
#include "crawler/fetcher.h"
#include "crawler/flight.h"
#include "crawler/page_pipeline.h"
#include "crawler/resolver.h"
#include "crawler/robots_pipeline.h"
#include "crawler/scheduler.h"
#include "crawler/shared.h"
#include "frontier/frontier.h"
#include "storage/segment.h"

struct uv_loop_s;

namespace crawler {

class Dispatcher {
 public:
  struct Parts {  // all outlive the dispatcher
    int worker;
    uv_loop_s* loop;
    Shared& shared;
    Scheduler& scheduler;
    frontier::RedisFrontier& frontier;
    storage::Segment& segment;
    Committer& committer;
    PagePipeline& pages;
    RobotsPipeline& robots;
    WorkerCounters& counters;
    std::function<void()> wake;
  };
  explicit Dispatcher(Parts parts);

  // Carries a decision out. A request's permit is `permit`; other decisions give it back at once.
  void carry_out(Decision decision, Permit permit);

  std::size_t flights() const { return flights_.size(); }
  std::size_t flights_of(int partition) const { return by_partition_[static_cast<std::size_t>(partition)]; }
  void resume_paused() { fetcher_.resume_paused(); }
  void tick() { gate_.tick(); }
  void redis_is_back() { gate_.redis_is_back(); }

  void stop_sending() { sending_ = false; }  // a request that has not left yet comes back as put_back
  void cut(int partition);                   // transfers for its hosts end now: another asks them
  void cut_sent();                           // all transfers end now
  void cut_all();                            // lookups and transfers end now
  void close(std::function<void()> closed);

 private:
  void resolve(std::uint64_t id, Permit permit);
  limiter::Duration spread(limiter::Duration most);
  void pass_gate(FetchRequest request);
  void not_started(std::uint64_t id, Permit permit, limiter::TimePoint until);
  void fail(std::uint64_t id, Outcome outcome, std::string error, Permit permit, bool no_such_host = false);
  bool may_send(std::uint64_t id, limiter::TimePoint now);
  void note_robots(Flight& flight, const Host& host, limiter::TimePoint now) const;
  // dispatcher_end.cc
  void ended(FetchResult result, bool no_such_host = false);
  HostReport report_of(const Flight& flight, const FetchResult& result, bool no_such_host);
  bool is_our_own(const Flight& flight, const FetchResult& result, bool no_such_host);
  void write_ledger(const Flight& flight, const FetchResult& result, const Account& account);

  Parts p_;
  web::AddressPolicy addresses_;
  std::string agent_;  // the User-Agent we send
  Resolver resolver_;
  AddressGate gate_;
  Fetcher fetcher_;
  std::minstd_rand random_;
  std::unordered_map<std::uint64_t, Flight> flights_;
  std::array<std::size_t, frontier::kPartitions> by_partition_{};
  std::uint64_t next_id_ = 1;
  bool sending_ = true;
};

}  // namespace crawler
