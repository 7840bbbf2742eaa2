#include "crawler/host_desk.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "crawler/awaited.h"
#include "crawler/boot_clock.h"
#include "crawler/scheduler_options.h"
#include "frontier/lease_table.h"

namespace crawler {
namespace {

const std::string kNotReady = "It is starting: Redis has not answered yet.";
const std::string kLate = "Redis has not answered within 2 s.";

HostLeversPtr in_force(const std::vector<std::pair<std::string, std::string>>& texts, std::chrono::milliseconds now) {
  std::vector<limiter::StoredLever> stored;
  for (const auto& [kind, text] : texts) {
    if (const auto known = limiter::lever_kind(kind)) stored.push_back({*known, text});
  }
  return std::make_shared<const limiter::HostLevers>(limiter::read_levers(stored, now, boot_now(), {}));
}

// The answers of all workers to one question.
struct Answers {
  std::mutex mutex;
  std::condition_variable all_came;
  std::vector<HostRow> rows;
  std::uint64_t matched = 0;
  std::size_t open = 0;
};

}  // namespace

std::string HostDesk::why_not_read(frontier::RedisFrontier* frontier) {
  if (frontier == nullptr) return kNotReady;
  if (!frontier->redis().up()) return "Redis is away: " + frontier->redis().error() + ".";
  const std::string error = frontier->redis().error();
  return error.empty() ? error : "Redis: " + error + ".";
}

std::string HostDesk::why_not_written(frontier::RedisFrontier* frontier, const RedisTrust& trust) {
  std::string why = why_not_read(frontier);
  if (why.empty() && !trust.good()) why = "Redis: " + trust.why() + ".";
  return why;
}

struct HostDesk::Facts {
  std::string why_not;
  frontier::HostFacts kept;
  HostLeversPtr levers;
};

HostList HostDesk::list(const HostQuery& query) const {
  HostList list{.daemon = p_.daemon};
  if (!p_.ready()) return list;
  const auto answers = std::make_shared<Answers>();
  answers->open = p_.workers.size();
  for (const auto& worker : p_.workers) {
    worker->survey(query, [answers](std::vector<HostRow> rows, std::uint64_t matched) {
      const std::lock_guard lock(answers->mutex);
      answers->matched += matched;
      std::move(rows.begin(), rows.end(), std::back_inserter(answers->rows));
      if (--answers->open == 0) answers->all_came.notify_all();
    });
  }
  std::unique_lock lock(answers->mutex);
  list.complete = answers->all_came.wait_for(lock, kPatience, [&] { return answers->open == 0; });
  list.matched = answers->matched;
  std::sort(answers->rows.begin(), answers->rows.end(),
            [](const HostRow& a, const HostRow& b) { return a.rank < b.rank; });
  for (HostRow& row : answers->rows) {
    if (list.hosts.size() == query.limit) break;
    list.hosts.push_back(std::move(row.view));
  }
  return list;
}

// A host that no worker of ours holds, as one would take it up from what is kept.
HostView HostDesk::rebuild(const std::string& key, const Facts& facts) const {
  const SchedulerOptions options = scheduler_options(p_.shared, {});
  const auto now = boot_now();
  Host host(key, frontier::partition_of(key), options.limits_of(key));
  host.held = options.held && options.held(key);
  host.order(facts.levers);
  host.restore(facts.kept.state, {now, false}, options.breaker, now, wall_now_ms(), options.time_line);
  for (const auto& [origin, text] : facts.kept.robots) {
    host.robots[origin].state.loaded(text, now, wall_now_ms(), options.robots);
  }
  HostView view = view_of(host, now, options.robots, ShowRobots::text);
  if (state_of(host, now) == HostState::empty && facts.kept.queued > 0) view.state = state_name(HostState::waiting);
  return view;
}

HostAnswer HostDesk::show(const std::string& host) const {
  HostAnswer answer{.daemon = p_.daemon, .error = kLate};
  const bool domain = p_.shared.config.politeness.key == "domain";
  const auto facts = std::make_shared<Awaited<Facts>>();
  p_.post([this, facts, host, domain] {
    frontier::RedisFrontier* const frontier = p_.frontier();
    if (std::string why = why_not_read(frontier); !why.empty()) return facts->give({.why_not = std::move(why)});
    auto found = std::make_shared<Facts>();
    frontier->host_facts(host, domain, kShownOrigins, static_cast<int>(kShownRobotsBytes),
                         [found](frontier::HostFacts kept) { found->kept = std::move(kept); });
    frontier->levers(frontier::partition_of(host), host, [facts, found](const auto& texts, auto now) {
      std::vector<std::pair<std::string, std::string>> of_host;
      for (const auto& text : texts) of_host.emplace_back(text.kind, text.text);
      found->levers = in_force(of_host, now);
      facts->give(std::move(*found));
    });
  });
  const auto found = facts->wait(kPatience);
  if (!found) return answer;
  if (!found->why_not.empty() || !p_.ready()) {
    answer.error = found->why_not.empty() ? kNotReady : found->why_not;
    return answer;
  }
  const auto held = std::make_shared<Awaited<std::optional<HostView>>>();
  const std::size_t worker = static_cast<std::size_t>(frontier::partition_of(host)) % p_.workers.size();
  p_.workers[worker]->show(host, [held](std::optional<HostView> view) { held->give(std::move(view)); });
  auto in_memory = held->wait(kPatience);
  if (!in_memory) {
    answer.error = "The worker of this host has not answered within 2 s.";
    return answer;
  }
  const bool kept = found->kept.asked || found->kept.queued > 0 || !found->kept.robots.empty();
  if (!*in_memory && !kept && found->levers->empty()) {
    answer.kind = HostAnswer::Kind::unknown;
    return answer;
  }
  answer.kind = HostAnswer::Kind::found;
  answer.host = *in_memory ? std::move(**in_memory) : rebuild(host, *found);
  answer.host.owner = frontier::Owner::parse(found->kept.owner).daemon;
  answer.host.queued = found->kept.queued;
  return answer;
}

OrderAnswer HostDesk::order(const HostOrder& order) {
  const auto given = std::make_shared<Awaited<OrderAnswer>>();
  p_.post([this, given, order] {
    frontier::RedisFrontier* const frontier = p_.frontier();
    std::string why = p_.ready() ? why_not_written(frontier, p_.shared.trust) : kNotReady;
    if (!why.empty()) return given->give({.error = std::move(why)});
    if (!order.kind) frontier->count_unblocked();
    frontier->lever(order.for_frontier(), [this, given, order](const frontier::LeverAnswer& answer) {
      OrderAnswer out{.kind = answer.full ? OrderAnswer::Kind::full : OrderAnswer::Kind::done, .known = answer.known};
      if (answer.full) {
        out.error = "So many hosts have orders already that no more fit; undo some with resume.";
      } else {
        spdlog::info("{}", order.text());
        if (!order.kind) forget_recent();
        p_.workers.front()->note_order(order_line(order, p_.daemon, std::chrono::system_clock::now()));
        const HostLeversPtr levers = in_force(answer.levers, answer.now);
        for (const auto& lever : levers->all()) {
          if (lever) out.levers.push_back(*lever);
        }
      }
      given->give(std::move(out));
    });
  });
  auto answer = given->wait(kPatience);
  if (!answer) answer = OrderAnswer{.error = kLate + " It may take the order later."};
  answer->daemon = p_.daemon;
  return std::move(*answer);
}

void HostDesk::forget_recent() {
  p_.frontier()->forget_recent();
  for (const auto& worker : p_.workers) worker->forget_recent();
}

void HostDesk::each_second() {
  frontier::RedisFrontier* const frontier = p_.frontier();
  if (frontier == nullptr || !frontier->redis().up() || std::exchange(asked_, true)) return;
  const std::string key = frontier->keys().unblocked();
  frontier->redis().command({"GET", key}, [this](const frontier::Reply& reply) {
    asked_ = false;
    if (reply.lost()) return;
    const std::string count(reply.text());
    if (std::exchange(heard_, true) && count != unblocked_) forget_recent();
    unblocked_ = count;
  });
}

}  // namespace crawler
