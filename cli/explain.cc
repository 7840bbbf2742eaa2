#include <memory>
#include <string>

#include "admin/guard.h"
#include "cli/commands.h"
#include "cli/daemon_call.h"
#include "cli/explain_text.h"

namespace cli {
namespace {

constexpr char kFooter[] =
    "Tells of a URL that was never seen what would become of it: as a seed, or with --seed as a link of that one.\n"
    "The daemon is found by --admin, --out, $DECORUM_ADMIN, ./crawl, or the settings.";

struct Options : AdminOptions {
  std::string url, seed;
  bool json = false;
};

Exit explain(const Options& options) {
  std::string path = "/api/v1/url?url=" + escaped(options.url);
  if (!options.seed.empty()) path += "&seed=" + escaped(options.seed);
  if (path.size() > admin::kMaxTarget) {
    complain("so long a URL cannot be asked about: escaped it has " + std::to_string(path.size()) + " bytes, at most " +
             std::to_string(admin::kMaxTarget) + " are heard");
    return Exit::usage;
  }
  Exit exit = Exit::ok;
  const auto body = call_daemon(
      options, [&](AdminClient& client) { return client.get(path, "application/json"); }, exit);
  return print_answer(body, options.json, explain_text, exit);
}

}  // namespace

void add_explain(CLI::App& app, Command& command) {
  auto options = std::make_shared<Options>();
  CLI::App* sub = app.add_subcommand("explain", "Tell what became of a URL, and why");
  options->add_to(*sub);
  sub->add_option("URL", options->url, "the URL, as it stands in a page or a log")->required();
  sub->add_option("--seed", options->seed, "judge it as a link that descends from this seed")->type_name("URL");
  sub->add_flag("--json", options->json, "print the answer as JSON");
  sub->footer(kFooter);
  sub->callback([&command, options] { command = [options] { return explain(*options); }; });
}

}  // namespace cli
