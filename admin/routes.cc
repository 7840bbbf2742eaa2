#include "admin/routes.h"

#include <chrono>

#include "admin/json.h"
#include "admin/metrics.h"
#include "admin/process.h"
#include "admin/query.h"
#include "admin/url_json.h"

namespace admin {

namespace {

constexpr std::string_view kText = "text/plain; charset=utf-8";
constexpr std::string_view kHtml = "text/html; charset=utf-8";
constexpr std::string_view kJson = "application/json";

constexpr std::string_view kOneJob = "/api/v1/jobs/*";

// A * at the end of a route's path stands for anything but nothing.
bool fits(std::string_view route, std::string_view path) {
  if (!route.ends_with('*')) return route == path;
  return path.size() >= route.size() && path.starts_with(route.substr(0, route.size() - 1));
}

Answer content(int status, std::string_view type, std::string body) {
  return {status, std::string(type), std::move(body), {}};
}

}  // namespace

struct Routes::Route {
  std::string_view method, path;
  Answer (Routes::*handler)(const Request&) const;
};

const Routes::Route Routes::kTable[] = {
    {"GET", "/", &Routes::home},
    {"GET", "/healthz", &Routes::healthz},
    {"GET", "/readyz", &Routes::readyz},
    {"GET", "/metrics", &Routes::metrics},
    {"GET", "/api/v1/status", &Routes::status},
    {"GET", "/api/v1/config", &Routes::config},
    {"GET", "/api/v1/url", &Routes::url},
    {"GET", "/api/v1/jobs", &Routes::jobs},
    {"GET", kOneJob, &Routes::job},
    {"POST", "/api/v1/seeds", &Routes::seeds},
    {"POST", "/api/v1/pause", &Routes::pause},
    {"POST", "/api/v1/resume", &Routes::resume},
    {"POST", "/api/v1/shutdown", &Routes::shutdown},
};

Answer Routes::answer(const Request& request) const {
  if (HostRoutes::serves(request.path)) return hosts_.answer(request);
  const std::string_view method = request.method == "HEAD" ? "GET" : std::string_view(request.method);
  for (const Route& route : kTable) {
    if (!fits(route.path, request.path)) continue;
    if (route.method == method) return (this->*route.handler)(request);
    Answer refused = problem(405, "This path takes another method.");
    refused.headers.emplace_back("Allow", route.method == "GET" ? "GET, HEAD" : "POST");
    return refused;
  }
  return problem(404, "There is nothing at this path.");
}

crawler::StatusPtr Routes::current() const {
  if (crawler::StatusPtr status = backend_.status()) return status;
  auto starting = std::make_shared<crawler::Status>();
  starting->state = "waiting";
  starting->why_idle = "The daemon is starting.";
  return starting;
}

Answer Routes::home(const Request& request) const {
  if (!wants_html(request)) return content(200, kText, status_text(*current(), backend_.max_in_flight));
  Answer page = content(200, kHtml, std::string(page_.html()));
  page.headers.emplace_back("Content-Security-Policy", page_.policy());
  return page;
}

Answer Routes::healthz(const Request&) const {
  return backend_.alive() ? content(200, kText, "ok\n") : problem(503, "A loop of the daemon has stopped ticking.");
}

Answer Routes::readyz(const Request&) const {
  const std::vector<std::string> reasons = backend_.not_ready();
  return content(reasons.empty() ? 200 : 503, kJson, ready_json(reasons));
}

Answer Routes::metrics(const Request&) const {
  WorkerFigures figures;
  backend_.visit_counters(
      [&figures](int worker, const crawler::WorkerCounters& counters) { figures.add(worker, counters); });
  return content(200, kMetricsType, metrics_text(*current(), figures, read_process_facts()));
}

Answer Routes::status(const Request&) const {
  return content(200, kJson, status_json(*current(), backend_.max_in_flight, std::chrono::system_clock::now()));
}

Answer Routes::jobs(const Request&) const {
  return content(200, kJson, jobs_json(current()->jobs));
}

Answer Routes::job(const Request& request) const {
  const std::string id = request.path.substr(kOneJob.size() - 1);
  const crawler::StatusPtr status = current();
  const auto job = status->jobs.find(id);
  if (job == status->jobs.end()) return problem(404, "There is no job " + id + ".");
  return content(200, kJson, job_json(id, job->second));
}

Answer Routes::config(const Request&) const {
  return content(200, kJson, config_json(current()->config_file, backend_.config_values()));
}

Answer Routes::url(const Request& request) const {
  crawler::UrlQuestion question;
  for (const auto& [name, value] : query_of(request.target)) {
    if (name != "url" && name != "seed") return problem(400, "This takes url and seed.");
    (name == "url" ? question.url : question.seed) = value;
  }
  if (question.url.empty()) return problem(400, "Which URL? Such as /api/v1/url?url=https://example.org/.");
  const crawler::UrlAnswer answer = backend_.explain_url(question);
  switch (answer.kind) {
    case crawler::UrlAnswer::Kind::found:
      return content(200, kJson, url_json(answer));
    case crawler::UrlAnswer::Kind::wrong:
      return problem(400, answer.error);
    case crawler::UrlAnswer::Kind::no_answer:
      break;
  }
  return problem(503, answer.error);
}

Answer Routes::seeds(const Request& request) const {
  const SeedList list = parse_seeds(request.body, request.header("Content-Type"));
  if (!list.error.empty()) return problem(400, list.error);
  std::string error;
  if (!backend_.add_seeds(list.entries, error)) return problem(503, error);
  return content(202, kJson, count_json(list.entries.size()));
}

Answer Routes::pause(const Request&) const {
  backend_.pause();
  return acted("pause");
}

Answer Routes::resume(const Request&) const {
  backend_.resume();
  return acted("resume");
}

Answer Routes::shutdown(const Request&) const {
  backend_.shutdown();
  return acted("shutdown");
}

Answer Routes::acted(std::string_view action) const {
  return content(202, kJson, action_json(action, current()->state));
}

}  // namespace admin
