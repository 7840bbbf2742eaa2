#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <memory>
#include <utility>

#include "cli/commands.h"
#include "cli/config_options.h"
#include "cli/crawl_checks.h"
#include "cli/run_daemon.h"
#include "cli/seed_list.h"
#include "cli/summary.h"
#include "crawler/log.h"

namespace cli {
namespace {

struct Options : ConfigOptions {
  std::vector<std::string> urls, allow;
  std::string seeds_file, out, contact, delay, scope, admin, pages, depth;
  bool fresh = false, quiet = false, json = false;
};

// The flags as settings. `config`, as read so far, tells what --allow adds to.
std::vector<Flag> flags_of(const Options& options, const crawler::Config& config) {
  const std::pair<const char*, std::pair<const char*, const std::string*>> kFlags[] = {
      {"--out", {"storage.dir", &options.out}},          {"--contact", {"agent.contact", &options.contact}},
      {"--pages", {"budget.pages", &options.pages}},     {"--depth", {"scope.max_depth", &options.depth}},
      {"--delay", {"politeness.delay", &options.delay}}, {"--scope", {"scope.type", &options.scope}},
      {"--admin", {"admin.listen", &options.admin}}};
  std::vector<Flag> flags;
  for (const auto& [name, setting] : kFlags)
    if (!setting.second->empty()) flags.push_back({name, std::string(setting.first) + "=" + *setting.second});
  if (!options.allow.empty()) {
    std::vector<std::string> list = config.fetch.allow_addresses;
    list.insert(list.end(), options.allow.begin(), options.allow.end());
    flags.push_back({"--allow", "fetch.allow_addresses=" + crawler::to_toml(&list)});
  }
  return flags;
}

// The same command without --fresh, which would throw away what it is to go on from.
std::string resume_command(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words)
    if (word != "--fresh") text += (text.empty() ? "" : " ") + shell_quoted(word);
  return text;
}

bool fetched_something(const RunResult& result) {
  constexpr std::array<std::string_view, 3> kGood = {"fetched", "not_modified", "duplicate"};
  return std::any_of(kGood.begin(), kGood.end(), [&](std::string_view fate) {
    if (!result.status) return false;
    const auto found = result.status->fates.find(std::string(fate));
    return found != result.status->fates.end() && found->second > 0;
  });
}

// A crawl that came to its end without one page has nothing but bad seeds: says how each ended.
void complain_of_seeds(const RunResult& result) {
  if (result.exit != Exit::failed || result.seed_fates.empty() || fetched_something(result)) return;
  complain("no seed could be fetched");
  for (const auto& [url, fate, rule] : result.seed_fates)
    complain(url + ": " + fate + (rule.empty() ? "" : " (" + rule + ")"));
}

std::optional<Exit> gather_seeds(const Options& options, std::vector<std::string>& seeds) {
  std::string error;
  const auto take = [&seeds](std::string entry) { seeds.push_back(std::move(entry)); };
  if (!each_seed(options.urls, options.seeds_file, take, error)) {
    complain(error);
    return Exit::usage;
  }
  if (!seeds.empty()) return std::nullopt;
  complain("nothing to crawl: give a URL, or --seeds FILE");
  return Exit::usage;
}

Exit crawl(const Options& options, const std::vector<std::string>& words) {
  crawler::ConfigLoader loader;
  set_crawl_defaults(loader);
  if (const auto failed = read_settings(loader, options.file, options.sets)) return *failed;
  if (const auto failed = check_settings(loader, flags_of(options, loader.config()))) return *failed;

  RunOptions run;
  crawler::DaemonOptions& daemon = run.daemon;
  if (const auto failed = gather_seeds(options, daemon.seeds)) return *failed;
  if (const std::string refusal = refusal_of(daemon.seeds, loader.config()); !refusal.empty()) {
    complain(refusal);
    return Exit::usage;
  }
  daemon.config = loader.config();
  daemon.config_values = loader.values();
  daemon.config_file = options.file;
  daemon.finite = true;
  daemon.fresh = options.fresh;
  daemon.quiet = options.quiet;
  const std::string& level = daemon.config.log.level;
  if (options.quiet && (level == "info" || level == "debug" || level == "trace")) daemon.config.log.level = "warn";
  run.any_admin_port = true;
  run.warnings = loader.warnings();
  const bool progress = !options.quiet && isatty(STDERR_FILENO);
  if (progress) daemon.progress = show_progress;

  const auto begin = std::chrono::steady_clock::now();
  const RunResult result = run_daemon(std::move(run));
  if (progress) clear_progress();
  complain_of_seeds(result);
  Summary summary;
  summary.status = result.status;
  summary.exit = result.exit;
  summary.dir = loader.config().storage.dir;
  summary.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  summary.received_bytes = result.received_bytes;
  const bool begun = result.status && result.status->books.discovered > 0;
  const bool ended = summary.exit == Exit::ok || summary.exit == Exit::failed;
  if (begun && !ended) summary.resume = resume_command(words);
  if (options.json)
    std::fputs(summary_json(summary).c_str(), stdout);
  else if (begun && !options.quiet)
    std::fputs(summary_text(summary).c_str(), stdout);
  return summary.exit;
}

}  // namespace

void add_crawl(CLI::App& app, Command& command, std::vector<std::string> words) {
  CLI::App* sub = app.add_subcommand("crawl", "Crawl from some URLs to the end, and keep everything in one folder");
  const auto options = std::make_shared<Options>();
  sub->add_option("URL", options->urls, "where to begin; https:// is added where no scheme is given");
  sub->add_option("--seeds", options->seeds_file, "more of them, one a line; - is standard input")->type_name("FILE");
  sub->add_option("--out", options->out, "the folder (default ./crawl); the same command goes on there")
      ->type_name("DIR");
  options->add_to(*sub);
  sub->add_option("--contact", options->contact, "who runs this crawl; needed for any site but this machine's own")
      ->type_name("MAIL_OR_URL");
  sub->add_option("--pages", options->pages, "end after so many URLs")->type_name("N");
  sub->add_option("--depth", options->depth, "follow links so far from a seed")->type_name("N");
  sub->add_option("--delay", options->delay, "least time between two requests to one host (default 1s)")
      ->type_name("D");
  sub->add_option("--scope", options->scope, "page, prefix, host (default), domain or any")->type_name("TYPE");
  sub->add_option("--allow", options->allow, "addresses to connect to although they are not public; may be repeated")
      ->type_name("CIDR")
      ->allow_extra_args(false);
  sub->add_option("--admin", options->admin, "where the status page is, or off (default 127.0.0.1:8321 or any free)")
      ->type_name("ADDR:PORT");
  sub->add_flag("--fresh", options->fresh, "forget what an earlier crawl left in the folder");
  CLI::Option* quiet = sub->add_flag("--quiet", options->quiet, "say nothing but what is wrong");
  sub->add_flag("--json", options->json, "print the summary as JSON")->excludes(quiet);
  sub->callback([&command, options, words] { command = [options, words] { return crawl(*options, words); }; });
}

}  // namespace cli
