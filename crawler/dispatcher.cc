#include "crawler/dispatcher.h"

#include <spdlog/spdlog.h>

#include <memory>
#include <utility>

#include "crawler/address_choice.h"
#include "crawler/boot_clock.h"
#include "web/ports.h"

namespace crawler {
namespace {

FetcherOptions fetcher_options(const Config& config) {
  FetcherOptions options;
  options.user_agent = config.user_agent();
  if (config.agent.contact.find('@') != std::string::npos) options.from = config.agent.contact;
  options.ca_file = config.fetch.ca_file;
  options.timeout = config.fetch.timeout;
  options.connect_timeout = config.fetch.connect_timeout;
  options.low_speed_time = config.fetch.low_speed_time;
  options.low_speed_limit = config.fetch.low_speed_limit;
  options.max_bytes = config.fetch.max_bytes;
  options.max_header_bytes = config.fetch.max_header_bytes;
  options.max_connections = config.fetch.max_in_flight;
  options.addresses = config.address_policy();
  options.now = boot_now;
  return options;
}

ResolverOptions resolver_options(Shared& shared) {
  ResolverOptions options;
  options.timeout = shared.config.fetch.connect_timeout;
  options.min_ttl = shared.config.fetch.dns_min_ttl;
  options.max_ttl = shared.config.fetch.dns_max_ttl;
  options.servers = shared.config.fetch.name_servers;
  options.now = boot_now;
  options.network = &shared.network;
  options.on_down = [&network = shared.network](bool down) {
    const bool before = network.resolvers_down();
    network.resolver_down(down);
    if (network.resolvers_down() == before) return;
    down ? spdlog::warn("the name servers do not answer; no host is blamed")
         : spdlog::info("name servers answer again");
  };
  return options;
}

constexpr Duration kStartSlack = seconds(5);               // between two of our own steps
constexpr limiter::Duration kAskAgainSpread = seconds(1);  // of hosts that wait for the name servers

AddressGateOptions gate_options(const Config& config, const std::string& claimant) {
  AddressGateOptions options;
  options.delay = config.politeness.ip_delay;
  options.exempt = config.ip_exempt();
  options.claimant = claimant;
  options.longest_request = config.fetch.timeout;
  options.longest_start = config.fetch.connect_timeout + kStartSlack;
  options.now = boot_now;
  return options;
}

}  // namespace

Dispatcher::Dispatcher(Parts parts)
    : p_(std::move(parts)),
      addresses_(p_.shared.config.address_policy()),
      agent_(p_.shared.config.user_agent()),
      resolver_(p_.loop, resolver_options(p_.shared)),
      gate_(p_.frontier, gate_options(p_.shared.config, p_.frontier.fence() + "/" + std::to_string(p_.worker)),
            [this](const std::string& host, limiter::TimePoint at) {
              p_.scheduler.wait_for_address(host, at, boot_now());
              p_.wake();
            }),
      fetcher_(
          p_.loop, fetcher_options(p_.shared.config),
          [this](std::uint64_t id, limiter::TimePoint now) { return may_send(id, now); },
          [this](FetchResult result) { ended(std::move(result)); }),
      random_(std::random_device{}()) {}

void Dispatcher::carry_out(Decision decision, Permit permit) {
  switch (decision.kind) {
    case Decision::Kind::end:
      permit.release();
      p_.pages.end_unasked(decision.host, decision.partition, std::move(decision.ready->record), decision.reason,
                           decision.rule);
      return;
    case Decision::Kind::load_robots:
      p_.frontier.robots_get(decision.partition, decision.origin,
                             [this, host = decision.host, origin = decision.origin](
                                 const frontier::StoredRobots& stored) { p_.robots.loaded(host, origin, stored); });
      return;
    case Decision::Kind::ask_elsewhere:
      permit.release();
      p_.robots.errands().ask(decision.host, decision.origin);
      return;
    case Decision::Kind::fetch_robots:
    case Decision::Kind::fetch_page:
      break;
  }
  Flight flight;
  flight.id = next_id_++;
  flight.kind = decision.kind;
  flight.host = std::move(decision.host);
  flight.partition = decision.partition;
  flight.origin = std::move(decision.origin);
  flight.url = std::move(decision.url);
  flight.errand = decision.errand;
  flight.retry = decision.retry;
  flight.place_of_list = std::move(decision.place_of_list);
  if (decision.ready) flight.record = std::move(decision.ready->record);
  if (const Host* host = p_.scheduler.find(flight.host)) {
    flight.due = host->limiter.next(host->limiter.in_flight() - 1);
    flight.terms = host->limiter.terms();
    flight.probe = host->breaker.probing(boot_now());
    if (flight.kind == Decision::Kind::fetch_robots && flight.errand == 0) {
      flight.record.attempts = host->robots.at(flight.origin).state.attempts();
    }
    note_robots(flight, *host, boot_now());
  }
  ++by_partition_[static_cast<std::size_t>(flight.partition)];
  const std::uint64_t id = flight.id;
  flights_.emplace(id, std::move(flight));
  resolve(id, std::move(permit));
}

// Its origin may have been dropped from memory meanwhile: then what was noted before still allows it.
void Dispatcher::note_robots(Flight& flight, const Host& host, limiter::TimePoint now) const {
  if (flight.kind != Decision::Kind::fetch_page) return;
  if (flight.robots) {
    flight.robots->age += now - flight.robots->as_of;
    flight.robots->as_of = now;
  }
  const auto robots = host.robots.find(flight.origin);
  if (robots == host.robots.end()) return;
  const limiter::RobotsView view = robots->second.state.view(now, {.ttl = p_.shared.config.robots.ttl});
  if (view.age) flight.robots = RobotsObeyed{std::string(view.digest), *view.age, now};
}

bool Dispatcher::may_send(std::uint64_t id, limiter::TimePoint now) {
  const auto entry = flights_.find(id);
  if (!sending_ || entry == flights_.end()) return false;
  Flight& flight = entry->second;
  if (p_.shared.trust.lost() || !p_.shared.leases.holds(flight.partition, now)) return false;
  if (!p_.scheduler.may_send(flight.host, now) || !gate_.may_send(id, now)) return false;
  const Host& host = *p_.scheduler.find(flight.host);
  flight.terms = host.limiter.terms();
  note_robots(flight, host, now);
  return true;
}

void Dispatcher::resolve(std::uint64_t id, Permit permit) {
  const Flight& flight = flights_.at(id);
  if (const int port = flight.url.effective_port(); web::is_port_of_another_protocol(port)) {
    return fail(id, Outcome::forbidden_address, "port " + std::to_string(port) + " is another protocol's",
                std::move(permit));
  }
  auto held = std::make_shared<Permit>(std::move(permit));
  resolver_.resolve(flight.url.host, flight.url.effective_port(), [this, id, held](const Resolved& resolved) {
    const auto entry = flights_.find(id);
    if (entry == flights_.end()) return;
    if (!sending_) return fail(id, Outcome::put_back, "stopping", std::move(*held));
    if (resolved.again) {
      return not_started(id, std::move(*held), *resolved.again + spread(kAskAgainSpread));
    }
    if (resolved.addresses.empty()) {
      return fail(id, Outcome::dns, resolved.error, std::move(*held), !resolved.temporary);
    }
    std::vector<sockaddr_storage> chosen = choose_addresses(resolved.addresses, addresses_);
    if (chosen.empty()) {
      const auto* first = reinterpret_cast<const sockaddr*>(&resolved.addresses.front());
      return fail(id, Outcome::forbidden_address, web::address_text(first) + " is not a public address",
                  std::move(*held));
    }
    FetchRequest request;
    request.id = id;
    request.url = entry->second.url;
    request.send = entry->second.record.request;
    request.address = chosen.front();
    if (entry->second.kind == Decision::Kind::fetch_robots) {
      request.max_bytes = kRobotsBody;
    } else if (entry->second.record.role != frontier::Role::page) {
      request.max_bytes = p_.shared.config.fetch.max_sitemap_bytes;
    }
    if (Host* host = p_.scheduler.find(entry->second.host); host != nullptr && host->fresh_connections > 0) {
      --host->fresh_connections;
      request.reuse = false;
    }
    request.permit = std::move(*held);
    if (gate_.guards(reinterpret_cast<const sockaddr*>(&request.address))) return pass_gate(std::move(request));
    std::copy_if(chosen.begin() + 1, chosen.end(), std::back_inserter(request.more),
                 [this](const auto& address) { return !gate_.guards(reinterpret_cast<const sockaddr*>(&address)); });
    fetcher_.start(std::move(request));
  });
}

limiter::Duration Dispatcher::spread(limiter::Duration most) {
  const double share = std::uniform_real_distribution<double>(0, 1)(random_);
  return std::chrono::duration_cast<limiter::Duration>(most * share);
}

void Dispatcher::pass_gate(FetchRequest request) {
  Flight& flight = flights_.at(request.id);
  flight.ip_delay = gate_.delay();
  flight.at_gate = true;
  auto held = std::make_shared<FetchRequest>(std::move(request));
  gate_.enter(held->id, flight.host, reinterpret_cast<const sockaddr*>(&held->address),
              [this, held](std::optional<limiter::TimePoint> wait_until) {
                if (wait_until) return not_started(held->id, std::move(held->permit), *wait_until);
                flights_.at(held->id).at_gate = false;
                if (!sending_) return fail(held->id, Outcome::put_back, "stopping", std::move(held->permit));
                fetcher_.start(std::move(*held));
              });
}

// Its address is not free, or not to be had: nothing has happened, and nothing is counted.
void Dispatcher::not_started(std::uint64_t id, Permit permit, limiter::TimePoint until) {
  const auto entry = flights_.find(id);
  Flight& flight = entry->second;
  flight.at_gate = false;
  Decision decision{flight.kind, flight.host, flight.partition, flight.origin, flight.url};
  decision.errand = flight.errand;
  decision.retry = flight.retry;
  const bool page = flight.kind == Decision::Kind::fetch_page;
  if (page) decision.ready = Ready{flight.record, flight.url};
  const bool starts = sending_ && !p_.shared.paused.load(std::memory_order_relaxed);
  if (!starts || !p_.scheduler.not_started(decision, until, boot_now())) {
    return fail(id, Outcome::put_back, "its address is not free", std::move(permit));
  }
  if (page) {
    p_.shared.pages.give_back();
    p_.shared.jobs.give_back(flight.record.job);
  }
  --by_partition_[static_cast<std::size_t>(flight.partition)];
  flights_.erase(entry);
  p_.wake();
}

void Dispatcher::fail(std::uint64_t id, Outcome outcome, std::string error, Permit permit, bool no_such_host) {
  FetchResult result;
  result.id = id;
  result.outcome = outcome;
  result.error = std::move(error);
  result.permit = std::move(permit);
  result.sent = result.first_byte = result.ended = boot_now();
  result.sent_at = std::chrono::system_clock::now();
  ended(std::move(result), no_such_host);
}

void Dispatcher::cut(int partition) {
  fetcher_.cut([this, partition](std::uint64_t id) { return flights_.at(id).partition == partition; });
}

void Dispatcher::cut_sent() {
  fetcher_.cut([](std::uint64_t) { return true; });
}

void Dispatcher::cut_all() {
  stop_sending();
  resolver_.cancel_all();
  std::vector<std::uint64_t> at_gate;
  for (const auto& [id, flight] : flights_)
    if (flight.at_gate) at_gate.push_back(id);
  for (const std::uint64_t id : at_gate) fail(id, Outcome::put_back, "stopping", {});
  cut_sent();
}

void Dispatcher::close(std::function<void()> closed) {
  resolver_.close([this, closed = std::move(closed)] { fetcher_.close(closed); });
}

}  // namespace crawler
