// What `crawl` shows: a progress line while it runs, a summary when it ends.
// Pure functions but for show(); main thread.
#pragma once

#include <cstdint>
#include <string>

#include "crawler/daemon.h"
#include "crawler/status.h"

namespace cli {

// "[12s] 120 done, 3 failed, 40 queued, 5 in flight, 12.5 pages/s, 1.2 MiB/s", at most `width` columns.
std::string progress_text(const crawler::Status& status, std::size_t width);

// Rewrites the last line of the terminal that stderr is.
void show_progress(const crawler::Status& status);
void clear_progress();

struct Summary {
  crawler::StatusPtr status;  // the last one; null if there was none
  crawler::Exit exit = crawler::Exit::ok;
  std::string dir;
  double seconds = 0;
  std::uint64_t received_bytes = 0;
  std::string resume;  // the command that goes on; empty: nothing is left
};

std::string summary_text(const Summary& summary);
std::string summary_json(const Summary& summary);  // one object, indented

// The words of a command line, quoted where a shell needs it.
std::string shell_quoted(const std::string& word);

}  // namespace cli
