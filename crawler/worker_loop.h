// The inside of a worker: its parts, wired together, and the turn that drives them.
// Built before the thread starts, runs on it alone; owned by the Worker.
#pragma once

#include <uv.h>

#include <functional>
#include <memory>

#include "crawler/boot_timer.h"
#include "crawler/committer.h"
#include "crawler/dispatcher.h"
#include "crawler/lever_keeper.h"
#include "crawler/mailbox.h"
#include "crawler/off_loop.h"
#include "crawler/page_pipeline.h"
#include "crawler/partition_keeper.h"
#include "crawler/robots_pipeline.h"
#include "crawler/scheduler.h"
#include "crawler/settler.h"
#include "crawler/shared.h"
#include "crawler/traps.h"
#include "frontier/frontier.h"
#include "frontier/redis_connection.h"
#include "storage/segment.h"

namespace crawler {

class Worker;

class WorkerLoop {
 public:
  WorkerLoop(Worker& worker, Shared& shared);
  ~WorkerLoop();

  void run();  // until the drain is over
  Mailbox& mailbox() { return mailbox_; }
  PartitionKeeper& partitions() { return keeper_; }
  LeverKeeper& levers() { return levers_; }
  const Scheduler& scheduler() const { return scheduler_; }
  void forget_recent() { frontier_.forget_recent(); }
  void begin_anew(std::uint64_t hash_key);
  void wake() { turn_wanted_ = true; }
  void drain(Duration patience);

 private:
  struct Loop {  // so that it is made before and closed after everything that lives on it
    uv_loop_t loop;
    Loop() { uv_loop_init(&loop); }
    ~Loop() { uv_loop_close(&loop); }
  };
  void turn();
  void follow_network();  // in an outage of our own, nobody is blamed
  void follow_pause();    // also where Redis is not the one we know: puts back what is taken and not started, and takes
                          // it again
  void put_taken_back();
  void look_at_redis();
  void follow_trust();
  bool start_requests();  // false: it waits for a permit
  bool may_start() const;
  void tick();  // each 100 ms: lag, gauges, drain's deadlines
  void advance_drain();
  void close_all();

  Worker& worker_;
  Shared& shared_;
  Loop loop_;
  Mailbox mailbox_;
  frontier::RedisConnection redis_;
  frontier::RedisFrontier frontier_;
  Traps traps_;
  Scheduler scheduler_;
  storage::Segment segment_;
  Committer committer_;
  Settler settler_;
  LeverKeeper levers_;
  PagePipeline pages_;
  RobotsPipeline robots_;
  Dispatcher dispatcher_;
  PartitionKeeper keeper_;
  OffLoop off_loop_;  // ends before what its work uses
  BootTimer due_timer_;
  uv_prepare_t prepare_{};
  uv_timer_t ticker_{}, news_{};
  bool turn_wanted_ = true, draining_ = false, cut_ = false, closing_ = false, reload_wanted_ = false;
  bool paused_ = false, recall_wanted_ = false;
  limiter::TimePoint last_tick_{}, cut_at_{}, give_up_at_{};
  std::uint64_t seen_outages_ = 0, seen_losses_ = 0;
  int ticks_ = 0;
};

}  // namespace crawler
