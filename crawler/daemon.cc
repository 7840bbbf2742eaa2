#include "crawler/daemon.h"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>
#include <utility>

#include "crawler/boot_clock.h"
#include "crawler/embedded_redis.h"
#include "crawler/session.h"
#include "storage/folder_lock.h"
#include "storage/salvage.h"
#include "storage/uuid.h"

namespace crawler {
namespace {

namespace fs = std::filesystem;

// What a killed run's redis-server may need to end, which holds the folder's lock until then.
constexpr Duration kLockPatience = seconds(5);

bool process_lives(int pid) {
  return pid > 0 && (kill(pid, 0) == 0 || errno == EPERM);
}

}  // namespace

struct Daemon::Impl {
  explicit Impl(DaemonOptions o) : options(std::move(o)), shared(options.config, options.finite) {
    shared.frontier.ns = options.config.redis.ns;
    shared.frontier.reasons.assign(kEndCodes.begin(), kEndCodes.end());
    shared.frontier.fates.assign(kFates.begin() + 1, kFates.end());  // all but fetched
    shared.frontier.upgradable = {"out_of_scope", "depth", "nofollow", "blocked_host", "budget_job", "trap"};
    shared.frontier.longest_wait = std::chrono::ceil<std::chrono::milliseconds>(options.config.backoff.max);
  }

  std::optional<Exit> take_folder();
  std::optional<Exit> start_redis();
  void write_run_file(const std::string& state) const;
  bool embeds() const { return options.config.redis.mode == "embedded"; }

  std::shared_ptr<Session> current() const {
    const std::lock_guard lock(mutex);
    return session;
  }

  DaemonOptions options;
  Shared shared;
  std::string admin_address, instance;
  std::optional<storage::FolderLock> folder;
  std::optional<EmbeddedRedis> redis;
  mutable std::mutex mutex;  // of `session`
  std::shared_ptr<Session> session;
};

// Makes and locks storage.dir, and mends what a killed run has left in it.
std::optional<Exit> Daemon::Impl::take_folder() {
  const fs::path dir = options.config.storage.dir;
  const auto give_up_at = boot_now() + kLockPatience;
  std::error_code error;
  while (!(folder = storage::FolderLock::acquire(dir, error))) {
    const bool locked = error == std::errc::resource_unavailable_try_again;
    const int holder = locked ? storage::FolderLock::holder(dir) : 0;
    if (!locked) {
      spdlog::error("{} cannot be used: {}", dir.string(), error.message());
      return Exit::storage;
    }
    if (process_lives(holder) || boot_now() >= give_up_at) {
      spdlog::error("{} is in use by another decorum{}", dir.string(),
                    holder > 0 ? " (process " + std::to_string(holder) + ")" : std::string());
      return Exit::storage;
    }
    std::this_thread::sleep_for(milliseconds(5));
  }
  if (options.fresh) {
    for (const char* part : {"redis", "warc", "feed", "log", "run.json"}) fs::remove_all(dir / part, error);
  }
  for (const auto& file : storage::salvage(dir, error)) {
    spdlog::info("mended {}: {} whole records, {} torn bytes cut off", file.file.string(), file.records,
                 file.bytes_cut);
  }
  if (error) {
    spdlog::error("{} cannot be mended: {}", dir.string(), error.message());
    return Exit::storage;
  }
  instance = storage::read_or_create_instance(dir, storage::system_random, error);
  if (instance.empty()) {
    spdlog::error("{} cannot be written: {}", dir.string(), error.message());
    return Exit::storage;
  }
  return std::nullopt;
}

std::optional<Exit> Daemon::Impl::start_redis() {
  const Config& config = options.config;
  if (embeds()) {
    EmbeddedRedisOptions wanted;
    wanted.dir = config.storage.dir;
    wanted.program = config.redis.server;
    wanted.appendfsync = config.redis.appendfsync;
    wanted.lock_fd = folder->fd();
    std::string error;
    redis = EmbeddedRedis::start(wanted, error);
    if (!redis) {
      spdlog::error("{}", error);
      return Exit::redis;
    }
    shared.redis.unix_path = redis->socket_path();
    return std::nullopt;
  }
  const auto address = frontier::RedisAddress::parse(config.redis.url);
  if (!address) {
    spdlog::error("redis.url is no redis://[user:pass@]host:port[/db] or unix:///path");
    return Exit::config;
  }
  shared.redis = *address;
  return std::nullopt;
}

void Daemon::Impl::write_run_file(const std::string& state) const {
  nlohmann::ordered_json json = {
      {"pid", getpid()},
      {"state", state},
      {"admin", admin_address.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(admin_address)},
      {"redis", shared.redis.text()},
      {"namespace", shared.frontier.ns}};
  const fs::path path = fs::path(options.config.storage.dir) / "run.json";
  std::ofstream(path) << json.dump(2) << "\n";
}

Daemon::Daemon(DaemonOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}

Daemon::~Daemon() = default;

Exit Daemon::run() {
  std::signal(SIGPIPE, SIG_IGN);
  if (const auto failed = impl_->take_folder()) return *failed;
  if (const auto failed = impl_->start_redis()) return *failed;
  impl_->write_run_file("running");
  {
    auto session = std::make_shared<Session>(
        Session::Setup{impl_->options, impl_->shared, impl_->instance, impl_->admin_address, impl_->folder->fd()},
        impl_->redis);
    const std::lock_guard lock(impl_->mutex);
    impl_->session = std::move(session);
  }
  const Exit exit = impl_->session->run();
  impl_->write_run_file(exit == Exit::ok ? "ended" : "interrupted");
  if (impl_->redis) impl_->redis->stop();
  if (exit != Exit::ok || !impl_->options.finite) return exit;
  const StatusPtr last = status();
  const auto fetched = [&](const char* fate) { return last && last->fates.contains(fate) ? last->fates.at(fate) : 0; };
  return fetched("fetched") + fetched("not_modified") > 0 ? Exit::ok : Exit::failed;
}

void Daemon::set_admin_address(std::string address) {
  impl_->admin_address = std::move(address);
}

StatusPtr Daemon::status() const {
  const auto session = impl_->current();
  if (session) return session->status();
  static const StatusPtr starting = [] {
    Status status;
    status.state = "waiting";
    status.why_idle = "It is starting: Redis has not answered yet.";
    return std::make_shared<const Status>(std::move(status));
  }();
  return starting;
}

bool Daemon::alive() const {
  const auto session = impl_->current();
  return !session || session->alive();
}

std::vector<std::string> Daemon::not_ready() const {
  const auto session = impl_->current();
  return session ? session->not_ready() : std::vector<std::string>{"it is starting"};
}

void Daemon::pause() {
  if (const auto session = impl_->current()) session->set_paused(true);
}

void Daemon::resume() {
  if (const auto session = impl_->current()) session->set_paused(false);
}

void Daemon::shutdown() {
  if (const auto session = impl_->current()) session->stop();
}

bool Daemon::add_seeds(const std::vector<std::string>& entries, std::string& error) {
  const auto session = impl_->current();
  if (session) return session->add_seeds(entries, error);
  error = "it is starting";
  return false;
}

const std::vector<ConfigValue>& Daemon::config_values() const {
  return impl_->options.config_values;
}

const Config& Daemon::config() const {
  return impl_->options.config;
}

std::shared_ptr<HostDesk> Daemon::hosts() const {
  const auto session = impl_->current();
  return session ? std::shared_ptr<HostDesk>(session, &session->hosts()) : nullptr;
}

std::shared_ptr<UrlDesk> Daemon::urls() const {
  const auto session = impl_->current();
  return session ? std::shared_ptr<UrlDesk>(session, &session->urls()) : nullptr;
}

void Daemon::visit_counters(const std::function<void(int, const WorkerCounters&)>& visit) const {
  if (const auto session = impl_->current()) session->visit_counters(visit);
}

std::vector<Daemon::SeedFate> Daemon::seed_fates() const {
  std::vector<SeedFate> fates;
  for (const auto& [url, fate] : impl_->shared.seeds.all()) fates.push_back({url, fate.fate, fate.rule});
  return fates;
}

}  // namespace crawler
