// What the admin endpoint needs of the daemon: a handful of hooks, so that the endpoint can be driven without one.
// Every hook is called on the endpoint's threads, several at a time, and may take at most about two seconds; where it
// asks more than one loop, two for each. Owned by the server.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/config_file.h"
#include "crawler/counters.h"
#include "crawler/host_desk.h"
#include "crawler/status.h"
#include "crawler/url_answer.h"

namespace crawler {
class Daemon;
}

namespace admin {

struct Backend {
  using VisitCounters = std::function<void(int worker, const crawler::WorkerCounters&)>;

  std::function<crawler::StatusPtr()> status;  // null before the first one is known
  std::function<bool()> alive;
  std::function<std::vector<std::string>()> not_ready;  // reasons; empty: ready
  std::function<void()> pause, resume, shutdown;
  std::function<bool(const std::vector<std::string>& entries, std::string& error)> add_seeds;
  std::function<std::vector<crawler::ConfigValue>()> config_values;  // secrets masked
  std::function<void(const VisitCounters&)> visit_counters;
  std::function<std::optional<std::string>(std::string_view text, std::string& error)> host_key;
  std::function<crawler::HostList(const crawler::HostQuery&)> list_hosts;
  std::function<crawler::HostAnswer(const std::string& host)> show_host;
  std::function<crawler::OrderAnswer(const crawler::HostOrder&)> order_host;
  std::function<crawler::UrlAnswer(const crawler::UrlQuestion&)> explain_url;
  int max_in_flight = 0;  // fetch.max_in_flight
};

// The hooks of `daemon`, which outlives them.
Backend backend_of(crawler::Daemon& daemon);

}  // namespace admin
