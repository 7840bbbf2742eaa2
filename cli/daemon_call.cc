#include "cli/daemon_call.h"

#include <cstdio>

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

Exit print_answer(const std::optional<std::string>& body, bool as_json,
                  std::string (*text)(const nlohmann::ordered_json&), Exit exit) {
  if (!body) return exit;
  const auto json = nlohmann::ordered_json::parse(*body, nullptr, false);
  if (!json.is_object()) {
    complain("the daemon answered what is no JSON");
    return Exit::failed;
  }
  const std::string out = as_json ? *body : text(json);
  std::fwrite(out.data(), 1, out.size(), stdout);
  return Exit::ok;
}

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
      continue;
    }
    char escape[4];
    std::snprintf(escape, sizeof escape, "%%%02X", static_cast<unsigned char>(c));
    out += escape;
  }
  return out;
}

}  // namespace cli
