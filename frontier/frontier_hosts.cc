// RedisFrontier: what operators order for single hosts, and what is kept of one.
#include <memory>
#include <utility>

#include "frontier/frontier.h"
#include "lua_host.h"
#include "lua_lever.h"
#include "lua_levers.h"

namespace frontier {
namespace {

constexpr Script kLever{lua_lever, lua_lever_sha1};
constexpr Script kLevers{lua_levers, lua_levers_sha1};
constexpr Script kHost{lua_host, lua_host_sha1};

}  // namespace

std::vector<Script> RedisFrontier::host_scripts() {
  return {kLever, kLevers, kHost};
}

void RedisFrontier::lever(LeverOrder order, std::function<void(const LeverAnswer&)> done) {
  const int partition = partition_of(order.host);
  const std::string most = std::to_string(kMaxLevers);
  redis_.script(kLever,
                {keys_.of(partition, "levers"), keys_.of(partition, "news"), keys_.of(partition, "hosts"),
                 keys_.of(partition, "active")},
                {order.host, order.verb, order.id, order.terms, most},
                [this, partition, done = std::move(done)](const Reply& reply) {
                  if (reply.lost()) return;
                  LeverAnswer answer;
                  answer.full = reply.at(0).text() == "FULL";
                  answer.known = reply.at(1).integer() == 1;
                  answer.now = std::chrono::milliseconds(reply.at(2).integer());
                  for (std::size_t i = 3; i + 1 < reply.size(); i += 2) {
                    answer.levers.emplace_back(reply.at(i).text(), reply.at(i + 1).text());
                  }
                  if (news_ && !answer.full) news_(partition);
                  done(answer);
                });
}

void RedisFrontier::levers(int partition, const std::string& host,
                           std::function<void(std::vector<LeverText>, std::chrono::milliseconds)> done) {
  redis_.script(kLevers, {keys_.of(partition, "levers")}, {host}, [done = std::move(done)](const Reply& reply) {
    if (reply.lost()) return;
    std::vector<LeverText> texts;
    for (std::size_t i = 1; i + 2 < reply.size(); i += 3) {
      texts.push_back(
          {std::string(reply.at(i).text()), std::string(reply.at(i + 1).text()), std::string(reply.at(i + 2).text())});
    }
    done(std::move(texts), std::chrono::milliseconds(reply.at(0).integer()));
  });
}

void RedisFrontier::count_unblocked() {
  const std::string key = keys_.unblocked();
  redis_.command({"INCR", key}, [](const Reply&) {});
}

void RedisFrontier::host_states(int partition, const std::vector<std::string>& hosts,
                                std::function<void(std::vector<std::string>)> done) {
  const std::string key = keys_.of(partition, "hosts");
  std::vector<std::string_view> argv = {"HMGET", key};
  argv.insert(argv.end(), hosts.begin(), hosts.end());
  redis_.command(std::move(argv), [count = hosts.size(), done = std::move(done)](const Reply& reply) {
    if (reply.lost()) return;
    std::vector<std::string> states;
    for (std::size_t i = 0; i < count; ++i) states.emplace_back(reply.at(i).text());
    done(std::move(states));
  });
}

void RedisFrontier::host_facts(const std::string& host, bool domain, int origins, int bytes,
                               std::function<void(HostFacts)> done) {
  const int partition = partition_of(host);
  const std::string most = std::to_string(origins), length = std::to_string(bytes);
  redis_.script(kHost,
                {keys_.of(partition, "owner"), keys_.of(partition, "hosts"), keys_.of(partition, "robots"),
                 keys_.of(partition, "cold"), keys_.queue(partition, host, Priority::high),
                 keys_.queue(partition, host, Priority::normal), keys_.queue(partition, host, Priority::low)},
                {host, most, length, domain ? "1" : ""}, [done = std::move(done)](const Reply& reply) {
                  if (reply.lost()) return;
                  HostFacts facts;
                  facts.owner = reply.at(0).text();
                  facts.state = reply.at(1).text();
                  facts.asked = reply.at(2).integer() == 1;
                  facts.queued = reply.at(3).integer();
                  for (std::size_t i = 4; i + 1 < reply.size(); i += 2) {
                    facts.robots.emplace_back(reply.at(i).text(), reply.at(i + 1).text());
                  }
                  done(std::move(facts));
                });
}

}  // namespace frontier
