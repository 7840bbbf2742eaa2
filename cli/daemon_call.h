// One question to a running daemon, with what a command says when it cannot be put or is refused.
// Main thread.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "cli/admin_client.h"
#include "cli/commands.h"

namespace cli {

// The body of the answer. Nothing: one line was printed, and `exit` is how the command ends.
std::optional<std::string> call_daemon(const AdminOptions& options, const std::function<AdminAnswer(AdminClient&)>& ask,
                                       Exit& exit);

}  // namespace cli
