// The text of WARC/1.1 records (ISO 28500:2017): their headers, and the block of a warcinfo record.
// Pure functions; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace storage {

// The block's end, which every record has behind it.
inline constexpr std::string_view kRecordEnd = "\r\n\r\n";

// Empty fields are left out. Control bytes in values cannot break a header: they are written as %XX.
struct RecordFields {
  std::string_view type;  // "warcinfo", "request", "response"
  std::string_view id;    // "<urn:uuid:...>"
  std::string_view date;  // "2026-11-20T23:04:05Z"
  std::string_view target_uri;
  std::string_view ip;
  std::string_view protocol;       // "h2"
  std::string_view concurrent_to;  // id of the request this response answers
  std::string_view warcinfo_id;
  std::string_view filename;
  std::string_view truncated;
  std::string_view payload_digest;
  std::string_view block_digest;
  std::string_view content_type;
  std::uint64_t content_length = 0;
};

// Appends the header of a record, its empty line included.
void append_record_head(std::string& out, const RecordFields& fields);

// The block of a warcinfo record: application/warc-fields.
std::string warcinfo_block(std::string_view software, std::string_view user_agent, std::string_view contact);

}  // namespace storage
