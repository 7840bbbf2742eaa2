#include "crawler/sim_web.h"

#include <algorithm>
#include <cmath>

namespace crawler {
namespace {

using limiter::Duration;
using limiter::TimePoint;
using std::chrono::duration_cast;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Duration kTimeout = seconds(60);
constexpr Duration kMaxRest = seconds(60);  // politeness.max_factor_delay
constexpr int kMaxCrawlDelay = 60;          // the contract's politeness.max_crawl_delay, in seconds
constexpr std::size_t kMostTold = 100;

SimWindow window(SimDice& dice, int of_hours, Duration least, Duration most) {
  const auto from = SimClock::kStart + dice.between(Duration(0), hours(of_hours));
  return {from, from + dice.between(least, most)};
}

Duration log_between(SimDice& dice, Duration low, Duration high) {
  const double ratio = static_cast<double>(high.count()) / static_cast<double>(low.count());
  return Duration(static_cast<Duration::rep>(static_cast<double>(low.count()) * std::pow(ratio, dice.uniform())));
}

}  // namespace

SimWeb::SimWeb(const SimOptions& options, SimDice& dice, const SimClock& clock)
    : options_(options), dice_(dice), clock_(clock) {
  for (int i = 0; i < options.hosts; ++i) {
    SimHost host;
    host.name = "h" + std::to_string(i) + ".example";
    host.delay = log_between(dice, options.min_delay, options.max_delay);
    host.urls = 1 + static_cast<int>(dice.below(static_cast<std::uint64_t>(options.max_urls)));
    host.latency = log_between(dice, milliseconds(5), seconds(2));
    host.has_robots = dice.chance(0.7);
    if (host.has_robots && dice.chance(0.2)) host.crawl_delay = static_cast<int>(1 + dice.below(100));
    if (options.faults) {
      if (dice.chance(0.3)) host.errors = 0.3 * dice.uniform();
      if (dice.chance(0.2)) host.push_backs = 0.2 * dice.uniform();
      if (dice.chance(0.1)) host.timeouts = 0.2 * dice.uniform();
      if (dice.chance(0.1)) host.dead = window(dice, options.hours, minutes(1), hours(3));
      if (dice.chance(0.1)) host.slow = window(dice, options.hours, minutes(10), hours(3));
      if (dice.chance(0.1)) host.robots_down = window(dice, options.hours, minutes(10), hours(6));
      if (dice.chance(0.05)) host.robots_down = SimWindow{SimClock::kStart, SimClock::kStart + minutes(5)};
      host.slow_robots = dice.chance(0.05);
      host.always_dead = dice.chance(0.02);
      // Ten hosts at one address on the average.
      if (dice.chance(0.1)) host.address = "address " + std::to_string(dice.below(1 + options.hosts / 100));
    }
    hosts_.emplace(host.name, host);
  }
}

void SimWeb::breaks(const SimHost& host, const std::string& what) {
  if (broken_.size() >= kMostTold) return;
  const auto at = duration_cast<milliseconds>(clock_.now() - SimClock::kStart).count();
  broken_.push_back(std::to_string(at) + " ms: " + host.name + ": " + what);
}

void SimWeb::unheard(const std::string& name) {
  SimHost& host = hosts_.at(name);
  host.busy_until = host.rest_until = host.hold_until = clock_.now();
}

Duration SimWeb::delay_of(const SimHost& host) const {
  if (!host.crawl_delay || !host.robots_served) return host.delay;
  return std::max(host.delay, Duration(seconds(std::min(*host.crawl_delay, kMaxCrawlDelay))));
}

void SimWeb::check(SimHost& host, const std::string& path) {
  const auto now = clock_.now();
  if (now < host.busy_until) breaks(host, "a second request while one is under way");
  if (now < host.rest_until) breaks(host, "asked again sooner than its last answer took");
  const Duration delay = delay_of(host);
  if (host.arrivals > 0 && now - host.last_arrival < delay) {
    breaks(host, "a gap of " + std::to_string(duration_cast<milliseconds>(now - host.last_arrival).count()) +
                     " ms below " + std::to_string(duration_cast<milliseconds>(delay).count()) + " ms");
  }
  if (!host.address.empty()) {
    TimePoint& free = address_free_[host.address];
    if (now < free) breaks(host, "its address was asked too soon after another host's request");
    free = now + options_.ip_delay;
    ++faults_["shared address"];
  }
  if (now < host.hold_until) breaks(host, "asked before its Retry-After was over");
  if (path == "/robots.txt") return;
  if (!host.robots_served) breaks(host, "a page before robots.txt");
  if (host.has_robots && path.starts_with("/private")) breaks(host, "a disallowed page");
}

SimReply SimWeb::arrive(const std::string& name, const std::string& path, Duration travelled, bool outage) {
  SimHost& host = hosts_.at(name);
  if (outage) {
    ++faults_["outage of ours"];
    return {.outcome = dice_.chance(0.5) ? Outcome::connect : Outcome::timeout, .whole = seconds(10)};
  }
  const auto now = clock_.now();
  if (host.always_dead || (host.dead && host.dead->holds(now))) {
    ++faults_["dead host"];
    return {.outcome = dice_.chance(0.5) ? Outcome::connect : Outcome::timeout, .whole = seconds(10)};
  }
  check(host, path);
  SimReply answer = reply(host, path);
  ++host.arrivals;
  ++arrivals_;
  host.last_arrival = now;
  host.last_sign = now;
  host.busy_until = now + answer.whole;
  const bool answered = policy_of(answer.outcome).answered;
  const Duration rest = answered ? std::min(answer.whole, kMaxRest) : Duration(0);
  host.rest_until = host.busy_until + rest;
  host.required_last = travelled + std::max(answer.first_byte + delay_of(host), answer.whole + rest);
  host.required += host.required_last;
  if (answer.retry_after) host.hold_until = now + std::min(*answer.retry_after, Duration(hours(1)));
  return answer;
}

SimReply SimWeb::reply(SimHost& host, const std::string& path) {
  const auto now = clock_.now();
  const bool robots = path == "/robots.txt";
  SimReply answer;
  answer.first_byte = dice_.between(host.latency / 2, host.latency * 2);
  if (host.slow && host.slow->holds(now)) {
    ++faults_["slow host"];
    answer.first_byte += dice_.between(seconds(1), seconds(40));
  }
  if (robots && host.slow_robots) {
    ++faults_["slow robots.txt"];
    answer.first_byte += dice_.between(seconds(5), seconds(50));
  }
  answer.whole = answer.first_byte + dice_.between(Duration(0), host.latency);
  if (dice_.chance(host.timeouts) || answer.whole > kTimeout) {
    ++faults_["timeout"];
    answer.first_byte = answer.whole = kTimeout;
    return answer;
  }
  if (dice_.chance(host.push_backs)) {
    ++faults_["push-back"];
    answer.outcome = Outcome::rate_limited;
    answer.status = 429;
    if (dice_.chance(0.5)) answer.retry_after = dice_.between(seconds(1), hours(2));
    return answer;
  }
  if (robots && host.robots_down && host.robots_down->holds(now)) {
    ++faults_["robots.txt down"];
    answer.outcome = Outcome::http_5xx;
    answer.status = 500;
    return answer;
  }
  if (!robots && dice_.chance(host.errors)) {
    ++faults_["error"];
    answer.outcome = Outcome::http_5xx;
    answer.status = 500;
    return answer;
  }
  answer.outcome = Outcome::fetched;
  answer.status = 200;
  if (!robots) return answer;
  host.robots_served = now;
  if (!host.has_robots) {
    answer.outcome = Outcome::http_4xx;
    answer.status = 404;
    return answer;
  }
  answer.robots = "User-agent: *\nDisallow: /private\n";
  if (host.crawl_delay) answer.robots += "Crawl-delay: " + std::to_string(*host.crawl_delay) + "\n";
  return answer;
}

}  // namespace crawler
