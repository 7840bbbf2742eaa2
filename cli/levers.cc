#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/admin_client.h"
#include "cli/commands.h"

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

// What a refusal says, from its problem+json.
std::string detail_of(const AdminAnswer& answer) {
  const auto json = nlohmann::json::parse(answer.body, nullptr, false);
  const bool told = json.is_object() && json.contains("detail") && json["detail"].is_string();
  return "the daemon answered " + std::to_string(answer.status) +
         (told ? ": " + json["detail"].get<std::string>() : "");
}

Exit pull(const Lever& lever, const Options& options) {
  crawler::ConfigLoader loader;
  const std::string file = options.file_or_default();
  if (const auto failed = read_settings(loader, file, options.sets)) return *failed;
  if (const auto failed = check_settings(loader)) return *failed;
  AdminClient client(options, loader.config(), file);
  const bool is_status = !*lever.path;
  const AdminAnswer answer = !is_status     ? client.post(lever.path)
                             : options.json ? client.get("/api/v1/status", "application/json")
                                            : client.get("/", "text/plain");
  if (answer.status == 0) {
    complain(client.where_it_looked());
    return Exit::failed;
  }
  if (answer.status >= 300) {
    complain(detail_of(answer));
    return Exit::failed;
  }
  const std::string text = is_status || options.json ? answer.body : lever.done;
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
