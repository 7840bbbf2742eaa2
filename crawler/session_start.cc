// How a session begins: the namespace and the server are checked, then workers, leases and seeds.
#include <spdlog/spdlog.h>

#include <array>
#include <random>
#include <utility>

#include "crawler/boot_clock.h"
#include "crawler/session.h"

namespace crawler {
namespace {

constexpr std::string_view kSchema = "2";  // of everything under the namespace

std::string random_hex(int digits) {
  std::random_device random;
  std::string text;
  while (static_cast<int>(text.size()) < digits) text += "0123456789abcdef"[random() % 16];
  return text;
}

}  // namespace

void Session::on_redis_up(bool again) {
  if (phase_ == Phase::connecting) return check_namespace();
  if (again) {
    spdlog::info("Redis is back");
    if (frontier_) frontier_->forget_recent();
  }
}

void Session::check_namespace() {
  const frontier::Keys keys(shared_.frontier.ns);
  const std::string meta = keys.meta(), key = config_.politeness.key, epoch = random_hex(32);
  const std::string hash_key = random_hex(15), partitions = std::to_string(frontier::kPartitions);
  const std::array<std::pair<std::string_view, std::string_view>, 3> fixed = {
      {{"schema", kSchema}, {"partitions", partitions}, {"politeness.key", key}}};
  std::vector<std::string_view> args;
  for (const auto& [field, value] : fixed) args.insert(args.end(), {field, value});
  args.insert(args.end(), {"epoch", epoch, "hash_key", hash_key});
  redis_.script(frontier::RedisFrontier::meta_script(), {meta}, args, [this, key](const frontier::Reply& reply) {
    if (reply.lost() || phase_ != Phase::connecting) return;
    std::map<std::string, std::string> found;
    for (std::size_t i = 0; i + 1 < reply.size(); i += 2) found.emplace(reply.at(i).text(), reply.at(i + 1).text());
    const std::array<std::pair<std::string_view, std::string>, 3> wanted = {
        {{"schema", std::string(kSchema)},
         {"partitions", std::to_string(frontier::kPartitions)},
         {"politeness.key", key}}};
    for (const auto& [field, value] : wanted) {
      const std::string& stored = found[std::string(field)];
      if (stored != value) {
        return fail(Exit::config, fmt::format("namespace \"{}\" was made with {} = {}, not {}", shared_.frontier.ns,
                                              field, stored, value));
      }
    }
    shared_.frontier.hash_key = std::strtoull(found["hash_key"].c_str(), nullptr, 16);
    check_server();
  });
}

void Session::check_server() {
  redis_.command({"CONFIG", "GET", "maxmemory-policy"}, [this](const frontier::Reply& policy) {
    if (policy.size() == 2 && policy.at(1).text() != "noeviction") {
      return fail(Exit::config,
                  fmt::format("Redis evicts keys (maxmemory-policy {}), which would lose URLs: set it to noeviction",
                              policy.at(1).text()));
    }
    redis_.command({"CONFIG", "GET", "appendonly"}, [this](const frontier::Reply& aof) {
      facts_.aof = aof.size() == 2 && aof.at(1).text() == "yes";
      if (aof.size() == 2 && !facts_.aof) {
        facts_.warnings.push_back("Redis keeps no append-only file: what it has not dumped is lost when it ends");
        spdlog::warn("{}", facts_.warnings.back());
      }
      if (phase_ == Phase::connecting) begin();
    });
  });
}

void Session::begin() {
  phase_ = Phase::running;
  const frontier::Owner self{setup_.instance, random_hex(12)};
  shared_.frontier.fence = self.text();
  frontier_ = std::make_unique<frontier::RedisFrontier>(redis_, shared_.frontier);
  frontier_->on_news([this](int partition) { shared_.nudge(partition); });
  intake_ = std::make_unique<Intake>(shared_, *frontier_);
  books_ = std::make_unique<Bookkeeper>(*frontier_);
  jobs_ = std::make_unique<JobLook>(*frontier_, shared_.jobs);
  jobs_->look();
  auditor_ = std::make_unique<Auditor>(*frontier_);
  for (int i = 0; i < config_.thread_count(); ++i) workers_.push_back(std::make_unique<Worker>(i, shared_));
  worker_ticks_.assign(workers_.size(), 0);
  worker_moved_.assign(workers_.size(), boot_now());
  leases_ = std::make_unique<LeaseKeeper>(
      LeaseKeeper::Parts{shared_, *frontier_, workers_, [this](std::function<void()> task) { post(std::move(task)); },
                         [this](int partition, bool ours) {
                           if (partition == 0) intake_->activate(ours);
                         }},
      self);
  workers_made_.store(true, std::memory_order_release);
  for (auto& worker : workers_) worker->start();
  leases_->beat();
  last_beat_ = boot_now();
  if (!shared_.finite) return;
  books_->read([this] {  // what an earlier run of the same crawl has left
    const auto pages = books_->fates().contains("fetched") ? books_->fates().at("fetched") : 0;
    if (config_.budget.pages) shared_.pages.limit_to(*config_.budget.pages - pages);
    const Books& b = books_->books();
    known_finished_ = b.discovered > 0 && b.discovered == b.done + b.refused;
    if (b.discovered > 0 && !known_finished_) {
      spdlog::info("resuming: {} URLs are queued, {} are done", b.queued + b.in_flight + b.waiting, b.done);
    }
    offer_seeds();
  });
}

void Session::offer_seeds() {
  intake_->offer(setup_.options.seeds, [this] {
    seeds_offered_ = true;
    books_->start_over();
  });
}

}  // namespace crawler
