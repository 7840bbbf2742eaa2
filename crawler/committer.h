// Group commit: appended records reach the disk together, by bytes or by age, in libuv's thread pool, and whoever waits
// for them is told when they are durable. A failing disk is asked again each second; nothing waiting is lost.
// Lives on its worker's loop thread; owned by the worker.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "storage/segment.h"
#include "web/bytes.h"

struct uv_loop_s;

namespace crawler {

struct CommitterOptions {
  web::Bytes flush_bytes = web::mib(1);
  std::chrono::nanoseconds flush_interval = std::chrono::milliseconds(100);
};

class Committer {
 public:
  Committer(uv_loop_s* loop, storage::Segment& segment, CommitterOptions options);
  ~Committer();  // after close() has called back

  // Calls back once everything appended so far is durable.
  void when_durable(std::function<void()> done);

  // Commits without waiting for bytes or age: others wait for what the group holds.
  void hurry();

  std::string error() const;  // of the last write; empty where all is well

  // Commits what is left, closes the segment's files and then calls back. With a failing disk it gives up at once.
  void close(std::function<void()> closed);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace crawler
