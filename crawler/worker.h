// One worker: a thread with its loop, its connections, its hosts and its segment. Everything it does, it does in turns.
// Made, posted to and joined by the daemon's control thread; its public methods are thread-safe.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "crawler/counters.h"
#include "crawler/host_survey.h"
#include "crawler/shared.h"

namespace crawler {

class WorkerLoop;

class Worker {
 public:
  Worker(int id, Shared& shared);
  ~Worker();    // joins
  void join();  // stop() first

  void start();

  // From now on; hosts that were asked before count as asked no sooner than in `quiet`.
  void own(int partition, bool in_doubt, Duration quiet = {});
  void lose(int partition);  // another has it already: nothing more is sent, and what is under way is cut
  void give_up(int partition, std::function<void()> done);  // `done` is called on the worker's thread
  void look_for_news(int partition);                        // a hint that some is there
  void wake();                                              // a lever or a permit may let it go on
  void begin_anew(std::uint64_t hash_key);                  // what Redis holds is not what we knew
  void forget_recent();                                     // URLs that were refused may be queued again
  void note_order(std::string line);                        // into the log of orders

  // What it knows of hosts. Answered on the worker's thread; never once it has ended.
  void survey(const HostQuery& query, std::function<void(std::vector<HostRow>, std::uint64_t matched)> done);
  void show(const std::string& host, std::function<void(std::optional<HostView>)> done);  // nothing: not in memory

  // Nothing new starts. What is in flight ends, or is cut after `patience`; everything is settled or put back;
  // then the thread ends. Redis that does not answer is waited for until shortly after that.
  void stop(Duration patience);
  bool stopped() const { return stopped_.load(); }

  int id() const { return id_; }
  const WorkerCounters& counters() const { return counters_; }
  std::string storage_error() const;  // of the last write; empty where all is well

 private:
  friend class WorkerLoop;
  void set_storage_error(const std::string& error);
  struct Question;
  void go_on(std::shared_ptr<Question> question);

  const int id_;
  Shared& shared_;
  WorkerCounters counters_;
  std::array<std::atomic<bool>, frontier::kPartitions> nudged_{};
  std::atomic<bool> stopped_{false};
  mutable std::mutex error_mutex_;
  std::string storage_error_;
  std::unique_ptr<WorkerLoop> loop_;
  std::thread thread_;
};

}  // namespace crawler
