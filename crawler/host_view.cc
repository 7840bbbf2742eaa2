#include "crawler/host_view.h"

#include <algorithm>

#include "crawler/counters.h"

namespace crawler {
namespace {

OriginView view_of_origin(const std::string& origin, const limiter::RobotsState& state, limiter::TimePoint now,
                          const limiter::RobotsOptions& options, ShowRobots show) {
  const limiter::RobotsView known = state.view(now, options);
  OriginView view;
  view.origin = origin;
  view.phase = known.phase;
  view.digest = known.digest;
  view.age = known.age;
  if (known.again_at > now) view.again_in = known.again_at - now;
  view.crawl_delay = state.crawl_delay();
  view.attempts = known.attempts;
  view.bytes = known.body.size();
  if (show == ShowRobots::text) view.text = known.body.substr(0, kShownRobotsBytes);
  return view;
}

}  // namespace

std::string state_name(HostState state) {
  return std::string(kHostStates[static_cast<std::size_t>(state)]);
}

HostView view_of(const Host& host, limiter::TimePoint now, const limiter::RobotsOptions& robots, ShowRobots show) {
  HostView view;
  view.host = host.key;
  view.state = state_name(state_of(host, now));
  view.partition = host.partition;
  view.asked = host.limiter.asked();
  view.in_flight = host.limiter.in_flight();
  view.ready = host.ready.size();
  view.spent = host.spent.as_of(now);
  view.failed_probes = host.breaker.failed_probes();
  view.delay = host.limiter.delay();
  view.delay_from = limiter::delay_from_name(host.limiter.terms().from);
  if (host.queued) view.next_due_in = std::max(limiter::Duration(0), host.due - now);
  if (host.limiter.backing_off(now)) view.backing_off_for = host.limiter.held_until() - now;
  if (host.levers) {
    for (const auto& lever : host.levers->all()) {
      if (lever) view.levers.push_back(*lever);
    }
  }
  for (const auto& [origin, of_origin] : host.robots) {
    if (view.robots.size() == static_cast<std::size_t>(kShownOrigins)) break;
    view.robots.push_back(view_of_origin(origin, of_origin.state, now, robots, show));
  }
  return view;
}

}  // namespace crawler
