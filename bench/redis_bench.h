// What the benches of the frontier share: one connection to a Redis of their own, asked as if it blocked, and what both
// sides have spent. One thread.
#pragma once

#include <sys/resource.h>
#include <uv.h>

#include <chrono>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "frontier/frontier.h"

namespace bench {

class RedisBench {
 public:
  struct Cost {  // CPU seconds
    double own, redis;
  };

  explicit RedisBench(const std::string& socket) : loop_(), redis_(&loop_.loop, address(socket), options()) {
    redis_.connect();
    run_until([this] { return redis_.up(); });
  }

  frontier::RedisConnection& redis() { return redis_; }

  // Calls under way: begin() with each, end() in its answer.
  void begin() { ++open_; }
  void end() { --open_; }
  int open() const { return open_; }
  void run_until(const std::function<bool()>& holds) {
    while (!holds()) uv_run(&loop_.loop, UV_RUN_ONCE);
  }
  void wait_all() {
    run_until([this] { return open_ == 0; });
  }

  std::string ask(std::vector<std::string_view> command) {
    std::string answer;
    begin();
    redis_.command(std::move(command), [&](const frontier::Reply& reply) {
      answer = reply.text();
      end();
    });
    wait_all();
    return answer;
  }
  Cost cost() {
    const std::string text = ask({"INFO", "cpu"});
    return {own_cpu(), number(text, "used_cpu_sys:") + number(text, "used_cpu_user:")};
  }

 private:
  struct Loop {
    uv_loop_t loop;
    Loop() { uv_loop_init(&loop); }
  };

  static frontier::RedisAddress address(const std::string& socket) {
    frontier::RedisAddress address;
    address.unix_path = socket;
    return address;
  }
  static frontier::RedisOptions options() {
    frontier::RedisOptions options;
    options.scripts = frontier::RedisFrontier::scripts();
    options.command_timeout = std::chrono::minutes(2);
    return options;
  }
  static double number(const std::string& text, std::string_view field) {
    const std::size_t at = text.find(field);
    return at == text.npos ? 0 : std::strtod(text.c_str() + at + field.size(), nullptr);
  }
  static double own_cpu() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& t) {
      return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
  }

  Loop loop_;
  frontier::RedisConnection redis_;
  int open_ = 0;
};

}  // namespace bench
