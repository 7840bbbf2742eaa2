#include <cinttypes>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/config_options.h"
#include "crawler/log.h"
#include "storage/verify.h"

namespace cli {
namespace {

struct Options {
  std::vector<std::string> files;
  bool json = false;
};

void print(const nlohmann::ordered_json& json) {
  std::printf("%s\n", json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
}

void print_report(const std::string& file, const storage::WarcReport& report, bool json) {
  if (json) {
    auto problems = nlohmann::ordered_json::array();
    for (const auto& [offset, what] : report.problems) problems.push_back({{"offset", offset}, {"what", what}});
    return print({{"file", file},
                  {"ok", report.ok()},
                  {"bytes", report.bytes},
                  {"records", report.records},
                  {"digests", report.digests},
                  {"problem_count", report.problem_count},
                  {"problems", std::move(problems)}});
  }
  std::printf("%s: %s, %" PRIu64 " records, %" PRIu64 " digests recomputed, %" PRIu64 " bytes\n", file.c_str(),
              report.ok() ? "good" : "DAMAGED", report.records, report.digests, report.bytes);
  for (const auto& [offset, what] : report.problems)
    std::printf("  at %" PRIu64 ": %s\n", offset, crawler::printable(what).c_str());
  if (report.problem_count > report.problems.size())
    std::printf("  and %" PRIu64 " more\n", report.problem_count - report.problems.size());
}

Exit verify(const Options& options) {
  Exit exit = Exit::ok;
  for (const std::string& file : options.files) {
    std::error_code error;
    const storage::WarcReport report = storage::verify_warc(file, error);
    if (error)
      complain(file + ": cannot be read: " + error.message());
    else
      print_report(file, report, options.json);
    if (error || !report.ok()) exit = Exit::failed;
  }
  return exit;
}

void print_entry(const storage::WarcEntry& entry, const std::string& file, bool json) {
  if (json)
    return print({{"file", file},
                  {"offset", entry.offset},
                  {"length", entry.length},
                  {"type", entry.type},
                  {"date", entry.date},
                  {"url", entry.target_uri},
                  {"status", entry.status ? nlohmann::ordered_json(entry.status) : nlohmann::ordered_json()},
                  {"content_type", entry.content_type},
                  {"block_length", entry.block_length}});
  std::printf("%10" PRIu64 " %8" PRIu64 "  %-8s %3s  %s  %s\n", entry.offset, entry.length, entry.type.c_str(),
              entry.status ? std::to_string(entry.status).c_str() : "", entry.date.c_str(),
              crawler::printable(entry.target_uri).c_str());
}

Exit list(const Options& options) {
  Exit exit = Exit::ok;
  for (const std::string& file : options.files) {
    if (options.files.size() > 1 && !options.json) std::printf("%s\n", file.c_str());
    std::error_code error;
    const auto visit = [&](const storage::WarcEntry& entry) {
      print_entry(entry, file, options.json);
      return std::ferror(stdout) == 0;
    };
    if (storage::list_warc(file, visit, error)) continue;
    if (std::ferror(stdout)) return Exit::failed;  // whoever reads has read enough
    complain(file + ": " + (error ? "cannot be read: " + error.message() : "damaged behind the last record listed"));
    exit = Exit::failed;
  }
  return exit;
}

}  // namespace

void add_warc(CLI::App& app, Command& command) {
  CLI::App* warc = app.add_subcommand("warc", "Look into WARC files");
  warc->require_subcommand(1);
  const auto options = std::make_shared<Options>();
  CLI::App* verified = warc->add_subcommand("verify", "Read every record and recompute its digests");
  CLI::App* listed = warc->add_subcommand("ls", "List the records");
  for (CLI::App* sub : {verified, listed}) {
    sub->add_option("FILE", options->files, "*.warc.gz, or *.open of a crawl that runs")->required();
    sub->add_flag("--json", options->json, "one JSON object a line");
  }
  verified->callback([&command, options] { command = [options] { return verify(*options); }; });
  listed->callback([&command, options] { command = [options] { return list(*options); }; });
}

}  // namespace cli
