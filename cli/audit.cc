#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/admin_client.h"
#include "cli/audit_files.h"
#include "cli/audit_run.h"
#include "cli/commands.h"
#include "web/url.h"

namespace cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kNearestHosts = 5;

struct Options : AdminOptions {
  std::string host;
  std::vector<std::string> logs;
  bool json = false;
};

// storage.dir of a running daemon, as it says itself.
std::string folder_of_daemon(AdminClient& client) {
  const AdminAnswer answer = client.get("/api/v1/status", "application/json");
  const auto json = nlohmann::json::parse(answer.body, nullptr, false);
  if (answer.status != 200 || !json.is_object() || !json.contains("storage")) return {};
  const auto& storage = json["storage"];
  const auto dir = storage.is_object() ? storage.find("dir") : storage.end();
  return dir != storage.end() && dir->is_string() ? dir->get<std::string>() : std::string();
}

std::vector<fs::path> named_files(const std::vector<std::string>& names) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const std::string& name : names) {
    if (!fs::is_directory(name, error)) {
      files.emplace_back(name);
      continue;
    }
    const auto found = ledger_files(name);
    files.insert(files.end(), found.begin(), found.end());
  }
  return each_once(files);
}

// --log; else --out; else the settings' storage.dir; else a running daemon's; else where a crawl or daemon of this
// folder would keep it. On failure prints one line and returns an exit code.
std::optional<Exit> find_files(const Options& options, std::vector<fs::path>& files) {
  if (!options.logs.empty()) {
    files = named_files(options.logs);
    if (!files.empty()) return std::nullopt;
    complain("no fetches-*.jsonl in " + options.logs.front());
    return Exit::failed;
  }
  crawler::ConfigLoader loader;
  const std::string config_file = options.file_or_default();
  if (const auto failed = read_settings(loader, config_file, options.sets)) return *failed;
  if (const auto failed = check_settings(loader)) return *failed;
  std::vector<std::string> folders;
  if (!options.out.empty()) {
    folders = {options.out};
  } else if (options.admin.empty() && !loader.config().storage.dir.empty()) {
    folders = {loader.config().storage.dir};
  } else {
    AdminClient client(options, loader.config(), config_file);
    if (std::string dir = folder_of_daemon(client); !dir.empty()) {
      folders = {std::move(dir)};
    } else if (!options.admin.empty()) {
      complain(client.where_it_looked());
      return Exit::failed;
    } else {
      folders = {storage_dir(loader.config()), "./crawl"};
    }
  }
  std::string looked;
  for (const std::string& folder : folders) {
    files = ledger_files(fs::path(folder) / "log");
    if (!files.empty()) return std::nullopt;
    looked += (looked.empty() ? "" : ", ") + folder + "/log";
  }
  complain("no ledger found; looked for fetches-*.jsonl in " + looked);
  return Exit::failed;
}

// The name that the ledger knows a host by: of a URL its host, in the spelling that URLs have.
std::string host_named(const std::string& text) {
  auto url = web::parse_url(text.find("://") == text.npos ? "http://" + text + "/" : text);
  if (!url) return text;
  std::string host = web::normalize(*url).host;
  while (host.ends_with('.')) host.pop_back();
  return host;
}

void print(const nlohmann::ordered_json& json) {
  std::printf("%s\n", json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
}

Exit audit(const Options& options) {
  std::vector<fs::path> files;
  if (const auto failed = find_files(options, files)) return *failed;
  const std::string host = options.host.empty() ? "" : host_named(options.host);
  Audit audit(host);
  audit.read(files);
  if (!host.empty() && !audit.knows_host()) {
    std::string near;
    for (const std::string& name : audit.hosts_like(host, kNearestHosts)) near += (near.empty() ? "" : ", ") + name;
    complain("the ledger has no request to " + host + (near.empty() ? "" : "; the nearest names in it: " + near));
    return Exit::failed;
  }
  audit.verify();
  const AuditReport& report = audit.report();
  if (!report.error.empty()) {
    complain(report.error);
    return Exit::failed;
  }
  if (options.json)
    print(host.empty() ? report_json(report) : audit.receipt().json(host, report));
  else
    std::printf("%s", (host.empty() ? report_text(report) : audit.receipt().text(host, report)).c_str());
  return report.good() ? Exit::ok : Exit::failed;
}

}  // namespace

void add_audit(CLI::App& app, Command& command) {
  CLI::App* sub = app.add_subcommand("audit", "Verify every gap in the politeness ledger, or print a host's receipt");
  const auto options = std::make_shared<Options>();
  sub->add_option("HOST", options->host, "print the receipt of this host, for its webmaster");
  sub->add_option("--log", options->logs, "a file of the ledger, or a folder of them; may be repeated")
      ->type_name("FILE")
      ->allow_extra_args(false);
  sub->add_flag("--json", options->json, "as JSON");
  options->add_to(*sub);
  sub->footer(
      "Reads log/fetches-*.jsonl of --out, of storage.dir, or of a running daemon. Exit code 0: every gap was kept.");
  sub->callback([&command, options] { command = [options] { return audit(*options); }; });
}

}  // namespace cli
