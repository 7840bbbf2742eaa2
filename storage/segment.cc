#include "storage/segment.h"

#include <array>
#include <atomic>
#include <cassert>
#include <utility>

#include "storage/cdxj.h"
#include "storage/digest.h"
#include "storage/gzip.h"
#include "storage/http_head.h"
#include "storage/segment_files.h"
#include "storage/warc_record.h"
#include "web/headers.h"

namespace storage {
namespace {

constexpr std::string_view kRequestType = "application/http; msgtype=request";
constexpr std::string_view kResponseType = "application/http; msgtype=response";

// A file name has no room for a path: everything but [A-Za-z0-9._-] becomes '_'.
std::string plain_name(std::string_view name) {
  std::string plain(name);
  for (char& c : plain) {
    const bool ok =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    if (!ok) c = '_';
  }
  return plain;
}

}  // namespace

struct Segment::Group::Parts {
  std::array<Part, kFileKinds> of;
};

Segment::Group::Group() : parts_(std::make_unique<Parts>()) {}
Segment::Group::~Group() = default;

web::Bytes Segment::Group::size() const {
  web::Bytes total;
  for (const Part& part : parts_->of) total = total + web::Bytes{part.bytes.size()};
  return total;
}

struct Segment::Impl {
  // One file as the appending side sees it: where the next byte will lie.
  struct Target {
    std::string file;
    std::uint64_t size = 0;
  };

  explicit Impl(SegmentOptions o) : options(std::move(o)), ids(options.random), files(options.dir) {
    options.name = plain_name(options.name);
    assert(options.next_serial);
  }

  bool start(FileKind kind, WallTime now);
  void begin_warc(WallTime now);
  void append_line(FileKind kind, std::string_view line, WallTime now);
  std::uint64_t append_record(std::initializer_list<std::string_view> block);
  std::string request_record(const Exchange& exchange, const std::string& date);

  Part& part(FileKind kind) { return pending->parts_->of[static_cast<std::size_t>(kind)]; }
  Target& target(FileKind kind) { return targets[static_cast<std::size_t>(kind)]; }

  // Appending thread.
  SegmentOptions options;
  UuidSource ids;
  GzipCompressor gzip;
  Sha1 sha1;
  std::unique_ptr<Group> pending;
  std::array<Target, kFileKinds> targets;
  std::string warcinfo_id;
  std::string record_head, http_head;  // reused

  // Writing thread.
  SegmentFiles files;
  std::unique_ptr<Group> last;  // what close() could not write yet

  std::atomic<std::uint64_t> written{0};
};

// Prepares `kind` for one more record. True if it begins a new file.
bool Segment::Impl::start(FileKind kind, WallTime now) {
  if (!pending) pending.reset(new Group);
  Part& next = part(kind);
  if (next.bytes.size() > 0) return false;
  Target& at = target(kind);
  const bool begins = at.file.empty() || at.size >= options.segment_bytes.n;
  if (begins) at = {file_name(kind, options.name, file_stamp(now), options.next_serial()), 0};
  next.file = at.file;
  next.offset = at.size;
  return begins;
}

// Adds a record whose header is in `record_head`. Returns its length.
std::uint64_t Segment::Impl::append_record(std::initializer_list<std::string_view> block) {
  std::array<std::string_view, 4> pieces{record_head};
  std::size_t n = 1;
  for (const std::string_view piece : block) pieces[n++] = piece;
  pieces[n++] = kRecordEnd;
  Part& warc = part(FileKind::warc);
  const std::uint64_t length = gzip.add_member(std::span(pieces).first(n), warc.bytes);
  warc.records += 1;
  target(FileKind::warc).size += length;
  return length;
}

void Segment::Impl::begin_warc(WallTime now) {
  const std::string block = warcinfo_block(options.software, options.user_agent, options.contact);
  const std::string date = warc_date(now);
  warcinfo_id = ids.urn();
  sha1.update(block);
  const std::string digest = sha1.finish();
  RecordFields fields;
  fields.type = "warcinfo";
  fields.id = warcinfo_id;
  fields.date = date;
  fields.filename = target(FileKind::warc).file;
  fields.block_digest = digest;
  fields.content_type = "application/warc-fields";
  fields.content_length = block.size();
  record_head.clear();
  append_record_head(record_head, fields);
  append_record({block});
}

// Returns the record's id, which the response names.
std::string Segment::Impl::request_record(const Exchange& exchange, const std::string& date) {
  std::string id = ids.urn();
  sha1.update(exchange.request_head);
  const std::string digest = sha1.finish();
  RecordFields fields;
  fields.type = "request";
  fields.id = id;
  fields.date = date;
  fields.target_uri = exchange.url;
  fields.ip = exchange.ip;
  fields.warcinfo_id = warcinfo_id;
  fields.block_digest = digest;
  fields.content_type = kRequestType;
  fields.content_length = exchange.request_head.size();
  record_head.clear();
  append_record_head(record_head, fields);
  append_record({exchange.request_head});
  return id;
}

void Segment::Impl::append_line(FileKind kind, std::string_view line, WallTime now) {
  assert(line.find('\n') == std::string_view::npos);
  start(kind, now);
  Part& lines = part(kind);
  lines.bytes.append(line);
  lines.bytes.append("\n");
  lines.records += 1;
  target(kind).size += line.size() + 1;
}

Segment::Segment(SegmentOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Segment::~Segment() = default;

RecordPlace Segment::append_exchange(const Exchange& exchange, WallTime now) {
  Impl& s = *impl_;
  if (s.start(FileKind::warc, now)) s.begin_warc(now);
  const std::string date = warc_date(exchange.sent_at);
  const std::string request_id = s.request_record(exchange, date);

  s.http_head.clear();
  const bool to_head = exchange.request_head.starts_with("HEAD ");
  const StoredHead stored = store_head(exchange.response_head, exchange.body.size(), to_head, s.http_head);
  s.sha1.update(exchange.body);
  const std::string payload_digest = s.sha1.finish();
  s.sha1.update(s.http_head);
  s.sha1.update(exchange.body);
  const std::string block_digest = s.sha1.finish();
  const std::string id = s.ids.urn();
  RecordFields fields;
  fields.type = "response";
  fields.id = id;
  fields.date = date;
  fields.target_uri = exchange.url;
  fields.ip = exchange.ip;
  fields.protocol = stored.protocol;
  fields.concurrent_to = request_id;
  fields.warcinfo_id = s.warcinfo_id;
  fields.truncated = exchange.truncated;
  fields.payload_digest = payload_digest;
  fields.block_digest = block_digest;
  fields.content_type = kResponseType;
  fields.content_length = s.http_head.size() + exchange.body.size();
  s.record_head.clear();
  append_record_head(s.record_head, fields);

  const Impl::Target& warc = s.target(FileKind::warc);
  RecordPlace place{warc.file, warc.size, 0, payload_digest};
  place.length = s.append_record({s.http_head, exchange.body});

  const std::string mime = web::parse_content_type(stored.content_type).mime;
  const std::string stamp = index_stamp(date);
  append_index_line(s.part(FileKind::warc).index,
                    {exchange.url, stamp, mime, stored.status, payload_digest, place.offset, place.length, place.file});
  return place;
}

void Segment::append_page(std::string_view json_line, WallTime now) {
  impl_->append_line(FileKind::pages, json_line, now);
}

void Segment::append_fetch(std::string_view json_line, WallTime now) {
  impl_->append_line(FileKind::fetches, json_line, now);
}

void Segment::append_refused(std::string_view json_line, WallTime now) {
  impl_->append_line(FileKind::refused, json_line, now);
}

void Segment::append_lever(std::string_view json_line, WallTime now) {
  impl_->append_line(FileKind::levers, json_line, now);
}

web::Bytes Segment::pending() const {
  return impl_->pending ? impl_->pending->size() : web::Bytes{};
}

std::unique_ptr<Segment::Group> Segment::take_group() {
  return std::exchange(impl_->pending, nullptr);
}

std::error_code Segment::write(Group& group) {
  const std::error_code error = impl_->files.write(group.parts_->of);
  if (!error) impl_->written.fetch_add(group.size().n, std::memory_order_relaxed);
  return error;
}

std::error_code Segment::close() {
  if (!impl_->last) impl_->last = take_group();
  if (impl_->last) {
    if (const std::error_code error = write(*impl_->last)) return error;
    impl_->last.reset();
  }
  impl_->targets = {};
  return impl_->files.close();
}

std::uint64_t Segment::written_bytes() const {
  return impl_->written.load(std::memory_order_relaxed);
}

}  // namespace storage
