#include "admin/backend.h"

#include "crawler/daemon.h"
#include "crawler/url_desk.h"

namespace admin {

namespace {

const std::string kStarting = "It is starting.";

}  // namespace

Backend backend_of(crawler::Daemon& daemon) {
  Backend backend;
  backend.status = [&daemon] { return daemon.status(); };
  backend.alive = [&daemon] { return daemon.alive(); };
  backend.not_ready = [&daemon] { return daemon.not_ready(); };
  backend.pause = [&daemon] { daemon.pause(); };
  backend.resume = [&daemon] { daemon.resume(); };
  backend.shutdown = [&daemon] { daemon.shutdown(); };
  backend.add_seeds = [&daemon](const std::vector<std::string>& entries, std::string& error) {
    return daemon.add_seeds(entries, error);
  };
  backend.config_values = [&daemon] { return daemon.config_values(); };
  backend.visit_counters = [&daemon](const Backend::VisitCounters& visit) { daemon.visit_counters(visit); };
  backend.host_key = [&daemon](std::string_view text, std::string& error) {
    return crawler::host_of_text(daemon.config(), text, error);
  };
  backend.list_hosts = [&daemon](const crawler::HostQuery& query) {
    const auto desk = daemon.hosts();
    return desk ? desk->list(query) : crawler::HostList{};
  };
  backend.show_host = [&daemon](const std::string& host) {
    const auto desk = daemon.hosts();
    return desk ? desk->show(host) : crawler::HostAnswer{.error = kStarting};
  };
  backend.order_host = [&daemon](const crawler::HostOrder& order) {
    const auto desk = daemon.hosts();
    return desk ? desk->order(order) : crawler::OrderAnswer{.error = kStarting};
  };
  backend.explain_url = [&daemon](const crawler::UrlQuestion& question) {
    const auto desk = daemon.urls();
    return desk ? desk->explain(question) : crawler::UrlAnswer{.error = kStarting};
  };
  backend.max_in_flight = daemon.config().fetch.max_in_flight;
  return backend;
}

}  // namespace admin
