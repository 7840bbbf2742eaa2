#include "admin/json.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "admin/json_parts.h"

namespace admin {

namespace {

template <typename Map>
Json object_of(const Map& map) {
  Json object = Json::object();
  for (const auto& [key, value] : map) object[key] = value;
  return object;
}

Json workers_of(const std::vector<crawler::WorkerStatus>& workers) {
  Json list = Json::array();
  for (const crawler::WorkerStatus& worker : workers) {
    list.push_back({{"id", worker.id},
                    {"processed", worker.processed},
                    {"failed", worker.failed},
                    {"in_flight", worker.in_flight},
                    {"queued", worker.queued},
                    {"partitions", worker.partitions},
                    {"loop_lag_ms", worker.loop_lag_ms}});
  }
  return list;
}

std::string_view title_of(int status) {
  switch (status) {
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 411:
      return "Length Required";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    default:
      return "Error";
  }
}

constexpr std::string_view kSpace = " \t\r\n";

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

SeedList failed(std::string error) {
  return {{}, std::move(error)};
}

SeedList entries_of(const Json& document) {
  if (document.is_object() && document.contains("urls")) return entries_of(document["urls"]);
  SeedList list;
  if (!document.is_array()) {
    if (document.is_string()) return {{document.get<std::string>()}, {}};
    if (document.is_object()) return {{text_of(document)}, {}};
    return failed("Seeds are an array of URLs or objects, or {\"urls\": [..]}.");
  }
  for (const Json& entry : document) {
    if (!entry.is_string() && !entry.is_object()) {
      return failed(fmt::format("Entry {} is neither a URL nor an object.", list.entries.size() + 1));
    }
    list.entries.push_back(entry.is_string() ? entry.get<std::string>() : text_of(entry));
  }
  return list;
}

SeedList lines_of(std::string_view body) {
  SeedList list;
  while (!body.empty()) {
    const std::size_t end = std::min(body.find('\n'), body.size());
    if (const std::string_view line = trim(body.substr(0, end)); !line.empty()) list.entries.emplace_back(line);
    body.remove_prefix(std::min(end + 1, body.size()));
  }
  return list;
}

Json books_of(const crawler::Books& books) {
  return {{"discovered", books.discovered}, {"queued", books.queued}, {"in_flight", books.in_flight},
          {"waiting", books.waiting},       {"done", books.done},     {"refused", books.refused}};
}

Json job_of(const std::string& id, const crawler::JobStatus& job) {
  return {{"id", id},
          {"state", job.finished ? "finished" : "running"},
          {"books", books_of(job.books)},
          {"bytes", job.bytes}};
}

}  // namespace

std::string jobs_json(const std::map<std::string, crawler::JobStatus>& jobs) {
  Json list = Json::array();
  for (const auto& [id, job] : jobs) list.push_back(job_of(id, job));
  return line_of({{"jobs", std::move(list)}});
}

std::string job_json(const std::string& id, const crawler::JobStatus& job) {
  return line_of(job_of(id, job));
}

std::string status_json(const crawler::Status& status, int max_in_flight, std::chrono::system_clock::time_point now) {
  Json json = {
      {"state", status.state},
      {"uptime_s", status.uptime_s},
      {"time", time_text(now)},
      {"mode", status.mode},
      {"version", status.version},
      {"user_agent", status.user_agent},
      {"config_file", text_or_null(status.config_file)},
      {"admin_address", status.admin_address},
      {"instance", status.instance},
      {"books", books_of(status.books)},
      {"books_imbalance", status.books_imbalance},
      {"partitions_compared", status.partitions_compared},
      {"failed_by_reason", object_of(status.failed_by_reason)},
      {"refused_by_reason", object_of(status.refused_by_reason)},
      {"traps", object_of(status.traps)},
      {"fates", object_of(status.fates)},
      {"fetches", object_of(status.fetches)},
      {"hosts", object_of(status.hosts)},
      {"levers",
       {{"paused", status.levers.paused}, {"slowed", status.levers.slowed}, {"blocked", status.levers.blocked}}},
      {"rates", {{"pages_per_s", status.pages_per_s}, {"bytes_per_s", status.bytes_per_s}}},
      {"limits", {{"max_in_flight", max_in_flight}}},
      {"why_idle", text_or_null(status.why_idle)},
      {"seeds",
       {{"accepted", status.seeds.accepted},
        {"rejected", status.seeds.rejected},
        {"duplicates", status.seeds.duplicates}}},
      {"redis",
       {{"up", status.redis.up},
        {"address", status.redis.address},
        {"error", text_or_null(status.redis.error)},
        {"embedded", status.redis.embedded},
        {"aof", status.redis.aof},
        {"used_memory", status.redis.used_memory},
        {"max_memory", status.redis.max_memory},
        {"full_in_s", status.redis.full_in ? Json(status.redis.full_in->count()) : Json()}}},
      {"storage",
       {{"dir", status.storage.dir},
        {"error", text_or_null(status.storage.error)},
        {"written_bytes", status.storage.written_bytes},
        {"free_bytes", status.storage.free_bytes},
        {"segments", status.storage.segments}}},
      {"workers", workers_of(status.workers)},
      {"violations", status.violations},
      {"warnings", status.warnings},
  };
  return line_of(json);
}

std::string ready_json(const std::vector<std::string>& reasons) {
  return line_of({{"ready", reasons.empty()}, {"reasons", Json(reasons)}});
}

std::string config_json(const std::string& config_file, const std::vector<crawler::ConfigValue>& values) {
  Json list = Json::array();
  for (const crawler::ConfigValue& value : values) {
    list.push_back({{"key", value.key}, {"value", value.value}, {"origin", value.origin}});
  }
  return line_of({{"config_file", text_or_null(config_file)}, {"values", std::move(list)}});
}

std::string action_json(std::string_view action, std::string_view state) {
  return line_of({{"action", action}, {"state", state}});
}

std::string count_json(std::size_t count) {
  return line_of({{"count", count}});
}

Answer problem(int status, std::string_view detail) {
  Json json = {{"type", "about:blank"}, {"title", title_of(status)}, {"status", status}, {"detail", detail}};
  return {status, "application/problem+json", line_of(json), {}};
}

SeedList parse_seeds(std::string_view body, std::string_view content_type) {
  body = trim(body);
  const bool told = content_type.find("json") != std::string_view::npos;
  SeedList list;
  if (told || body.starts_with('[') || body.starts_with('{')) {
    if (nested_too_deep(body)) return failed("The JSON is nested too deeply.");
    const Json document = Json::parse(body, nullptr, false);
    // One object a line starts as JSON does, and is text.
    if (document.is_discarded() && (told || body.starts_with('['))) return failed("The body is not valid JSON.");
    list = document.is_discarded() ? lines_of(body) : entries_of(document);
  } else {
    list = lines_of(body);
  }
  if (list.error.empty() && list.entries.empty()) return failed("The body holds no seed.");
  return list;
}

}  // namespace admin
