// The control loop of a running daemon: connects, leases, starts the workers, takes in seeds, keeps the books, decides
// when it is over, and drains. run() is called on the main thread; the rest says its thread. Owned by the daemon.
#pragma once

#include <uv.h>

#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "crawler/auditor.h"
#include "crawler/bookkeeper.h"
#include "crawler/byte_books.h"
#include "crawler/daemon.h"
#include "crawler/embedded_redis.h"
#include "crawler/host_desk.h"
#include "crawler/intake.h"
#include "crawler/job_books.h"
#include "crawler/lease_keeper.h"
#include "crawler/mailbox.h"
#include "crawler/memory_forecast.h"
#include "crawler/sd_notify.h"
#include "crawler/shared.h"
#include "crawler/status_builder.h"
#include "crawler/url_desk.h"
#include "crawler/worker.h"

namespace crawler {

class Session {
 public:
  struct Setup {
    const DaemonOptions& options;
    Shared& shared;
    std::string instance, admin_address;
    int lock_fd = -1;
  };
  Session(Setup setup, std::optional<EmbeddedRedis>& embedded);
  ~Session();

  Exit run();

  // Any thread.
  StatusPtr status() const;
  bool alive() const;
  std::vector<std::string> not_ready() const;
  void post(std::function<void()> task) { mailbox_.post(std::move(task)); }
  void set_paused(bool paused);
  void stop();
  bool add_seeds(const std::vector<std::string>& entries, std::string& error);
  void visit_counters(const std::function<void(int, const WorkerCounters&)>& visit) const;
  HostDesk& hosts() { return hosts_; }
  UrlDesk& urls() { return urls_; }

 private:
  struct Loop {
    uv_loop_t loop;
    Loop() { uv_loop_init(&loop); }
    ~Loop() { uv_loop_close(&loop); }
  };
  enum class Phase { connecting, running, draining, releasing, closed };

  void on_redis_up(bool again);
  using Meta = std::map<std::string, std::string>;
  void read_meta(const std::string& hash_key, std::function<void(const Meta&)> done);  // or makes it
  void check_namespace();
  void check_server();
  std::string read_info(std::string_view info);  // why it is unfit, or nothing
  void tell_trouble();                           // to the log
  void watch_redis();                            // each second
  void accept_redis();                           // as it is, whatever it has lost
  void begin();
  void offer_seeds();
  void on_signal(int number);
  void tick();  // each 50 ms
  void each_second();
  void note_memory(std::string_view info);
  void watch_embedded();
  void check_ending();
  bool out_of_patience();
  void know_pages();  // by the books, once
  void look_for_more();
  std::uint64_t received() const;  // bytes, in this life
  void end(Exit exit, const std::string& why);
  void advance_drain();
  void release();
  void close();
  void disconnect();
  void publish();
  void write_status_hash(const Status& status);
  void fail(Exit exit, const std::string& why);
  std::string state() const;

  Setup setup_;
  const Config& config_;
  Shared& shared_;
  std::optional<EmbeddedRedis>& embedded_;
  Loop loop_;
  Mailbox mailbox_;
  frontier::RedisConnection redis_;
  std::unique_ptr<frontier::RedisFrontier> frontier_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::unique_ptr<Intake> intake_;
  std::unique_ptr<Bookkeeper> books_;
  std::unique_ptr<JobBooks> jobs_;
  std::unique_ptr<ByteBooks> received_;  // where budget.bytes is set
  std::unique_ptr<Auditor> auditor_;
  std::unique_ptr<LeaseKeeper> leases_;
  MemoryForecast memory_;
  StatusBuilder builder_{shared_, workers_};
  HostDesk hosts_;
  UrlDesk urls_;
  Notifier notifier_ = Notifier::from_environment();
  uv_timer_t ticker_{};
  uv_signal_t terminate_{}, interrupt_{};
  Phase phase_ = Phase::connecting;
  SessionFacts facts_;
  Exit exit_ = Exit::ok;
  bool seeds_offered_ = false, said_ready_ = false, interrupted_ = false, known_finished_ = false,
       looking_for_more_ = false, disconnected_ = false;
  bool pause_shown_ = false, asked_info_ = false, asked_status_ = false;
  std::string unfit_, trouble_;
  std::uint64_t ticks_ = 0, last_fetches_ = 0;
  limiter::TimePoint last_beat_{}, last_books_{}, last_progress_{}, last_publish_{}, deadline_{}, tell_again_{},
      last_end_{};
  std::int64_t ended_ = -1;
  int embedded_restarts_ = 0;
  std::vector<std::uint64_t> worker_ticks_;
  std::vector<limiter::TimePoint> worker_moved_;
  std::atomic<Duration::rep> last_tick_ns_{0};
  std::atomic<bool> workers_alive_{true}, workers_made_{false};

  mutable std::mutex mutex_;  // of what other threads read
  StatusPtr status_;
};

}  // namespace crawler
