#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/config_options.h"
#include "crawler/duration_text.h"
#include "crawler/simulation.h"

namespace cli {
namespace {

constexpr std::int64_t kMostUrls = 10'000'000;  // of all hosts: some 1.5 GB

struct Options : ConfigOptions {
  crawler::SimOptions sim;
  std::string delay, max_delay;
  bool faults = false, json = false;
};

// The delays of the made-up hosts. With faults the simulation's own, so that a seed means the same day everywhere.
std::optional<Exit> set_delays(Options& options) {
  crawler::ConfigLoader loader;
  if (const auto failed = read_settings(loader, options.file_or_default(), options.sets)) return *failed;
  if (const auto failed = check_settings(loader)) return *failed;
  crawler::SimOptions& sim = options.sim;
  if (!options.faults) {
    sim.min_delay = sim.max_delay = loader.config().politeness.delay;
    sim.max_in_flight = static_cast<std::size_t>(loader.config().fetch.max_in_flight);
    sim.daemons = 1;
  }
  for (const auto& [name, text, delay] : {std::tuple("--delay", &options.delay, &sim.min_delay),
                                          std::tuple("--max-delay", &options.max_delay, &sim.max_delay)}) {
    if (text->empty()) continue;
    const auto given = crawler::parse_duration(*text);
    if (!given || *given < std::chrono::milliseconds(1) || *given > std::chrono::hours(24)) {
      complain(std::string(name) + ": \"" + *text + "\" is no duration from 1ms to 24h");
      return Exit::usage;
    }
    *delay = *given;
  }
  sim.max_delay = std::max(sim.max_delay, sim.min_delay);
  return std::nullopt;
}

void print_text(const crawler::SimOptions& options, const crawler::SimResult& result) {
  std::printf("hosts         %d, at most %d URLs each, one request in %s", options.hosts, options.max_urls,
              crawler::duration_text(options.min_delay).c_str());
  if (options.max_delay > options.min_delay) std::printf(" to %s", crawler::duration_text(options.max_delay).c_str());
  std::printf("\nURLs          %llu, %llu of them with a fate after %.2f h\n",
              static_cast<unsigned long long>(result.urls), static_cast<unsigned long long>(result.fated),
              std::chrono::duration<double, std::ratio<3600>>(result.lasted).count());
  std::printf("requests      %llu, %llu of them repeats\n", static_cast<unsigned long long>(result.requests),
              static_cast<unsigned long long>(result.repeats));
  std::printf("pages/hour    %.0f\n", result.pages_per_hour);
  std::printf("utilisation   %.3f of what the delays allow\n", result.utilisation);
  for (const auto& [fate, count] : result.fates)
    std::printf("fate          %s %llu\n", fate.c_str(), static_cast<unsigned long long>(count));
  for (const auto& [fault, count] : result.faults)
    std::printf("fault         %s %llu\n", fault.c_str(), static_cast<unsigned long long>(count));
  for (const std::string& promise : result.broken) std::printf("BROKEN        %s\n", promise.c_str());
}

void print_json(const crawler::SimOptions& options, const crawler::SimResult& result) {
  const nlohmann::ordered_json json = {
      {"seed", options.seed},
      {"hosts", options.hosts},
      {"hours", std::chrono::duration<double, std::ratio<3600>>(result.lasted).count()},
      {"urls", result.urls},
      {"fated", result.fated},
      {"requests", result.requests},
      {"repeats", result.repeats},
      {"pages_per_hour", result.pages_per_hour},
      {"utilisation", result.utilisation},
      {"fates", result.fates},
      {"faults", result.faults},
      {"broken", result.broken},
  };
  std::printf("%s\n", json.dump(2).c_str());
}

Exit simulate(Options& options) {
  if (std::int64_t{options.sim.hosts} * options.sim.max_urls > kMostUrls) {
    complain("--hosts times --urls may be at most " + std::to_string(kMostUrls));
    return Exit::usage;
  }
  options.sim.faults = options.faults;
  if (const auto failed = set_delays(options)) return *failed;
  const crawler::SimResult result = crawler::simulate(options.sim);
  if (options.json)
    print_json(options.sim, result);
  else
    print_text(options.sim, result);
  return result.broken.empty() ? Exit::ok : Exit::failed;
}

}  // namespace

void add_sim(CLI::App& app, Command& command) {
  CLI::App* sub = app.add_subcommand("sim", "Live through a crawl of made-up hosts on made-up time, to plan one");
  const auto options = std::make_shared<Options>();
  crawler::SimOptions& sim = options->sim;
  sub->add_option("--hours", sim.hours, "how long at most, default 24")->check(CLI::Range(1, 24 * 366));
  sub->add_option("--hosts", sim.hosts, "default 1000")->check(CLI::Range(1, 100'000));
  sub->add_option("--seed", sim.seed, "the same seed lives the same day, default 1");
  sub->add_option("--urls", sim.max_urls, "of a host at most, default 200")->check(CLI::Range(1, 1'000'000));
  sub->add_option("--delay", options->delay, "of a host, default politeness.delay")->type_name("D");
  sub->add_option("--max-delay", options->max_delay, "spreads the hosts from --delay up to this")->type_name("D");
  sub->add_flag("--faults", options->faults, "with two daemons, failing hosts, kills, hand-overs, clock steps, cuts");
  sub->add_flag("--json", options->json, "as JSON");
  options->add_to(*sub);
  sub->footer(
      "The real scheduler, gates, robots states, back-off and breakers decide; the hosts take 5 ms to 2 s to answer,\n"
      "and one in seven has a Crawl-delay of up to 100 s. Exit code 1: a promise was broken, which is a defect.");
  sub->callback([&command, options] { command = [options] { return simulate(*options); }; });
}

}  // namespace cli
