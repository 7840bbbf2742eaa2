// One pipelined connection to Redis on one libuv loop. It reconnects with back-off and sends what was not answered
// again, so every command given to it must be idempotent. Replies arrive in order of the answers, on the loop. Lives on
// its loop's thread; owned by the worker or the control loop.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "frontier/redis_address.h"
#include "frontier/reply.h"
#include "frontier/resp.h"

struct uv_loop_s;

namespace frontier {

struct RedisOptions {
  std::chrono::milliseconds connect_timeout{2000};
  std::chrono::milliseconds command_timeout{5000};                       // of the longest unanswered command
  std::chrono::milliseconds reconnect_initial{50}, reconnect_max{5000};  // full jitter
  std::function<void(std::chrono::nanoseconds)> answered;                // how long each command took; may be empty
  std::function<void(const std::string& error)> stuck;                   // error() of put-off commands; may be empty
  std::vector<Script> scripts;                                           // loaded at every connect
};

class RedisConnection {
 public:
  using Callback = std::function<void(const Reply&)>;

  RedisConnection(uv_loop_s* loop, RedisAddress address, RedisOptions options);
  ~RedisConnection();  // after close() has called back

  // Called after each successful handshake, before anything unanswered is sent again. `again` is false the first time.
  void on_up(std::function<void(bool again)> callback);

  void connect();  // starts, and keeps trying until close()
  bool up() const;
  std::string error() const;       // why not up, or why commands are put off; empty where all is well
  std::size_t unanswered() const;  // commands given and not yet answered

  // A command or script that fails is given again until it does not: what it was to do is never dropped, and what it
  // was to read never taken as empty. error() tells of it.
  void command(std::vector<std::string_view> argv, Callback callback);
  void attempt(std::vector<std::string_view> argv, Callback callback);  // an error is its answer
  void script(const Script& script, const std::vector<std::string>& keys, const std::vector<std::string_view>& args,
              Callback callback);
  void attempt_script(const Script& script, const std::vector<std::string>& keys,
                      const std::vector<std::string_view>& args, Callback callback);

  // While it is held, what is unanswered and what is given waits, but for what is given by first(): from on_up() until
  // it is known whether Redis holds what it held. `other`: it does not; then what script_for_state() was given gets a
  // lost reply.
  void hold();
  void go_on(bool other);
  void first(std::vector<std::string_view> argv, Callback callback);  // as command()
  // As script(); for one that follows from what this very state of Redis has answered before.
  void script_for_state(const Script& script, const std::vector<std::string>& keys,
                        const std::vector<std::string_view>& args, Callback callback);

  // Unanswered commands get a lost reply; then the handles are closed and `closed` is called.
  void close(std::function<void()> closed);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace frontier
