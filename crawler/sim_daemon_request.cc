// SimDaemon: the path of one request, from the decision to what is settled.
#include <utility>

#include "crawler/sim_daemon.h"
#include "limiter/backoff.h"

namespace crawler {
namespace {

using limiter::Duration;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration kLongestStart = seconds(15);  // from entering the gate of an address to being sent
constexpr Duration kLongestHold = kLongestStart + seconds(60);
constexpr UrlLimits kUrlLimits{.retries = 3, .max_pushbacks = 4};

}  // namespace

void SimDaemon::start(Decision decision) {
  if (decision.kind == Decision::Kind::end) {
    w_.frontier.done(decision.host, decision.ready->record.url, decision.reason);
    return;
  }
  if (decision.kind == Decision::Kind::load_robots) {
    later(kRoundTrip, [this, host = decision.host, origin = decision.origin] {
      const auto& stored = w_.frontier.host(host).robots;
      const auto text = stored.find(origin);
      scheduler_.robots_loaded(host, origin, text == stored.end() ? std::nullopt : std::optional(text->second),
                               w_.clock.now(), w_.clock.wall());
      turn();
    });
    return;
  }
  const std::uint64_t id = w_.next_id++;
  Flight flight{.decision = std::move(decision), .begun = w_.clock.now()};
  const Host& host = *scheduler_.find(flight.decision.host);
  flight.probe = host.breaker.probing(w_.clock.now());
  flights_.emplace(id, std::move(flight));
  later(w_.dice.between(Duration(0), milliseconds(20)), [this, id] {  // name lookup, connect
    if (enter(id)) send(id);
  });
}

bool SimDaemon::enter(std::uint64_t id) {
  Flight& flight = flights_.at(id);
  const std::string& address = w_.web.host(flight.decision.host).address;
  if (address.empty()) return true;
  const auto now = w_.clock.now();
  const auto until = w_.frontier.enter(address, id, now, kLongestHold + w_.options.ip_delay);
  if (!until) {
    flight.entered = now;
    return true;
  }
  auto node = flights_.extract(id);
  Decision& decision = node.mapped().decision;
  if (scheduler_.not_started(decision, *until, now)) {
    turn();
  } else {
    flights_.insert(std::move(node));
    end(id, {.outcome = Outcome::put_back});
  }
  return false;
}

// The last look before bytes leave: what came back from a standstill finds its lease gone.
void SimDaemon::send(std::uint64_t id) {
  Flight& flight = flights_.at(id);
  const auto now = w_.clock.now();
  const bool ours = scheduler_.owns(flight.decision.partition);
  const bool late = flight.entered && now - *flight.entered > kLongestStart;
  if (!ours || !fresh_ || late || !scheduler_.may_send(flight.decision.host, now)) {
    return end(id, {.outcome = Outcome::put_back});
  }
  flight.sent = now;
  // What is under way arrives, whatever becomes of us.
  w_.clock.after(w_.dice.between(milliseconds(1), milliseconds(40)), [this, id] { arrive(id); });
}

void SimDaemon::arrive(std::uint64_t id) {
  Flight& flight = flights_.at(id);
  SimReply reply = w_.web.arrive(flight.decision.host, flight.decision.url.path_and_query(),
                                 w_.clock.now() - flight.begun, w_.outage);
  if (!alive_) return w_.web.unheard(flight.decision.host);
  const Duration whole = reply.whole;
  later(whole, [this, id, reply = std::move(reply)]() mutable { end(id, std::move(reply)); });
}

void SimDaemon::end(std::uint64_t id, SimReply reply) {
  auto node = flights_.extract(id);
  Flight& flight = node.mapped();
  const auto now = w_.clock.now();
  if (flight.entered) {
    const bool sent = flight.sent != limiter::TimePoint{};
    const std::string& address = w_.web.host(flight.decision.host).address;
    w_.frontier.leave(address, id, sent ? now + w_.options.ip_delay : now);
  }
  const bool heard = policy_of(reply.outcome).answered;
  bool our_own = false;
  const Host* host = scheduler_.find(flight.decision.host);
  if (heard) {
    network_.answered(flight.decision.host, now);
  } else if (policy_of(reply.outcome).blames_host) {
    our_own = network_.failed({flight.decision.host, host != nullptr && host->answers, false}, now);
  }
  HostReport report;
  report.outcome = reply.outcome;
  report.reached_out = reply.outcome != Outcome::put_back;
  report.exchange = {flight.sent, heard ? now - reply.whole + reply.first_byte : now, now, heard};
  report.retry_after = reply.retry_after;
  report.retry = flight.decision.retry;
  report.our_own = our_own;
  scheduler_.finished(flight.decision.host, report, now, w_.dice.uniform());
  if (!holds(flight.decision.partition)) {
    ++w_.repeats;  // fenced: its new owner asks again
  } else if (flight.decision.kind == Decision::Kind::fetch_robots) {
    finish_robots(flight, reply, our_own);
  } else {
    finish_page(std::move(flight), reply, our_own);
  }
  turn();
}

void SimDaemon::finish_robots(const Flight& flight, const SimReply& reply, bool our_own) {
  Host* host = scheduler_.find(flight.decision.host);
  if (host == nullptr) return;
  const auto now = w_.clock.now();
  limiter::RobotsState& state = host->robots.at(flight.decision.origin).state;
  if (reply.outcome == Outcome::put_back || our_own) {
    state.put_back();
    return scheduler_.changed(*host, now);
  }
  if (reply.outcome == Outcome::fetched)
    state.fetched(reply.robots, now, {});
  else if (reply.outcome == Outcome::http_4xx)
    state.unavailable(now);
  else
    state.unreachable(now, w_.dice.uniform());
  scheduler_.robots_changed(*host, flight.decision.origin, now);
  w_.frontier.host(host->key).robots[flight.decision.origin] = state.encode(w_.clock.wall(), now);
  save(host->key);
}

void SimDaemon::finish_page(Flight flight, const SimReply& reply, bool our_own) {
  const std::string host = flight.decision.host;
  frontier::Record record = std::move(flight.decision.ready->record);
  const bool blamed = !our_own && !flight.probe;
  const Next next = next_for_url({reply.outcome, blamed, true}, record, kUrlLimits);
  // What ends is settled when its records are on the disk, all else at once.
  const Duration wait = next == Next::end ? w_.dice.between(milliseconds(1), milliseconds(100)) : kRoundTrip;
  unsettled_.insert(host);
  later(wait, [this, host, record = std::move(record), next, outcome = reply.outcome]() mutable {
    unsettled_.erase(unsettled_.find(host));
    if (holds(w_.frontier.host(host).partition))
      settle(host, next, outcome, std::move(record));
    else
      ++w_.repeats;
    turn();
  });
}

void SimDaemon::settle(const std::string& host, Next next, Outcome outcome, frontier::Record record) {
  const int partition = w_.frontier.host(host).partition;
  save(host);
  switch (next) {
    case Next::end:
    case Next::refuse:
      w_.frontier.done(host, record.url, policy_of(outcome).fate);
      return;
    case Next::wait: {
      const std::string url = record.url;
      ++record.attempts;
      const auto wait = limiter::backoff_wait(seconds(1), std::chrono::minutes(5), record.attempts, w_.dice.uniform());
      if (!w_.frontier.wait(host, std::move(record))) return;
      // Redis wakes it for whoever owns the host then.
      w_.clock.after(wait, [&frontier = w_.frontier, url] { frontier.wake(url); });
      later(wait + kRoundTrip, [this, host, partition] {
        if (scheduler_.owns(partition)) scheduler_.has_urls(host, partition, w_.clock.now());
        turn();
      });
      return;
    }
    case Next::yield:
      ++record.pushbacks;
      break;
    case Next::back:
      break;
  }
  if (w_.frontier.back(host, std::move(record))) scheduler_.has_urls(host, partition, w_.clock.now());
}

void SimDaemon::save(const std::string& key) {
  const Host* host = scheduler_.find(key);
  if (host != nullptr && host->loaded)
    w_.frontier.host(key).state = host->encode(w_.clock.now(), w_.clock.wall(), w_.machine);
}

}  // namespace crawler
