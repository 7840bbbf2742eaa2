// Where people ask about hosts and give their orders: lists, single hosts, levers. It asks the loops that know, and
// waits for their answers at most kPatience.
// list, show and order on any thread; each_second on the control loop. Owned by the session.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "crawler/host_survey.h"
#include "crawler/lever_order.h"
#include "crawler/shared.h"
#include "crawler/worker.h"
#include "frontier/frontier.h"

namespace crawler {

struct HostList {
  std::string daemon;  // whose memory this is
  std::vector<HostView> hosts;
  std::uint64_t matched = 0;  // hosts in memory that the question fits
  bool complete = false;      // every worker has answered
};

struct HostAnswer {
  enum class Kind { found, unknown, no_answer } kind = Kind::no_answer;
  std::string daemon;
  HostView host;
  std::string error;  // one sentence where there is no answer
};

struct OrderAnswer {
  enum class Kind { done, full, no_answer } kind = Kind::no_answer;
  std::string daemon;
  bool known = false;                         // the host was asked before, or has URLs
  std::vector<limiter::LeverInForce> levers;  // of the host, now
  std::string error;
};

class HostDesk {
 public:
  static constexpr Duration kPatience = seconds(2);

  struct Parts {
    const Shared& shared;
    const std::vector<std::unique_ptr<Worker>>& workers;
    std::function<bool()> ready;                         // any thread: the workers run, and stay as they are
    std::function<void(std::function<void()>)> post;     // to the control loop
    std::function<frontier::RedisFrontier*()> frontier;  // on the control loop; null: Redis has not answered yet
    std::string daemon;
  };
  explicit HostDesk(Parts parts) : p_(std::move(parts)) {}

  HostList list(const HostQuery& query) const;
  HostAnswer show(const std::string& host) const;  // a politeness key
  OrderAnswer order(const HostOrder& order);

  // Why Redis is not asked now for people, a sentence; empty: it is. It would be given what they want later, when they
  // do not wait for it any more, and in any number. On the control loop.
  static std::string why_not_read(frontier::RedisFrontier* frontier);
  static std::string why_not_written(frontier::RedisFrontier* frontier, const RedisTrust& trust);

  void each_second();  // hears of blocks that were undone anywhere

 private:
  struct Facts;
  void forget_recent();  // URLs that were refused may be queued again
  HostView rebuild(const std::string& host, const Facts& facts) const;

  Parts p_;
  std::string unblocked_;  // as last heard of
  bool asked_ = false, heard_ = false;
};

}  // namespace crawler
