#include "storage/warc_record.h"

#include <algorithm>

namespace storage {
namespace {

void append_value(std::string& out, std::string_view value) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (std::none_of(value.begin(), value.end(), is_control)) {
    out.append(value);
    return;
  }
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_control(c)) {
      out.append({'%', kDigits[byte >> 4], kDigits[byte & 15]});
    } else {
      out.push_back(c);
    }
  }
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  out.append(name).append(": ");
  append_value(out, value);
  out.append("\r\n");
}

}  // namespace

void append_record_head(std::string& out, const RecordFields& fields) {
  out.append("WARC/1.1\r\n");
  append_field(out, "WARC-Type", fields.type);
  append_field(out, "WARC-Record-ID", fields.id);
  append_field(out, "WARC-Date", fields.date);
  append_field(out, "WARC-Filename", fields.filename);
  append_field(out, "WARC-Target-URI", fields.target_uri);
  append_field(out, "WARC-IP-Address", fields.ip);
  append_field(out, "WARC-Protocol", fields.protocol);
  append_field(out, "WARC-Concurrent-To", fields.concurrent_to);
  append_field(out, "WARC-Warcinfo-ID", fields.warcinfo_id);
  append_field(out, "WARC-Truncated", fields.truncated);
  append_field(out, "WARC-Payload-Digest", fields.payload_digest);
  append_field(out, "WARC-Block-Digest", fields.block_digest);
  append_field(out, "Content-Type", fields.content_type);
  append_field(out, "Content-Length", std::to_string(fields.content_length));
  out.append("\r\n");
}

std::string warcinfo_block(std::string_view software, std::string_view user_agent, std::string_view contact) {
  std::string block;
  append_field(block, "software", software);
  append_field(block, "format", "WARC File Format 1.1");
  append_field(block, "conformsTo", "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/");
  append_field(block, "robots", "obey");
  append_field(block, "http-header-user-agent", user_agent);
  append_field(block, "operator", contact);
  return block;
}

}  // namespace storage
