#include "crawler/session.h"

#include <spdlog/spdlog.h>
#include <sys/statvfs.h>

#include <utility>

#include "crawler/boot_clock.h"
#include "web/domain.h"

namespace crawler {
namespace {

constexpr std::uint64_t kTickMs = 50;
constexpr std::uint64_t kTicksPerSecond = 1000 / kTickMs;
constexpr Duration kBooksPace = milliseconds(500), kBooksPaceAtEnd = milliseconds(50);
constexpr Duration kPublishPace = milliseconds(250);
constexpr Duration kLoopsTick = seconds(10);        // a loop that does not tick for so long hangs
constexpr Duration kEmbeddedConnect = seconds(10);  // an embedded or a finite crawl's Redis answers by then
constexpr Duration kStill = milliseconds(500);      // for so long no URL ends, beyond what the disk takes
constexpr int kEmbeddedRestarts = 5;
constexpr int kControl = -1;  // of the connections; the others bear their workers' numbers

frontier::RedisOptions control_options(const Config& config, RedisTrust& trust) {
  frontier::RedisOptions options;
  options.connect_timeout = std::chrono::duration_cast<milliseconds>(config.redis.connect_timeout);
  options.command_timeout = std::chrono::duration_cast<milliseconds>(config.redis.command_timeout);
  options.scripts = frontier::RedisFrontier::scripts();
  options.stuck = [&trust](const std::string& error) { trust.stuck(kControl, error); };
  return options;
}

}  // namespace

Session::Session(Setup setup, std::optional<EmbeddedRedis>& embedded)
    : setup_(std::move(setup)),
      config_(setup_.options.config),
      shared_(setup_.shared),
      embedded_(embedded),
      mailbox_(&loop_.loop),
      redis_(&loop_.loop, shared_.redis, control_options(config_, shared_.trust)),
      hosts_({shared_, workers_, [this] { return workers_made_.load(std::memory_order_acquire); },
              [this](std::function<void()> task) { post(std::move(task)); }, [this] { return frontier_.get(); },
              setup_.instance}),
      urls_({shared_, hosts_, [this](std::function<void()> task) { post(std::move(task)); },
             [this] { return frontier_.get(); }, setup_.instance, setup_.options.config_values}) {
  facts_.admin_address = setup_.admin_address;
  facts_.config_file = setup_.options.config_file;
  facts_.instance = setup_.instance;
  facts_.embedded = embedded_.has_value();
  facts_.started = last_progress_ = boot_now();
  shared_.nudge = [this](int partition) { leases_->worker_of(partition).look_for_news(partition); };
  shared_.permits.on_free([this] {
    for (auto& worker : workers_) worker->wake();
  });
  redis_.on_up([this](bool again) { on_redis_up(again); });
  publish();
}

// What the workers' loops still hold comes back as they are taken down, to nobody.
Session::~Session() {
  for (auto& worker : workers_) worker->join();
  shared_.permits.on_free({});
}

Exit Session::run() {
  uv_timer_init(&loop_.loop, &ticker_);
  uv_signal_init(&loop_.loop, &terminate_);
  uv_signal_init(&loop_.loop, &interrupt_);
  ticker_.data = terminate_.data = interrupt_.data = this;
  uv_timer_start(
      &ticker_, [](uv_timer_t* h) { static_cast<Session*>(h->data)->tick(); }, kTickMs, kTickMs);
  const auto signalled = [](uv_signal_t* h, int number) { static_cast<Session*>(h->data)->on_signal(number); };
  uv_signal_start(&terminate_, signalled, SIGTERM);
  uv_signal_start(&interrupt_, signalled, SIGINT);
  spdlog::info("Redis: {}", shared_.redis.text());
  redis_.connect();
  uv_run(&loop_.loop, UV_RUN_DEFAULT);
  return exit_;
}

void Session::tick() {
  const auto now = boot_now();
  last_tick_ns_.store(now.time_since_epoch().count(), std::memory_order_relaxed);
  ++ticks_;
  facts_.redis_up = redis_.up();
  facts_.redis_error = redis_.up() ? shared_.trust.why() : redis_.error();
  tell_trouble();
  if (phase_ == Phase::connecting && (facts_.embedded || shared_.finite) && now - facts_.started > kEmbeddedConnect) {
    return fail(Exit::redis, "Redis is not available: " + facts_.redis_error);
  }
  if (phase_ == Phase::running || phase_ == Phase::draining) {
    if (now - last_beat_ >= config_.frontier.lease_ttl / 3 && leases_->beat()) last_beat_ = now;
    const bool known = !shared_.trust.lost();
    if (phase_ == Phase::running && known) intake_->poll();
    const bool near_end = shared_.finite && seeds_offered_ && shared_.permits.in_use() == 0;
    if (now - last_books_ >= (near_end ? kBooksPaceAtEnd : kBooksPace) && !books_->reading() && known) {
      last_books_ = now;
      books_->read([this] { know_pages(); });
    }
    auditor_->tick(now);
  }
  if (now - last_publish_ >= kPublishPace) {
    last_publish_ = now;
    publish();
  }
  if (ticks_ % kTicksPerSecond == 0) each_second();
  if (phase_ == Phase::running)
    check_ending();
  else if (phase_ == Phase::draining)
    advance_drain();
  else if (phase_ == Phase::releasing && now >= deadline_)
    close();
}

void Session::each_second() {
  const auto now = boot_now();
  watch_embedded();
  bool all = true;
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    const std::uint64_t ticks = workers_[i]->counters().ticks.get();
    if (ticks != worker_ticks_[i]) worker_moved_[i] = now;
    worker_ticks_[i] = ticks;
    all &= workers_[i]->stopped() || now - worker_moved_[i] < kLoopsTick;
  }
  workers_alive_.store(all);
  facts_.storage_error.clear();
  for (const auto& worker : workers_) {
    if (const std::string error = worker->storage_error(); !error.empty()) facts_.storage_error = error;
  }
  struct statvfs disk {};
  if (statvfs(config_.storage.dir.c_str(), &disk) == 0) {
    facts_.free_bytes = static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize;
    const bool full = facts_.free_bytes < config_.storage.min_free.n;
    if (full) facts_.storage_error = "less than storage.min_free is free in " + config_.storage.dir;
    shared_.disk_full.store(full);
  }
  if (phase_ == Phase::running && redis_.up()) {
    watch_redis();
    if (const StatusPtr status = this->status(); frontier_) write_status_hash(*status);
    hosts_.each_second();
    jobs_->look(now);
    if (received_) received_->look(received());
  }
  if (!said_ready_ && phase_ == Phase::running && leases_->settled()) {
    said_ready_ = true;
    notifier_.ready("crawling");
  } else if (const StatusPtr status = this->status(); status && ticks_ % (5 * kTicksPerSecond) == 0) {
    notifier_.status(fmt::format("{}: {} queued, {} done", status->state, status->books.queued, status->books.done));
  }
  if (notifier_.watchdog_interval() && all) notifier_.watchdog();
}

void Session::watch_embedded() {
  if (!embedded_ || embedded_->running() || phase_ == Phase::closed) return;
  if (++embedded_restarts_ > kEmbeddedRestarts)
    return fail(Exit::redis, "the private redis-server ends again and again");
  spdlog::error("the private redis-server ended; it is started again");
  EmbeddedRedisOptions options;
  options.dir = config_.storage.dir;
  options.program = config_.redis.server;
  options.appendfsync = config_.redis.appendfsync;
  options.lock_fd = setup_.lock_fd;
  std::string error;
  auto started = EmbeddedRedis::start(options, error);
  if (!started) return fail(Exit::redis, error);
  *embedded_ = std::move(*started);
}

void Session::check_ending() {
  const auto now = boot_now();
  if (shared_.finite && seeds_offered_ && books_->finished()) {
    if (known_finished_) spdlog::info("this crawl is finished already; --fresh starts it anew");
    return end(Exit::ok, "finished");
  }
  if (shared_.finite && !facts_.storage_error.empty()) return end(Exit::storage, facts_.storage_error);
  if (config_.budget.time && now - facts_.started > *config_.budget.time)
    return end(Exit::budget, "budget.time is used up");
  if (received_ && received_->total(received()) > config_.budget.bytes->n) {
    return end(Exit::budget, "budget.bytes is used up");
  }
  if (shared_.finite && shared_.pages.used_up()) look_for_more();
  if (config_.budget.patience && out_of_patience()) end(Exit::budget, "nothing fell due within budget.patience");
}

// budget.pages is used up: that ends the crawl where something is left and nothing ends any more, be it for the disk.
void Session::look_for_more() {
  const auto none_begins = [this] { return shared_.pages.used_up() && shared_.permits.in_use() == 0; };
  if (looking_for_more_ || !none_begins() || !redis_.up() || shared_.trust.lost()) return;
  looking_for_more_ = true;
  books_->read_last([this, none_begins] {
    looking_for_more_ = false;
    const Books& b = books_->books();
    const auto now = boot_now();
    if (std::exchange(ended_, b.done + b.refused) != b.done + b.refused) last_end_ = now;
    const bool still = now - last_end_ > config_.storage.flush_interval + kStill;
    if (phase_ == Phase::running && none_begins() && still && b.discovered > ended_) {
      end(Exit::budget, "budget.pages is used up");
    }
  });
}

std::uint64_t Session::received() const {
  std::uint64_t bytes = 0;
  for (const auto& worker : workers_) bytes += worker->counters().wire_bytes.get();
  return bytes;
}

bool Session::out_of_patience() {
  std::uint64_t fetches = 0;
  for (const auto& worker : workers_) {
    for (const Counter& count : worker->counters().fetches) fetches += count.get();
  }
  const auto now = boot_now();
  if (fetches != last_fetches_ || shared_.permits.in_use() > 0 || shared_.paused.load()) {
    last_fetches_ = fetches;
    last_progress_ = now;
  }
  return now - last_progress_ > *config_.budget.patience;
}

}  // namespace crawler
