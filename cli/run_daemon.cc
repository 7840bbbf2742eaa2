#include "cli/run_daemon.h"

#include <spdlog/spdlog.h>

#include <memory>
#include <utility>

#include "admin/server.h"
#include "crawler/counters.h"
#include "crawler/log.h"

namespace cli {
namespace {

// Null with a logged line where the port cannot be had.
std::unique_ptr<admin::Server> start_admin(crawler::Daemon& daemon, bool any_port) {
  const crawler::Config::Admin& config = daemon.config().admin;
  admin::ServerOptions options;
  options.listen = config.listen;
  options.token = config.token;
  options.any_port = any_port;
  auto server = std::make_unique<admin::Server>(admin::backend_of(daemon), options);
  std::string error;
  if (!server->start(error)) {
    spdlog::error("{}", error);
    return nullptr;
  }
  daemon.set_admin_address(server->address());
  spdlog::info("status page: http://{}/", server->address());
  return server;
}

}  // namespace

RunResult run_daemon(RunOptions options) {
  const crawler::Config::Log log = options.daemon.config.log;
  crawler::init_logging(log.level, log.format);
  const std::string& file = options.daemon.config_file;
  spdlog::info("decorum {} {}, settings: {}", DECORUM_VERSION, options.daemon.finite ? "crawl" : "serve",
               file.empty() ? "built-in" : file);
  for (const std::string& warning : options.warnings) spdlog::warn("{}", warning);

  RunResult result;
  {
    const bool with_admin = options.daemon.config.admin.listen != "off";
    crawler::Daemon daemon(std::move(options.daemon));
    std::unique_ptr<admin::Server> server;
    if (with_admin) server = start_admin(daemon, options.any_admin_port);
    if (server || !with_admin) {
      result.exit = daemon.run();
      if (server) server->stop();
      result.status = daemon.status();
      result.seed_fates = daemon.seed_fates();
      daemon.visit_counters([&result](int, const crawler::WorkerCounters& counters) {
        result.received_bytes += counters.wire_bytes.get();
      });
    }
  }
  crawler::shutdown_logging();
  return result;
}

}  // namespace cli
