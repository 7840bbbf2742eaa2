// What a session thinks of its Redis: fit at the start, still fit each second, and taken on as it is after a loss.
#include <spdlog/spdlog.h>

#include <array>
#include <utility>

#include "crawler/boot_clock.h"
#include "crawler/random_hex.h"
#include "crawler/session.h"

namespace crawler {
namespace {

constexpr Duration kTellAgain = seconds(60);
constexpr std::string_view kSchema = "2";  // of everything under the namespace

// A line of INFO; empty where it is not told.
std::string_view info_field(std::string_view info, std::string_view name) {
  const std::size_t at = info.find("\r\n" + std::string(name) + ":");
  if (at == info.npos) return {};
  info.remove_prefix(at + name.size() + 3);
  return info.substr(0, info.find('\r'));
}

std::string eviction(std::string_view policy) {
  if (policy.empty() || policy == "noeviction") return {};
  return fmt::format("Redis evicts keys (maxmemory-policy {}), which would lose URLs: set it to noeviction", policy);
}

}  // namespace

void Session::read_meta(const std::string& hash_key, std::function<void(const Meta&)> done) {
  const frontier::Keys keys(shared_.frontier.ns);
  const std::string meta = keys.meta(), epoch = random_hex(32), partitions = std::to_string(frontier::kPartitions);
  const std::array<std::pair<std::string_view, std::string>, 3> wanted = {
      {{"schema", std::string(kSchema)}, {"partitions", partitions}, {"politeness.key", config_.politeness.key}}};
  std::vector<std::string_view> args;
  for (const auto& [field, value] : wanted) args.insert(args.end(), {field, value});
  args.insert(args.end(), {"epoch", epoch, "hash_key", hash_key});
  redis_.script(frontier::RedisFrontier::meta_script(), {meta}, args,
                [this, wanted, done = std::move(done)](const frontier::Reply& reply) {
                  if (reply.lost() || phase_ > Phase::running) return;
                  Meta found;
                  for (std::size_t i = 0; i + 1 < reply.size(); i += 2) {
                    found.emplace(reply.at(i).text(), reply.at(i + 1).text());
                  }
                  for (const auto& [field, value] : wanted) {
                    const std::string& stored = found[std::string(field)];
                    if (stored == value) continue;
                    return fail(Exit::config, fmt::format("namespace \"{}\" was made with {} = {}, not {}",
                                                          shared_.frontier.ns, field, stored, value));
                  }
                  done(found);
                });
}

void Session::check_namespace() {
  read_meta(random_hex(15), [this](const Meta& found) {
    if (phase_ != Phase::connecting) return;
    shared_.frontier.hash_key = std::strtoull(found.at("hash_key").c_str(), nullptr, 16);
    shared_.trust.know(found.at("epoch"));
    check_server();
  });
}

// Without maxmemory it is the machine's own that bounds Redis.
void Session::note_memory(std::string_view info) {
  const auto number = [&](std::string_view name) {
    return std::strtoull(std::string(info_field(info, name)).c_str(), nullptr, 10);
  };
  facts_.used_memory = number("used_memory");
  facts_.max_memory = number("maxmemory");
  if (facts_.max_memory == 0) facts_.max_memory = number("total_system_memory");
  if (facts_.used_memory > 0) memory_.note(boot_now(), facts_.used_memory, facts_.max_memory);
  facts_.memory_full_in = memory_.full_in();
}

// What INFO tells: whether it evicts, which stands against fetching; and what people should know.
std::string Session::read_info(std::string_view info) {
  const std::string_view policy = info_field(info, "maxmemory_policy"), aof = info_field(info, "aof_enabled");
  note_memory(info);
  facts_.aof = aof == "1";
  std::string warning;
  if (policy.empty() || aof.empty()) {
    warning = "Redis does not tell (INFO) whether it evicts keys and keeps an append-only file";
  } else if (!facts_.aof) {
    warning = "Redis keeps no append-only file: what it has not dumped is lost when it ends";
  }
  if (warning != facts_.redis_warning && !warning.empty()) spdlog::warn("{}", warning);
  facts_.redis_warning = warning;
  return eviction(policy);
}

void Session::check_server() {
  redis_.attempt({"INFO"}, [this](const frontier::Reply& reply) {
    if (reply.lost() || phase_ != Phase::connecting) return;
    if (const std::string unfit = read_info(reply.text()); !unfit.empty()) return fail(Exit::config, unfit);
    begin();
  });
}

void Session::tell_trouble() {
  const std::string& why = facts_.redis_error;
  const std::string kind = !redis_.up() || shared_.trust.lost() || !unfit_.empty() ? "" : why.substr(0, why.find(' '));
  const auto now = boot_now();
  const bool same = kind == trouble_;
  trouble_ = kind;
  if (kind.empty() || (same && now < tell_again_)) return;
  tell_again_ = now + kTellAgain;
  spdlog::warn("Redis fails, and nothing is started meanwhile: {}", why);
}

void Session::watch_redis() {
  if (std::exchange(asked_info_, true)) return;
  redis_.attempt({"INFO"}, [this](const frontier::Reply& reply) {
    asked_info_ = false;
    if (reply.lost() || reply.is_error()) return;
    const std::string unfit = read_info(reply.text());
    if (!unfit.empty() && unfit != unfit_) spdlog::error("{}; nothing is fetched meanwhile", unfit);
    shared_.trust.unfit(unfit_ = unfit);
  });
}

// What is there is gone on with, as a new namespace if nothing is. Partitions that nobody holds are ours as before, so
// that our workers keep what they know of their hosts' last requests; the others come and go with the leases.
void Session::accept_redis() {
  if (!shared_.trust.lost() || phase_ != Phase::running) return;
  const std::string hash_key = fmt::format("{:015x}", shared_.frontier.hash_key);
  read_meta(hash_key, [this](const Meta& found) {
    const std::string epoch = found.at("epoch");
    const std::uint64_t key = std::strtoull(found.at("hash_key").c_str(), nullptr, 16);
    leases_->reclaim([this, epoch, key] {
      spdlog::warn("going on with what Redis holds now");
      shared_.frontier.hash_key = key;
      frontier_->rekey(key);
      for (auto& worker : workers_) worker->begin_anew(key);
      shared_.trust.know(epoch);
      books_->start_over();
      jobs_->start_over();
      intake_->start_over();
      known_finished_ = false;
      if (std::exchange(seeds_offered_, false)) offer_seeds();  // by a finite crawl: they may be lost
    });
  });
}

}  // namespace crawler
