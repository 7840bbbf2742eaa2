#include "crawler/resolver.h"

#include <algorithm>
#include <cassert>
#include <deque>
#include <unordered_map>
#include <utility>

#include "crawler/name_channel.h"
#include "crawler/name_channel_answer.h"
#include "crawler/network.h"
#include "crawler/resolver_cache.h"
#include "crawler/socket_poller.h"
#include "limiter/resolver_watch.h"
#include "web/address.h"

namespace crawler {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr limiter::Duration kLookAgain = std::chrono::seconds(1);

Resolved resolved_of(const NameAnswer& answer, std::uint16_t port, std::optional<limiter::TimePoint> again = {}) {
  Resolved resolved;
  for (const IpAddress& address : answer.addresses) resolved.addresses.push_back(address.with_port(port));
  resolved.error = answer.error;
  resolved.temporary = answer.temporary;
  resolved.again = again;
  return resolved;
}

}  // namespace

struct Resolver::Impl {
  struct Waiter {
    std::uint16_t port;
    Answer answer;
    Clock::time_point deadline;
  };
  struct Lookup {
    std::vector<Waiter> waiters;
    std::optional<limiter::TimePoint> begun{};
  };
  struct Told {  // what an asker is told
    Waiter waiter;
    NameAnswer answer;
    std::optional<limiter::TimePoint> again{};
  };
  using Verdict = limiter::ResolverWatch::Verdict;

  Impl(uv_loop_s* loop, ResolverOptions options);

  void resolve(const std::string& host, std::uint16_t port, Answer answer);
  void begin_some();
  void take(const std::string& host, const NameAnswer& answer, std::chrono::seconds ttl);
  Verdict judge(const std::string& host, limiter::TimePoint begun);
  void call_witness(const std::string& in_doubt);
  void settle(std::vector<Waiter> waiters, const NameAnswer& answer, Verdict verdict, std::vector<Told>& told);
  std::optional<limiter::TimePoint> again() const;
  void finish(std::vector<Told> told);
  void expire();
  void rearm();
  void cancel_all();
  void destroy();

  ResolverOptions options;
  ResolverCache cache;
  SocketPoller poller;
  NameChannel channel;
  std::unordered_map<std::string, Lookup> lookups;
  std::deque<std::string> line;                                     // hosts whose lookup has not begun
  std::deque<std::pair<Clock::time_point, std::string>> deadlines;  // of every waiter, in order of time
  limiter::ResolverWatch watch;
  limiter::TimePoint heard = limiter::TimePoint::min();  // the last word of any server, whatever it was
  std::string witness;       // a name that was answered before, asked to make sure; empty: none
  std::vector<Told> unsure;  // who hears its failure then
  std::size_t under_way = 0;
  std::function<void()> closed;
  bool beginning = false, closing = false, told_down = false;
};

Resolver::Impl::Impl(uv_loop_s* loop, ResolverOptions o)
    : options(std::move(o)),
      cache(options.cache_entries),
      poller(
          loop,
          [this](int fd, unsigned ready) {
            if (NameChannel::has_word(fd)) heard = this->options.now();
            channel.process(fd, ready);
            rearm();
          },
          [this] {
            if (closing) return destroy();
            channel.process_timeouts();
            expire();
            rearm();
          }),
      channel(options, poller),
      watch(options.network->give_up()) {}

void Resolver::Impl::resolve(const std::string& host, std::uint16_t port, Answer answer) {
  assert(poller.on_own_thread());
  if (const auto literal = web::parse_address(host, port)) return answer({{*literal}, "", false});
  if (is_localhost(host)) return answer(resolved_of(loopback(), port));
  if (const NameAnswer* known = cache.find(host, options.now())) return answer(resolved_of(*known, port));
  if (closing) return answer({{}, "cancelled", true});
  if (!channel.broken().empty()) return answer({{}, channel.broken(), true});
  if (!lookups.contains(host) && watch.down() && !watch.probe(options.now())) {
    return answer({{}, "the name servers do not answer", true, watch.next_probe()});
  }

  const Clock::time_point deadline = Clock::now() + options.timeout;
  const auto [lookup, first] = lookups.try_emplace(host);
  lookup->second.waiters.push_back({port, std::move(answer), deadline});
  deadlines.emplace_back(deadline, host);
  if (first) line.push_back(host);
  begin_some();
  rearm();
}

void Resolver::Impl::begin_some() {
  if (std::exchange(beginning, true)) return;  // an answer that came at once: the loop below goes on
  while (!line.empty() && (under_way < options.max_lookups || line.front() == witness)) {
    const std::string host = std::move(line.front());
    line.pop_front();
    lookups.at(host).begun = options.now();
    ++under_way;
    channel.look_up(host,
                    [this, host](const NameAnswer& answer, std::chrono::seconds ttl) { take(host, answer, ttl); });
  }
  beginning = false;
}

void Resolver::Impl::take(const std::string& host, const NameAnswer& answer, std::chrono::seconds ttl) {
  assert(poller.on_own_thread());
  const limiter::TimePoint now = options.now();
  auto ended = lookups.extract(host);
  --under_way;
  const limiter::TimePoint begun = *ended.mapped().begun;
  Verdict verdict = Verdict::theirs;
  if (answer.temporary) {
    if (!ended.mapped().waiters.empty()) verdict = judge(host, begun);
  } else {
    if (heard >= begun || host == witness) {  // else the hosts file
      watch.answered(now);
      witness.clear();
      if (!answer.addresses.empty()) options.network->name_answered(host, now + ttl, now);
    }
    const bool none = answer.addresses.empty();
    cache.put(host, answer,
              now + (none ? options.negative_ttl
                          : std::clamp<std::chrono::nanoseconds>(ttl, options.min_ttl, options.max_ttl)));
  }
  std::vector<Told> told;
  settle(std::move(ended.mapped().waiters), answer, verdict, told);
  finish(std::move(told));
}

// Whose fault a failure is.
Resolver::Impl::Verdict Resolver::Impl::judge(const std::string& host, limiter::TimePoint begun) {
  using Failure = limiter::ResolverWatch::Failure;
  const limiter::TimePoint now = options.now();
  options.network->name_failed(host);
  if (host == witness) {
    witness.clear();
    watch.unheard(now);
    return Verdict::ours;
  }
  const Failure how = heard < begun ? Failure::silence : Failure::refusal;
  const Verdict verdict = watch.failed(host, how, begun, now, options.network->knows_names_beside(host));
  if (verdict == Verdict::unsure && witness.empty() && !closing) call_witness(host);
  return verdict;
}

// Past the cache, and before all that stand in line.
void Resolver::Impl::call_witness(const std::string& in_doubt) {
  witness = options.network->known_name_beside(in_doubt, options.now());
  const Clock::time_point deadline = Clock::now() + options.timeout;
  const auto [lookup, first] = lookups.try_emplace(witness);
  lookup->second.waiters.push_back({0, [](const Resolved&) {}, deadline});
  deadlines.emplace_back(deadline, witness);
  if (lookup->second.begun) return;
  if (!first) std::erase(line, witness);
  line.push_front(witness);
}

void Resolver::Impl::settle(std::vector<Waiter> waiters, const NameAnswer& answer, Verdict verdict,
                            std::vector<Told>& told) {
  std::vector<Told>& list = verdict == Verdict::unsure ? unsure : told;
  for (Waiter& waiter : waiters) {
    list.push_back({std::move(waiter), answer, verdict == Verdict::ours ? again() : std::nullopt});
  }
}

// While the name servers are down: when to ask again.
std::optional<limiter::TimePoint> Resolver::Impl::again() const {
  if (!watch.down()) return std::nullopt;
  return std::max(watch.next_probe(), options.now());
}

// An asker may call any method of the resolver: nothing is touched after the last answer.
void Resolver::Impl::finish(std::vector<Told> told) {
  if (witness.empty()) {
    for (Told& one : std::exchange(unsure, {})) told.push_back({std::move(one.waiter), std::move(one.answer), again()});
  }
  if (watch.down() != std::exchange(told_down, watch.down()) && options.on_down) options.on_down(told_down);
  if (!closing) begin_some();
  for (Told& one : told) one.waiter.answer(resolved_of(one.answer, one.waiter.port, one.again));
}

// Askers whose time is up. Their lookup goes on for those to come.
void Resolver::Impl::expire() {
  const Clock::time_point now = Clock::now();
  const NameAnswer late{{}, "no answer from the name servers in time", true};
  std::vector<Told> told;
  while (!deadlines.empty() && deadlines.front().first <= now) {
    const std::string host = std::move(deadlines.front().second);
    deadlines.pop_front();
    const auto lookup = lookups.find(host);
    if (lookup == lookups.end()) continue;
    auto& waiters = lookup->second.waiters;
    const auto in_time = std::find_if(waiters.begin(), waiters.end(), [&](Waiter& w) { return w.deadline > now; });
    if (in_time == waiters.begin()) continue;
    std::vector<Waiter> gone(std::make_move_iterator(waiters.begin()), std::make_move_iterator(in_time));
    waiters.erase(waiters.begin(), in_time);
    if (const auto begun = lookup->second.begun) {
      const bool testifies = host == witness && !waiters.empty();  // its time as a witness is not up
      settle(std::move(gone), late, testifies ? Verdict::unsure : judge(host, *begun), told);
      continue;
    }
    for (Waiter& waiter : gone) told.push_back({std::move(waiter), late, options.now() + kLookAgain});
    if (!waiters.empty()) continue;
    std::erase(line, host);
    lookups.erase(lookup);
  }
  finish(std::move(told));
}

void Resolver::Impl::rearm() {
  if (closing) return;  // it is armed for the end
  while (!deadlines.empty() && !lookups.contains(deadlines.front().second)) deadlines.pop_front();
  milliseconds wait = milliseconds::max();
  if (!deadlines.empty()) wait = std::chrono::ceil<milliseconds>(deadlines.front().first - Clock::now());
  if (const auto timeout = channel.timeout()) wait = std::min(wait, *timeout);
  if (wait == milliseconds::max()) {
    poller.disarm();
  } else {
    poller.arm(wait);
  }
}

void Resolver::Impl::cancel_all() {
  std::vector<Waiter> waiters;
  for (auto lookup = lookups.begin(); lookup != lookups.end();) {
    std::move(lookup->second.waiters.begin(), lookup->second.waiters.end(), std::back_inserter(waiters));
    lookup->second.waiters.clear();
    lookup = lookup->second.begun ? std::next(lookup) : lookups.erase(lookup);
  }
  for (Told& one : std::exchange(unsure, {})) waiters.push_back(std::move(one.waiter));
  witness.clear();
  line.clear();
  deadlines.clear();
  for (Waiter& waiter : waiters) waiter.answer({{}, "cancelled", true});
}

void Resolver::Impl::destroy() {
  channel.close();
  poller.close(std::move(closed));
}

Resolver::Resolver(uv_loop_s* loop, ResolverOptions options)
    : impl_(std::make_unique<Impl>(loop, std::move(options))) {}

Resolver::~Resolver() = default;

void Resolver::resolve(const std::string& host, std::uint16_t port, Answer answer) {
  impl_->resolve(host, port, std::move(answer));
}

void Resolver::prefer(const std::string& host, std::string_view address) {
  impl_->cache.move(host, address, true);
}

void Resolver::avoid(const std::string& host, std::string_view address) {
  impl_->cache.move(host, address, false);
}

void Resolver::cancel_all() {
  impl_->cancel_all();
}

void Resolver::close(std::function<void()> closed) {
  impl_->closing = true;
  impl_->cancel_all();
  impl_->closed = std::move(closed);
  impl_->poller.arm(milliseconds(0));  // not now: the caller may be an answer of ours
}

}  // namespace crawler
