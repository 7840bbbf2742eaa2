#include "admin/backend.h"

#include "crawler/daemon.h"

namespace admin {

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
  backend.max_in_flight = daemon.config().fetch.max_in_flight;
  return backend;
}

}  // namespace admin
