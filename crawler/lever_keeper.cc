#include "crawler/lever_keeper.h"

#include <spdlog/spdlog.h>

#include <map>
#include <utility>

#include "crawler/boot_clock.h"
#include "crawler/lever_order.h"

namespace crawler {

using limiter::HostLevers;

void LeverKeeper::load(int partition, std::function<void()> done) {
  p_.frontier.levers(partition, "", [this, partition, done = std::move(done)](const auto& texts, auto store_now) {
    std::map<std::string, std::vector<frontier::LeverText>> by_host;
    for (const std::string& host : table_.hosts_of(partition)) by_host[host];  // what is gone meanwhile
    for (const auto& text : texts) by_host[text.host].push_back(text);
    for (const auto& [host, of_host] : by_host) read(partition, host, of_host, store_now);
    done();
  });
}

void LeverKeeper::look(int partition, const std::string& host) {
  p_.frontier.levers(partition, host, [this, partition, host](const auto& texts, auto store_now) {
    read(partition, host, texts, store_now);
  });
}

void LeverKeeper::read(int partition, const std::string& host, const std::vector<frontier::LeverText>& texts,
                       std::chrono::milliseconds store_now) {
  if (!p_.scheduler.owns(partition)) return;  // it was given up meanwhile
  std::vector<limiter::StoredLever> stored;
  for (const auto& text : texts) {
    if (const auto kind = limiter::lever_kind(text.kind)) stored.push_back({*kind, text.text});
  }
  const HostLeversPtr before = table_.find(host);
  HostLevers levers = limiter::read_levers(stored, store_now, boot_now(), before ? *before : HostLevers());
  for (const auto& one : stored) {  // its time was over while nobody watched
    const auto lever = limiter::decode_lever(one.text);
    if (lever && levers.find(one.kind) == nullptr) ended(host, {one.kind, *lever});
  }
  table_.set(host, partition, std::move(levers));
  put_in_force(host, partition);
}

void LeverKeeper::put_in_force(const std::string& host, int partition) {
  // The URLs of a paused host stay queued, so what was taken ahead goes back.
  auto records = p_.scheduler.set_levers(host, table_.find(host), boot_now());
  if (!records.empty()) p_.settler.put_back(host, partition, std::move(records));
  p_.counters.levers_paused.set(table_.counts().paused);
  p_.counters.levers_slowed.set(table_.counts().slowed);
  p_.counters.levers_blocked.set(table_.counts().blocked);
  p_.wake();
}

void LeverKeeper::ended(const std::string& host, const limiter::LeverInForce& lever) {
  spdlog::info("{}: its {} is over{}", host, limiter::lever_name(lever.kind),
               lever.lever.why.empty() ? "" : " (" + lever.lever.why + ")");
  note(ended_line(host, lever, p_.daemon, std::chrono::system_clock::now()));
  p_.frontier.lever({host, "lift", lever.lever.id, ""}, [](const frontier::LeverAnswer&) {});
  if (lever.kind == limiter::LeverKind::block) p_.frontier.count_unblocked();
}

void LeverKeeper::tick() {
  for (const LeverTable::Ended& over : table_.take_ended(boot_now())) {
    for (const auto& lever : over.levers) ended(over.host, lever);
    put_in_force(over.host, over.partition);
  }
}

void LeverKeeper::note(const std::string& line) {
  p_.segment.append_lever(line, std::chrono::system_clock::now());
  p_.committer.when_durable([] {});
}

}  // namespace crawler
