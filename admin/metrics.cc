#include "admin/metrics.h"

#include <spdlog/fmt/fmt.h>

namespace admin {

namespace {

void append_escaped(std::string& out, std::string_view text, bool in_label) {
  for (const char c : text) {
    if (c == '\\')
      out += "\\\\";
    else if (c == '\n')
      out += "\\n";
    else if (c == '"' && in_label)
      out += "\\\"";
    else
      out += c;
  }
}

std::string number(double value) {
  // Whole numbers in full: 1e+06 is legal, but hard to read and to grep.
  constexpr double kExact = 9007199254740992.0;  // 2^53
  if (value >= -kExact && value <= kExact && value == static_cast<double>(static_cast<std::int64_t>(value))) {
    return fmt::format("{}", static_cast<std::int64_t>(value));
  }
  return fmt::format("{}", value);
}

template <typename Map>
void by_label(MetricsWriter& out, std::string_view label, const Map& map) {
  for (const auto& [key, value] : map) out.sample({{label, key}}, static_cast<double>(value));
}

void write_urls(MetricsWriter& out, const crawler::Status& status) {
  const crawler::Books& books = status.books;
  out.family("decorum_urls", "gauge", "Distinct URLs by where they stand; the sum is what was discovered.");
  out.sample({{"state", "queued"}}, static_cast<double>(books.queued));
  out.sample({{"state", "in_flight"}}, static_cast<double>(books.in_flight));
  out.sample({{"state", "waiting"}}, static_cast<double>(books.waiting));
  out.sample({{"state", "done"}}, static_cast<double>(books.done));
  out.sample({{"state", "refused"}}, static_cast<double>(books.refused));
  out.family("decorum_urls_discovered", "gauge", "Distinct URLs ever accepted or refused.");
  out.sample(static_cast<double>(books.discovered));
  out.family("decorum_books_imbalance", "gauge",
             "By how much the counters differ among themselves and from the structures; 0 when the books balance.");
  out.sample(static_cast<double>(status.books_imbalance));
  out.family("decorum_urls_failed_total", "counter", "URLs done with a failure, by fate.");
  by_label(out, "reason", status.failed_by_reason);
  out.family("decorum_urls_refused_total", "counter", "URLs refused, by reason.");
  by_label(out, "reason", status.refused_by_reason);
  out.family("decorum_traps_total", "counter",
             "Links this daemon refused as traps, by kind; repeats of late ones left out.");
  by_label(out, "kind", status.traps);
  out.family("decorum_seeds_total", "counter", "Inbox entries, by what became of them.");
  out.sample({{"result", "accepted"}}, static_cast<double>(status.seeds.accepted));
  out.sample({{"result", "rejected"}}, static_cast<double>(status.seeds.rejected));
  out.sample({{"result", "duplicate"}}, static_cast<double>(status.seeds.duplicates));
}

void write_hosts(MetricsWriter& out, const crawler::Status& status) {
  std::map<std::string, std::uint64_t> hosts = status.hosts;
  for (const std::string_view state : crawler::kHostStates) hosts.try_emplace(std::string(state), 0);
  out.family("decorum_hosts", "gauge", "Hosts known to this daemon, by state.");
  by_label(out, "state", hosts);
}

void write_service(MetricsWriter& out, const crawler::Status& status) {
  out.family("decorum_politeness_violations_total", "counter",
             "Requests sent sooner than their host's gap; must be 0.");
  out.sample(static_cast<double>(status.violations));
  out.family("decorum_redis_up", "gauge", "1 while Redis answers.");
  out.sample(status.redis.up ? 1 : 0);
  out.family("decorum_redis_used_memory_bytes", "gauge", "Memory that Redis says it uses.");
  out.sample(static_cast<double>(status.redis.used_memory));
  out.family("decorum_redis_max_memory_bytes", "gauge", "Memory that Redis may use; 0: nothing bounds it.");
  out.sample(static_cast<double>(status.redis.max_memory));
  out.family("decorum_storage_bytes_total", "counter", "Bytes written under storage.dir.");
  out.sample(static_cast<double>(status.storage.written_bytes));
  out.family("decorum_storage_free_bytes", "gauge", "Free bytes of the file system of storage.dir.");
  out.sample(static_cast<double>(status.storage.free_bytes));
  out.family("decorum_uptime_seconds", "gauge", "Seconds since the daemon started.");
  out.sample(status.uptime_s);
  out.family("decorum_build_info", "gauge", "Always 1; the labels tell what runs.");
  out.sample({{"version", status.version}, {"mode", status.mode}}, 1);
}

void write_process(MetricsWriter& out, const ProcessFacts& process) {
  out.family("process_cpu_seconds_total", "counter", "User and system CPU time spent, in seconds.");
  out.sample(process.cpu_seconds);
  out.family("process_start_time_seconds", "gauge", "Start of the process, Unix time in seconds.");
  out.sample(process.start_time);
  out.family("process_resident_memory_bytes", "gauge", "Resident memory.");
  out.sample(static_cast<double>(process.resident_bytes));
  out.family("process_virtual_memory_bytes", "gauge", "Virtual memory.");
  out.sample(static_cast<double>(process.virtual_bytes));
  out.family("process_open_fds", "gauge", "Open file descriptors.");
  out.sample(static_cast<double>(process.open_fds));
  out.family("process_max_fds", "gauge", "The most file descriptors the process may open.");
  out.sample(static_cast<double>(process.max_fds));
}

}  // namespace

void HistogramSum::add(const crawler::Histogram& histogram) {
  for (std::size_t i = 0; i < buckets.size(); ++i) buckets[i] += histogram.bucket(i);
  sum += histogram.sum_seconds();
}

void MetricsWriter::family(std::string_view name, std::string_view type, std::string_view help) {
  name_ = name;
  text_ += fmt::format("# HELP {} ", name);
  append_escaped(text_, help, false);
  text_ += fmt::format("\n# TYPE {} {}\n", name, type);
}

void MetricsWriter::sample(const Labels& labels, double value) {
  line({}, labels, value);
}

void MetricsWriter::line(std::string_view suffix, const Labels& labels, double value) {
  text_ += name_;
  text_ += suffix;
  char separator = '{';
  for (const auto& [key, content] : labels) {
    text_ += separator;
    text_ += key;
    text_ += "=\"";
    append_escaped(text_, content, true);
    text_ += '"';
    separator = ',';
  }
  if (!labels.empty()) text_ += '}';
  text_ += ' ';
  text_ += number(value);
  text_ += '\n';
}

void MetricsWriter::histogram(const HistogramSum& sum) {
  std::uint64_t below = 0;  // the count is the last bucket's, so that the two agree whatever was counted meanwhile
  for (std::size_t i = 0; i < crawler::Histogram::kBounds.size(); ++i) {
    below += sum.buckets[i];
    line("_bucket", {{"le", number(crawler::Histogram::kBounds[i])}}, static_cast<double>(below));
  }
  below += sum.buckets.back();
  line("_bucket", {{"le", "+Inf"}}, static_cast<double>(below));
  line("_sum", {}, sum.sum);
  line("_count", {}, static_cast<double>(below));
}

void WorkerFigures::add(int worker, const crawler::WorkerCounters& counters) {
  Worker& figures = workers_.emplace_back();
  figures.id = std::to_string(worker);
  for (std::size_t i = 0; i < crawler::kOutcomes; ++i) figures.fetches[i] = counters.fetches[i].get();
  figures.loop_lag = static_cast<double>(counters.loop_lag_us.get()) / 1e6;
  wire_ += counters.wire_bytes.get();
  body_ += counters.body_bytes.get();
  stored_ += counters.stored_bytes.get();
  robots_ok_ += counters.robots_ok.get();
  robots_unavailable_ += counters.robots_unavailable.get();
  robots_unreachable_ += counters.robots_unreachable.get();
  retry_after_ += counters.retry_after.get();
  takeovers_ += counters.takeovers.get();
  filtered_links_ += counters.filtered_links.get();
  added_links_ += counters.added_links.get();
  known_in_host_ += counters.known_in_host.get();
  filtered_in_host_ += counters.filtered_in_host.get();
  fetch_.add(counters.fetch_seconds);
  wait_.add(counters.wait_seconds);
  redis_.add(counters.redis_seconds);
  ticks_late_.add(counters.ticks_late);
}

std::string metrics_text(const crawler::Status& status, const WorkerFigures& figures, const ProcessFacts& process) {
  MetricsWriter out;
  out.family("decorum_fetches_total", "counter", "Requests by how they ended, per worker.");
  for (const auto& worker : figures.workers_) {
    for (std::size_t i = 0; i < crawler::kOutcomes; ++i) {
      const std::string_view outcome = crawler::outcome_name(static_cast<crawler::Outcome>(i));
      out.sample({{"outcome", outcome}, {"worker", worker.id}}, static_cast<double>(worker.fetches[i]));
    }
  }
  out.family("decorum_fetch_seconds", "histogram", "From the request's last check to its last byte, in seconds.");
  out.histogram(figures.fetch_);
  out.family("decorum_politeness_wait_seconds", "histogram",
             "How long requests waited for their turn at their host, in seconds.");
  out.histogram(figures.wait_);
  out.family("decorum_redis_seconds", "histogram", "Round trips to Redis, in seconds.");
  out.histogram(figures.redis_);
  out.family("decorum_bytes_total", "counter", "Bytes: as received, as decoded bodies, as stored.");
  out.sample({{"kind", "wire"}}, static_cast<double>(figures.wire_));
  out.sample({{"kind", "body"}}, static_cast<double>(figures.body_));
  out.sample({{"kind", "stored"}}, static_cast<double>(figures.stored_));
  out.family("decorum_links_total", "counter", "Links found: known to the local filter, or asked of Redis.");
  out.sample({{"kind", "filtered"}}, static_cast<double>(figures.filtered_links_));
  out.sample({{"kind", "asked"}}, static_cast<double>(figures.added_links_));
  out.family("decorum_repeated_links_total", "counter",
             "Links of pages to a known URL of their own host, by whether Redis was asked.");
  out.sample({{"kind", "filtered"}}, static_cast<double>(figures.filtered_in_host_));
  out.sample({{"kind", "asked"}}, static_cast<double>(figures.known_in_host_ - figures.filtered_in_host_));
  out.family("decorum_robots_total", "counter", "robots.txt verdicts by result.");
  out.sample({{"result", "ok"}}, static_cast<double>(figures.robots_ok_));
  out.sample({{"result", "unavailable"}}, static_cast<double>(figures.robots_unavailable_));
  out.sample({{"result", "unreachable"}}, static_cast<double>(figures.robots_unreachable_));
  out.family("decorum_retry_after_total", "counter", "Answers that carried a usable Retry-After.");
  out.sample(static_cast<double>(figures.retry_after_));
  out.family("decorum_lease_takeovers_total", "counter", "Partitions taken over from another owner.");
  out.sample(static_cast<double>(figures.takeovers_));
  out.family("decorum_loop_lag_seconds", "gauge", "How late the worker's loop last ticked.");
  for (const auto& worker : figures.workers_) out.sample({{"worker", worker.id}}, worker.loop_lag);
  out.family("decorum_loop_ticks_late_seconds", "histogram",
             "How late the workers' loops ticked, ten times a second each, in seconds.");
  out.histogram(figures.ticks_late_);
  write_urls(out, status);
  write_hosts(out, status);
  write_service(out, status);
  write_process(out, process);
  return out.text();
}

}  // namespace admin
