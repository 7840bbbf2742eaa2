#include "crawler/worker_loop.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "crawler/boot_clock.h"
#include "crawler/scheduler_options.h"
#include "crawler/worker.h"
#include "frontier/lease_table.h"

namespace crawler {
namespace {

constexpr std::uint64_t kTickMs = 100;
constexpr int kTicksPerSweep = 100;
constexpr Duration kRedisGrace = seconds(2);  // after the drain's deadline, for the last answers

std::uint64_t in_ms(Duration d) {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<milliseconds>(d).count());
}

storage::SegmentOptions segment_options(Shared& shared) {
  const Config& config = shared.config;
  storage::SegmentOptions options;
  options.dir = config.storage.dir;
  options.software = "decorum/" DECORUM_VERSION;
  options.user_agent = config.user_agent();
  options.contact = config.agent.contact;
  options.segment_bytes = config.storage.segment_bytes;
  options.next_serial = [&shared] { return shared.next_serial.fetch_add(1); };
  return options;
}

frontier::RedisOptions redis_options(int worker, Shared& shared, WorkerCounters& counters) {
  const Config& config = shared.config;
  frontier::RedisOptions options;
  options.connect_timeout = std::chrono::duration_cast<milliseconds>(config.redis.connect_timeout);
  options.command_timeout = std::chrono::duration_cast<milliseconds>(config.redis.command_timeout);
  options.answered = [&counters](std::chrono::nanoseconds took) { counters.redis_seconds.observe(took); };
  options.stuck = [worker, &trust = shared.trust](const std::string& error) { trust.stuck(worker, error); };
  options.scripts = frontier::RedisFrontier::scripts();
  return options;
}

}  // namespace

WorkerLoop::WorkerLoop(Worker& worker, Shared& shared)
    : worker_(worker),
      shared_(shared),
      mailbox_(&loop_.loop),
      redis_(&loop_.loop, shared.redis, redis_options(worker.id_, shared, worker.counters_)),
      frontier_(redis_, shared.frontier),
      traps_(shared.config.traps, shared.frontier.hash_key),
      scheduler_(scheduler_options(shared, {[this](const std::string& host) { return levers_.of(host); },
                                            [this](const Ready& ready) { return pages_.trap(ready); },
                                            shared.jobs.limited() ? &shared.jobs : nullptr})),
      segment_(segment_options(shared)),
      committer_(&loop_.loop, segment_, {shared.config.storage.flush_bytes, shared.config.storage.flush_interval}),
      settler_(frontier_, scheduler_,
               {[this] { wake(); }, [this](int p, limiter::TimePoint at) { keeper_.expect_wake(p, at); }}),
      levers_({scheduler_, frontier_, settler_, segment_, committer_, worker.counters_,
               frontier::Owner::parse(shared.frontier.fence).daemon, [this] { wake(); }}),
      pages_({shared, scheduler_, frontier_, settler_, traps_, segment_, committer_, off_loop_, mailbox_,
              worker.counters_, [this] { return reload_wanted_; }}),
      robots_({shared, scheduler_, frontier_, settler_, segment_, committer_, worker.counters_, [this] { wake(); }}),
      dispatcher_({worker.id_, &loop_.loop, shared, scheduler_, frontier_, segment_, committer_, pages_, robots_,
                   worker.counters_, [this] { wake(); }}),
      keeper_({shared, scheduler_, frontier_, settler_, robots_.errands(), levers_, worker.counters_,
               [this] { wake(); }, [this](int partition) { return dispatcher_.flights_of(partition); },
               [this](int partition) { dispatcher_.cut(partition); }, [this] { return paused_ || draining_; }}),
      off_loop_(mailbox_),
      due_timer_(&loop_.loop, [this] { wake(); }) {
  frontier_.on_news([this](int partition) { shared_.nudge(partition); });
  redis_.on_up([this](bool again) {
    if (again) look_at_redis();
    dispatcher_.redis_is_back();
  });
  uv_prepare_init(&loop_.loop, &prepare_);
  uv_timer_init(&loop_.loop, &ticker_);
  uv_timer_init(&loop_.loop, &news_);
  prepare_.data = ticker_.data = news_.data = this;
}

WorkerLoop::~WorkerLoop() = default;

void WorkerLoop::run() {
  redis_.connect();
  last_tick_ = boot_now();
  uv_prepare_start(&prepare_, [](uv_prepare_t* h) { static_cast<WorkerLoop*>(h->data)->turn(); });
  uv_timer_start(
      &ticker_, [](uv_timer_t* h) { static_cast<WorkerLoop*>(h->data)->tick(); }, kTickMs, kTickMs);
  const std::uint64_t interval = in_ms(shared_.config.frontier.news_interval);
  uv_timer_start(
      &news_,
      [](uv_timer_t* h) {
        auto* self = static_cast<WorkerLoop*>(h->data);
        if (self->redis_.up()) self->keeper_.poll_all();
      },
      interval, interval);
  uv_run(&loop_.loop, UV_RUN_DEFAULT);
  off_loop_.stop();
}

void WorkerLoop::turn() {
  if (!std::exchange(turn_wanted_, false) || closing_) return;
  if (reload_wanted_ &&
      redis_.unanswered() == 0) {  // what was unanswered at the break has been sent again and answered
    reload_wanted_ = false;
    if (std::exchange(recall_wanted_, false)) keeper_.recall();
    keeper_.reload();
  }
  follow_network();
  follow_trust();
  dispatcher_.resume_paused();
  follow_pause();
  if (!reload_wanted_ && !paused_ && !draining_ && !keeper_.loading()) keeper_.refill();
  if (start_requests()) shared_.permits.wants_none(worker_.id());
  keeper_.finish_leaving();
  if (draining_) advance_drain();
}

void WorkerLoop::put_taken_back() {
  for (auto& [host, records] : scheduler_.give_back_taken(boot_now())) {
    settler_.put_back(host, scheduler_.find(host)->partition, std::move(records));
  }
}

// Before anything is started, or sent again: is it still the Redis that we know?
void WorkerLoop::look_at_redis() {
  reload_wanted_ = true;
  redis_.hold();
  frontier_.witness([this](const std::string& epoch, std::uint64_t beats) {
    if (shared_.trust.see(epoch, beats)) redis_.go_on(false);
    wake();
  });
}

// What the Redis that we know was to be told is not for another.
void WorkerLoop::follow_trust() {
  const std::uint64_t losses = shared_.trust.losses();
  if (losses != std::exchange(seen_losses_, losses)) redis_.hold();
}

void WorkerLoop::begin_anew(std::uint64_t hash_key) {
  frontier_.rekey(hash_key);
  reload_wanted_ = recall_wanted_ = true;
  seen_losses_ = shared_.trust.losses();
  redis_.go_on(true);
  wake();
}

void WorkerLoop::follow_network() {
  const std::uint64_t outages = shared_.network.outages();
  if (outages == std::exchange(seen_outages_, outages)) return;
  scheduler_.forgive(shared_.network.since(), boot_now());
}

void WorkerLoop::follow_pause() {
  const bool paused = shared_.paused.load(std::memory_order_relaxed) || shared_.trust.lost();
  if (paused == std::exchange(paused_, paused) || draining_) return;
  if (paused)
    put_taken_back();
  else
    scheduler_.refill_all();
}

bool WorkerLoop::may_start() const {
  return !draining_ && !reload_wanted_ && !keeper_.loading() && redis_.up() && shared_.trust.good() && !paused_ &&
         !shared_.disk_full.load(std::memory_order_relaxed) && shared_.pages.has_room() && committer_.error().empty() &&
         shared_.leases.fresh(boot_now());
}

bool WorkerLoop::start_requests() {
  due_timer_.disarm();
  while (may_start()) {
    const auto due = scheduler_.next_due();
    if (!due) return true;
    if (*due > boot_now()) {
      due_timer_.arm(*due);
      return true;
    }
    if (shared_.network.down() && !shared_.network.probe(boot_now())) {
      due_timer_.arm(shared_.network.next_probe());
      return true;
    }
    auto permit = shared_.permits.try_acquire(worker_.id());
    if (!permit) {
      committer_.hurry();  // permits come back with settlements, and those wait for the disk
      return false;
    }
    if (!shared_.pages.begin()) return true;
    auto decision = scheduler_.next(boot_now());
    if (!decision || decision->kind != Decision::Kind::fetch_page) shared_.pages.give_back();
    if (decision) dispatcher_.carry_out(std::move(*decision), std::move(*permit));
  }
  return true;
}

void WorkerLoop::drain(Duration patience) {
  if (std::exchange(draining_, true)) return;
  dispatcher_.stop_sending();
  cut_at_ = boot_now() + patience;
  give_up_at_ = cut_at_ + kRedisGrace;
  put_taken_back();
  wake();
}

void WorkerLoop::advance_drain() {
  const auto now = boot_now();
  if (now >= cut_at_ && !std::exchange(cut_, true)) dispatcher_.cut_all();
  const bool answered = settler_.held() == 0 && redis_.unanswered() == 0;
  const bool settled = dispatcher_.flights() == 0 && (answered || shared_.trust.lost());
  if (settled || now >= give_up_at_) return close_all();
  if (dispatcher_.flights() == 0) committer_.hurry();
}

void WorkerLoop::close_all() {
  closing_ = true;
  pages_.stop();  // the archive is closed in another thread
  uv_close(reinterpret_cast<uv_handle_t*>(&prepare_), nullptr);
  uv_close(reinterpret_cast<uv_handle_t*>(&ticker_), nullptr);
  uv_close(reinterpret_cast<uv_handle_t*>(&news_), nullptr);
  due_timer_.close([] {});
  dispatcher_.close([this] {
    committer_.close([this] {
      worker_.set_storage_error(committer_.error());
      redis_.close([this] { mailbox_.close([] {}); });
    });
  });
}

void WorkerLoop::tick() {
  const auto now = boot_now();
  const Duration lag = std::max(Duration(0), now - last_tick_ - milliseconds(kTickMs));
  last_tick_ = now;
  WorkerCounters& counters = worker_.counters_;
  counters.ticks.add();
  counters.loop_lag_us.set(static_cast<std::uint64_t>(lag.count() / 1000));
  counters.ticks_late.observe(lag);
  counters.in_flight.set(dispatcher_.flights());
  counters.partitions.set(keeper_.count());
  counters.stored_bytes.set(segment_.written_bytes());
  worker_.set_storage_error(committer_.error());
  levers_.tick();
  dispatcher_.tick();
  // Another may go on with this Redis before us, and knows nothing of what we have under way.
  if (shared_.trust.lost() && !shared_.leases.fresh(now)) dispatcher_.cut_sent();
  if (++ticks_ % kTicksPerSweep == 0) scheduler_.sweep(now);
  if (ticks_ % 5 == 0) {
    std::array<std::uint64_t, kHostStates.size()> states{};
    std::uint64_t queued = 0, blocked = 0;
    scheduler_.visit([&](const Host& host) {
      queued += host.ready.size();
      blocked += host.blocked() ? 1 : 0;
      ++states[static_cast<std::size_t>(state_of(host, now))];
    });
    counters.queued.set(queued);
    counters.blocked_by_operator.set(blocked);
    for (std::size_t i = 0; i < states.size(); ++i) counters.hosts[i].set(states[i]);
  }
  wake();
}

}  // namespace crawler
