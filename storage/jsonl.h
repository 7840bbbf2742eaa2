// The mark beside a JSONL file that is being written, NAME.jsonl.open: how far the file is whole, in one fixed-size
// line, so that after a crash only what came behind is looked at. Blocking; one thread at a time; owned by the file's
// writer, or by salvage.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>

#include "storage/commit.h"

namespace storage {

std::filesystem::path mark_path(const std::filesystem::path& jsonl);

std::string mark_text(Commit commit);
Commit read_mark(int fd);  // nothing written yet, or no longer readable: {0, 0}

// Length and count of the whole lines of `fd`, reading on from `from`: lines that end and hold no NUL byte
// (a power cut leaves NUL bytes where data never reached the disk; JSON never holds one).
Commit whole_lines(int fd, Commit from, std::error_code& error);

}  // namespace storage
