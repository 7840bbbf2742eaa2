// Where log lines go and how they look: stderr, one line each, whatever a URL or an error text holds.
// init and shutdown on the main thread; logging itself by spdlog, any thread.
#pragma once

#include <spdlog/formatter.h>

#include <memory>
#include <string>
#include <string_view>

namespace crawler {

enum class LogStyle {
  text,      // time, level, message
  terminal,  // text that first clears the line a progress display may stand on
  journal,   // <N>message, N being the priority systemd's journal reads
  json,      // {"time":...,"level":...,"message":...}
};

// What suits stderr: JSON where asked for, journal where $JOURNAL_STREAM is stderr, terminal where it is one, else
// text.
LogStyle log_style_for_stderr(std::string_view format);

std::unique_ptr<spdlog::formatter> make_log_formatter(LogStyle style);

// Makes spdlog's default logger write to stderr. `level` and `format` are log.level and log.format of a checked config.
void init_logging(std::string_view level, std::string_view format);
void shutdown_logging();  // last thing before exit

// `text` on one line and harmless to a terminal: control characters and bytes that are not UTF-8 as escapes.
std::string printable(std::string_view text);

}  // namespace crawler
