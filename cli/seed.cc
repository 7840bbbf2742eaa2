#include <cstdio>
#include <memory>

#include "cli/commands.h"
#include "cli/config_options.h"
#include "cli/run_file.h"
#include "cli/seed_inbox.h"
#include "cli/seed_list.h"

namespace cli {
namespace {

constexpr std::size_t kBatch = 1000;

struct Options : ConfigOptions {
  std::vector<std::string> urls;
  std::string seeds_file, out, priority;
};

Exit seed(const Options& options) {
  if (options.urls.empty() && options.seeds_file.empty()) {
    complain("seed: give URLs, --file FILE, or - for standard input");
    return Exit::usage;
  }
  crawler::ConfigLoader loader;
  if (const auto failed = read_settings(loader, options.file_or_default(), options.sets)) return *failed;
  std::vector<Flag> flags;
  if (!options.out.empty()) {
    const auto run = read_run_file(options.out);
    if (!run || run->redis.empty()) {
      complain("no crawl runs in " + options.out + ": its run.json names no Redis");
      return Exit::failed;
    }
    flags = {{"--out", "redis.url=" + run->redis}, {"--out", "redis.namespace=" + run->ns}};
  }
  if (const auto failed = check_settings(loader, flags)) return *failed;
  SeedInbox inbox;
  std::string error;
  if (!inbox.open(loader.config().redis, error)) {
    complain(error);
    return Exit::redis;
  }

  std::vector<std::string> batch;
  std::size_t pushed = 0;
  bool connected = true;
  const auto flush = [&] {
    if (batch.empty() || !connected) return;
    connected = inbox.push(batch, error);
    if (connected) pushed += batch.size();
    batch.clear();
  };
  const auto take = [&](std::string entry) {
    batch.push_back(with_priority(std::move(entry), options.priority));
    if (batch.size() == kBatch) flush();
  };
  std::string unread;
  const bool read = each_seed(options.urls, options.seeds_file, take, unread);
  flush();
  if (!connected) {
    complain(error);
    return Exit::redis;
  }
  if (!read) {
    complain(unread);
    return Exit::usage;
  }
  if (pushed == 0) {
    complain("no seeds given");
    return Exit::usage;
  }
  std::printf("%zu seed%s put into %s:seeds\n", pushed, pushed == 1 ? "" : "s", loader.config().redis.ns.c_str());
  return Exit::ok;
}

}  // namespace

void add_seed(CLI::App& app, Command& command) {
  CLI::App* sub = app.add_subcommand("seed", "Give URLs to a running daemon, through Redis");
  const auto options = std::make_shared<Options>();
  sub->add_option("URL", options->urls, "URLs or JSON entries; - reads them from standard input");
  sub->add_option("--file", options->seeds_file, "a file of them, one a line")->type_name("FILE");
  sub->add_option("--out", options->out, "the folder of a crawl that runs, instead of redis.url")->type_name("DIR");
  sub->add_option("--priority", options->priority, "high, normal or low, for those that name none")
      ->check(CLI::IsMember({"high", "normal", "low"}));
  options->add_to(*sub);
  sub->callback([&command, options] { command = [options] { return seed(*options); }; });
}

}  // namespace cli
