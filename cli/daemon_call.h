// One question to a running daemon, with what a command says when it cannot be put or is refused.
// Main thread.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "cli/admin_client.h"
#include "cli/commands.h"

namespace cli {

// The body of the answer. Nothing: one line was printed, and `exit` is how the command ends.
std::optional<std::string> call_daemon(const AdminOptions& options, const std::function<AdminAnswer(AdminClient&)>& ask,
                                       Exit& exit);

// Prints what call_daemon gave, as it came or as `text` words it. Nothing: it ends with `exit`.
Exit print_answer(const std::optional<std::string>& body, bool as_json,
                  std::string (*text)(const nlohmann::ordered_json&), Exit exit);

std::string escaped(const std::string& text);  // for a path or a query

}  // namespace cli
