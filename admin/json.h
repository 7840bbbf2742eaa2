// The JSON of the API: what goes out, and the one body that comes in.
// Pure functions; any thread.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "admin/http.h"
#include "crawler/config_file.h"
#include "crawler/status.h"

namespace admin {

// /api/v1/status. Bytes that are no UTF-8 come out as U+FFFD.
std::string status_json(const crawler::Status& status, int max_in_flight, std::chrono::system_clock::time_point now);

// /api/v1/jobs: {"jobs":[{"id","state":"running|finished","books","bytes"}]}, and one of them.
std::string jobs_json(const std::map<std::string, crawler::JobStatus>& jobs);
std::string job_json(const std::string& id, const crawler::JobStatus& job);

// /readyz: {"ready":..,"reasons":[..]}
std::string ready_json(const std::vector<std::string>& reasons);

// /api/v1/config: {"config_file":..,"values":[{"key","value","origin"}]}
std::string config_json(const std::string& config_file, const std::vector<crawler::ConfigValue>& values);

// The answer to a lever: {"action":..,"state":..}, the state as it was when asked.
std::string action_json(std::string_view action, std::string_view state);

std::string count_json(std::size_t count);  // {"count":..}

// application/problem+json (RFC 9457); the title is the status' own.
Answer problem(int status, std::string_view detail);

// The entries of POST /api/v1/seeds, each a plain URL or a JSON object, as the inbox takes them.
// A body is a JSON array of entries, {"urls":[..]}, one entry, or text with one entry a line. Without a JSON
// content type the body itself tells which, so that `curl -d` needs no header.
struct SeedList {
  std::vector<std::string> entries;
  std::string error;  // one line; empty: fine
};
SeedList parse_seeds(std::string_view body, std::string_view content_type);

}  // namespace admin
