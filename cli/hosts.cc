#include <pwd.h>
#include <unistd.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/daemon_call.h"
#include "cli/host_text.h"

namespace cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr char kFound[] = "The daemon is found by --admin, --out, $DECORUM_ADMIN, ./crawl, or the settings.";
constexpr std::size_t kLongestName = 64;

struct Options : AdminOptions {
  std::string host, state, sort, delay, length, why;
  std::string limit;
  bool json = false;
};

struct Action {
  const char* name;
  const char* help;
};
constexpr Action kActions[] = {
    {"pause", "Ask a host nothing more; its URLs stay queued"},
    {"slow", "Give a host a longer delay"},
    {"block", "Ask a host nothing more; its URLs end as refused"},
    {"resume", "Undo pause, slow and block"},
};

// Whoever gives the order, for the log; empty where the system has no name.
std::string login_name() {
  const passwd* entry = getpwuid(getuid());
  const std::string name = entry != nullptr ? entry->pw_name : "";
  return name.size() <= kLongestName ? name : "";
}

Exit list(const Options& options) {
  std::string path = "/api/v1/hosts?state=" + escaped(options.state) + "&sort=" + escaped(options.sort);
  if (!options.limit.empty()) path += "&limit=" + escaped(options.limit);
  Exit exit = Exit::ok;
  const auto body = call_daemon(
      options, [&](AdminClient& client) { return client.get(path, "application/json"); }, exit);
  return print_answer(body, options.json, hosts_text, exit);
}

Exit show(const Options& options) {
  const std::string path = "/api/v1/hosts/" + escaped(options.host);
  Exit exit = Exit::ok;
  const auto body = call_daemon(
      options, [&](AdminClient& client) { return client.get(path, "application/json"); }, exit);
  return print_answer(body, options.json, host_text, exit);
}

Exit pull(const Options& options, const char* action) {
  Json words = Json::object();
  const std::pair<const char*, std::string> fields[] = {
      {"delay", options.delay}, {"for", options.length}, {"why", options.why}, {"by", login_name()}};
  for (const auto& [name, value] : fields) {
    if (!value.empty()) words[name] = value;
  }
  const std::string path = "/api/v1/hosts/" + escaped(options.host) + "/" + action;
  const std::string sent = words.dump(-1, ' ', false, Json::error_handler_t::replace);
  Exit exit = Exit::ok;
  const auto body = call_daemon(
      options, [&](AdminClient& client) { return client.post(path, sent); }, exit);
  return print_answer(body, options.json, order_text, exit);
}

}  // namespace

void add_hosts(CLI::App& app, Command& command) {
  const auto options = std::make_shared<Options>();
  const auto common = [&options](CLI::App* sub) {
    options->add_to(*sub);
    sub->add_flag("--json", options->json, "print the answer as JSON");
    sub->footer(kFound);
  };
  CLI::App* hosts = app.add_subcommand("hosts", "List the hosts of a running daemon");
  common(hosts);
  hosts->add_option("--state", options->state,
                    "only those: ready, in_flight, waiting, backing_off, blocked, paused, "
                    "empty");
  hosts->add_option("--sort", options->sort, "by due (the next first), host, ready, delay or backoff");
  hosts->add_option("--limit", options->limit, "how many at most (100; up to 1000)")->type_name("N");
  hosts->callback([&command, options] { command = [options] { return list(*options); }; });

  CLI::App* host = app.add_subcommand("host", "Look at one host, or give orders for it");
  host->require_subcommand(1);
  CLI::App* shown = host->add_subcommand("show", "Tell all that is known of it, its robots.txt too");
  common(shown);
  shown->add_option("HOST", options->host, "its name")->required();
  shown->callback([&command, options] { command = [options] { return show(*options); }; });
  for (const Action& action : kActions) {
    CLI::App* sub = host->add_subcommand(action.name, action.help);
    common(sub);
    sub->add_option("HOST", options->host, "its name")->required();
    if (action.name == std::string("slow")) {
      sub->add_option("DELAY,--delay", options->delay, "least time between two requests")->type_name("D")->required();
    }
    if (action.name != std::string("resume")) {
      sub->add_option("--for", options->length, "undone by itself after this time, such as 10m")->type_name("D");
    }
    sub->add_option("--why", options->why, "the reason, which is shown and logged")->type_name("TEXT");
    sub->callback(
        [&command, options, &action] { command = [options, &action] { return pull(*options, action.name); }; });
  }
}

}  // namespace cli
