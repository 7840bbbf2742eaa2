// Finds a running daemon and talks to its admin endpoint over HTTP. The only place of the program that uses curl's
// easy interface. Main thread.
#pragma once

#include <string>
#include <vector>

#include "cli/config_options.h"

namespace cli {

struct AdminOptions : ConfigOptions {
  std::string admin;  // --admin ADDR:PORT
  std::string out;    // --out DIR, whose run.json names it

  void add_to(CLI::App& command);
};

// A place where a daemon may be, and who says so.
struct AdminPlace {
  std::string address;  // empty: `source` names none
  std::string source;   // "--admin", "./crawl/run.json", "admin.listen of config.toml"
};

struct AdminAnswer {
  int status = 0;  // 0: no connection
  std::string body;
  std::string error;  // why there is no connection
};

class AdminClient {
 public:
  // Places in this order: --admin; else --out; else $DECORUM_ADMIN, ./crawl/run.json and the config.
  AdminClient(const AdminOptions& options, const crawler::Config& config, const std::string& config_file);

  // Asks the first place that answers, at most 5 s each. `accept` is the media type wanted.
  AdminAnswer get(const std::string& path, const std::string& accept);
  AdminAnswer post(const std::string& path, const std::string& json = {});

  // "no daemon answers; looked at 127.0.0.1:8321 (admin.listen: Connection refused), ..."
  std::string where_it_looked() const;

 private:
  AdminAnswer ask(const std::string& path, const std::string& accept, const std::string* body);

  std::vector<AdminPlace> places_;
  std::string token_;
  std::vector<std::string> tried_;
};

}  // namespace cli
