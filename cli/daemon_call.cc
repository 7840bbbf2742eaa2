#include "cli/daemon_call.h"

#include <nlohmann/json.hpp>

#include "crawler/log.h"

namespace cli {
namespace {

constexpr int kBadRequest = 400;

// What a refusal says, from its problem+json.
std::string detail_of(const AdminAnswer& answer) {
  const auto json = nlohmann::json::parse(answer.body, nullptr, false);
  const bool told = json.is_object() && json.contains("detail") && json["detail"].is_string();
  return "the daemon answered " + std::to_string(answer.status) +
         (told ? ": " + crawler::printable(json["detail"].get<std::string>()) : "");
}

}  // namespace

std::optional<std::string> call_daemon(const AdminOptions& options, const std::function<AdminAnswer(AdminClient&)>& ask,
                                       Exit& exit) {
  const auto fail = [&exit](Exit how) {
    exit = how;
    return std::nullopt;
  };
  crawler::ConfigLoader loader;
  const std::string file = options.file_or_default();
  if (const auto failed = read_settings(loader, file, options.sets)) return fail(*failed);
  if (const auto failed = check_settings(loader)) return fail(*failed);
  AdminClient client(options, loader.config(), file);
  AdminAnswer answer = ask(client);
  if (answer.status == 0) {
    complain(client.where_it_looked());
    return fail(Exit::failed);
  }
  if (answer.status >= 300) {
    complain(detail_of(answer));
    return fail(answer.status == kBadRequest ? Exit::usage : Exit::failed);
  }
  return std::move(answer.body);
}

}  // namespace cli
