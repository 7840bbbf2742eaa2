#include <cstdio>
#include <memory>

#include "cli/commands.h"
#include "cli/daemon_call.h"

namespace cli {
namespace {

struct Options : AdminOptions {
  bool json = false;
};

// One lever of a running daemon, or its status.
struct Lever {
  const char* name;
  const char* help;
  const char* path;  // of the POST; empty: the status
  const char* done;  // what to say when it worked
};

constexpr Lever kLevers[] = {
    {"status", "Say how a running daemon is doing", "", ""},
    {"pause", "Start no new requests until resumed", "/api/v1/pause", "paused: no new requests are started"},
    {"resume", "Go on after a pause", "/api/v1/resume", "resumed"},
    {"stop", "Stop a running daemon gracefully; nothing is lost", "/api/v1/shutdown",
     "stopping: what is in flight ends, the rest stays queued"},
};

Exit pull(const Lever& lever, const Options& options) {
  const bool is_status = !*lever.path;
  const auto ask = [&](AdminClient& client) {
    if (!is_status) return client.post(lever.path);
    return options.json ? client.get("/api/v1/status", "application/json") : client.get("/", "text/plain");
  };
  Exit exit = Exit::ok;
  const auto body = call_daemon(options, ask, exit);
  if (!body) return exit;
  const std::string text = is_status || options.json ? *body : lever.done;
  std::printf("%s%s", text.c_str(), text.ends_with('\n') ? "" : "\n");
  return Exit::ok;
}

}  // namespace

void add_levers(CLI::App& app, Command& command) {
  for (const Lever& lever : kLevers) {
    CLI::App* sub = app.add_subcommand(lever.name, lever.help);
    const auto options = std::make_shared<Options>();
    options->add_to(*sub);
    sub->add_flag("--json", options->json, "print the answer as JSON");
    sub->footer("The daemon is found by --admin, --out, $DECORUM_ADMIN, ./crawl, or the settings.");
    sub->callback([&command, &lever, options] { command = [&lever, options] { return pull(lever, *options); }; });
  }
}

}  // namespace cli
