#include "storage/warc_reader.h"

#include <algorithm>
#include <charconv>

#include "storage/cdxj.h"
#include "storage/http_head.h"
#include "storage/timestamp.h"
#include "storage/warc_record.h"

namespace storage {
namespace {

constexpr std::size_t kLongestHead = 1 << 20;  // of a record and of an HTTP message

}  // namespace

RecordParser::RecordParser(Digests digests) : digests_(digests) {}

void RecordParser::fail(std::string_view why) {
  if (problem_.empty()) problem_ = why;
}

void RecordParser::feed(std::string_view bytes) {
  if (!problem_.empty()) return;
  if (stage_ == Stage::header) {
    const std::size_t had = header_.size();
    header_.append(bytes);
    const std::size_t end = header_.find(kRecordEnd, had < 3 ? 0 : had - 3);
    if (end == std::string::npos) {
      if (header_.size() > kLongestHead) fail("the record's header is over 1 MiB");
      return;
    }
    const std::size_t length = end + kRecordEnd.size();
    bytes.remove_prefix(length - had);
    header_.resize(length);
    read_header();
    if (!problem_.empty()) return;
  }
  if (stage_ == Stage::block) {
    const std::size_t n = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
    read_block(bytes.substr(0, n));
    bytes.remove_prefix(n);
    left_ -= n;
    if (left_ == 0) stage_ = Stage::end;
  }
  if (stage_ == Stage::end && !bytes.empty()) {
    if (kRecordEnd.substr(end_seen_, bytes.size()) != bytes) {
      fail("the block is longer than Content-Length, or its end is missing");
    }
    end_seen_ += bytes.size();
  }
}

void RecordParser::read_header() {
  if (!header_.starts_with("WARC/1.")) return fail("no WARC/1.x record");
  fields_ = web::Headers::parse(header_);
  const std::string_view length = get("Content-Length");
  const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), left_);
  if (length.empty() || error != std::errc() || end != length.data() + length.size()) {
    return fail("Content-Length is missing or no number");
  }
  in_http_head_ = get("Content-Type").starts_with("application/http");
  stage_ = Stage::block;
}

void RecordParser::read_block(std::string_view bytes) {
  const bool hash = digests_ == Digests::compute;
  if (hash) block_.update(bytes);
  if (!in_http_head_) {
    if (hash) payload_.update(bytes);
    return;
  }
  if (http_head_.size() > kLongestHead) return;  // no head: the payload is unknown
  http_head_.append(bytes);
  const std::optional<std::size_t> length = head_length(http_head_);
  if (!length) return;
  in_http_head_ = false;
  if (hash) payload_.update(std::string_view(http_head_).substr(*length));
  http_head_.resize(*length);
}

bool RecordParser::finish() {
  if (problem_.empty() && stage_ == Stage::header) fail("the member holds no whole record header");
  if (problem_.empty() && stage_ == Stage::block) fail("the block is shorter than Content-Length");
  if (problem_.empty() && end_seen_ != kRecordEnd.size()) fail("the record's end is missing");
  if (digests_ == Digests::compute && stage_ == Stage::end) {
    block_digest_ = block_.finish();
    if (!in_http_head_) payload_digest_ = payload_.finish();
  }
  return problem_.empty();
}

bool index_record(const RecordParser& record, std::uint64_t offset, std::uint64_t length, std::string_view file,
                  std::string& out) {
  if (record.get("WARC-Type") != "response") return false;
  const web::Headers http = web::Headers::parse(record.http_head());
  const std::string mime = web::parse_content_type(http.get("Content-Type")).mime;
  const std::string stamp = index_stamp(record.get("WARC-Date"));
  IndexEntry entry;
  entry.url = record.get("WARC-Target-URI");
  entry.stamp = stamp;
  entry.mime = mime;
  entry.status = status_of(record.http_head());
  entry.digest = record.get("WARC-Payload-Digest");
  entry.offset = offset;
  entry.length = length;
  entry.file = file;
  append_index_line(out, entry);
  return true;
}

}  // namespace storage
