#include "storage/verify.h"

#include <fcntl.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include "storage/file.h"
#include "storage/gzip_stream.h"
#include "storage/http_head.h"
#include "storage/warc_reader.h"
#include "web/headers.h"

namespace storage {
namespace {

constexpr std::size_t kProblemsKept = 100;

void add_problem(WarcReport& report, std::uint64_t offset, std::string what) {
  ++report.problem_count;
  if (report.problems.size() < kProblemsKept) report.problems.push_back({offset, std::move(what)});
}

// "sha1:" in any case, with the BASE32 of upper case that we compute; nothing for other spellings and algorithms.
std::optional<std::string> comparable(std::string_view digest) {
  constexpr std::size_t kLength = 5 + 32;
  if (digest.size() != kLength) return std::nullopt;
  std::string text(digest);
  std::transform(text.begin(), text.begin() + 5, text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? c | 0x20 : c; });
  std::transform(text.begin() + 5, text.end(), text.begin() + 5,
                 [](char c) { return c >= 'a' && c <= 'z' ? c & ~0x20 : c; });
  return text.starts_with("sha1:") ? std::optional(text) : std::nullopt;
}

void check_digest(WarcReport& report, std::uint64_t offset, std::string_view name, std::string_view claimed,
                  const std::optional<std::string>& computed) {
  const std::optional<std::string> wanted = comparable(claimed);
  if (!wanted || !computed) return;
  if (*wanted == *computed) {
    ++report.digests;
  } else {
    add_problem(report, offset, std::string(name) + " is " + *computed + ", not " + *wanted);
  }
}

void check_record(WarcReport& report, std::uint64_t offset, const RecordParser& record) {
  for (const char* name : {"WARC-Type", "WARC-Record-ID", "WARC-Date"}) {
    if (record.get(name).empty()) add_problem(report, offset, std::string(name) + " is missing");
  }
  check_digest(report, offset, "WARC-Block-Digest", record.get("WARC-Block-Digest"), record.block_digest());
  const bool payload_is_here =
      record.get("WARC-Type") != "revisit" && web::Headers::parse(record.http_head()).get("Transfer-Encoding").empty();
  if (payload_is_here) {
    check_digest(report, offset, "WARC-Payload-Digest", record.get("WARC-Payload-Digest"), record.payload_digest());
  }
}

WarcEntry entry_of(const RecordParser& record, const MemberReader& reader) {
  WarcEntry entry{reader.offset(),
                  reader.length(),
                  std::string(record.get("WARC-Type")),
                  std::string(record.get("WARC-Date")),
                  std::string(record.get("WARC-Target-URI")),
                  std::string(record.get("Content-Type")),
                  status_of(record.http_head()),
                  0};
  const std::string_view length = record.get("Content-Length");
  std::from_chars(length.data(), length.data() + length.size(), entry.block_length);
  return entry;
}

}  // namespace

WarcReport verify_warc(const std::filesystem::path& file, std::error_code& error) {
  WarcReport report;
  const Fd fd = open_file(file, O_RDONLY, error);
  if (error) return report;
  report.bytes = file_size(fd.get(), error);
  MemberReader reader(fd.get(), 0);
  for (;;) {
    RecordParser record(RecordParser::Digests::compute);
    const auto result = reader.next([&](std::string_view bytes) { record.feed(bytes); });
    if (result == MemberReader::Result::failed) error = reader.error();
    if (result == MemberReader::Result::damaged) {
      add_problem(report, reader.offset(), "no whole gzip member; nothing behind it was read");
    }
    if (result != MemberReader::Result::whole) break;
    if (record.finish()) {
      ++report.records;
      check_record(report, reader.offset(), record);
    } else {
      add_problem(report, reader.offset(), std::string(record.problem()));
    }
  }
  return report;
}

bool list_warc(const std::filesystem::path& file, const std::function<bool(const WarcEntry&)>& visit,
               std::error_code& error) {
  const Fd fd = open_file(file, O_RDONLY, error);
  if (error) return false;
  MemberReader reader(fd.get(), 0);
  for (;;) {
    RecordParser record(RecordParser::Digests::skip);
    const auto result = reader.next([&](std::string_view bytes) { record.feed(bytes); });
    if (result == MemberReader::Result::failed) error = reader.error();
    if (result == MemberReader::Result::end) return true;
    if (result != MemberReader::Result::whole || !record.finish()) return false;
    if (!visit(entry_of(record, reader))) return true;
  }
}

}  // namespace storage
