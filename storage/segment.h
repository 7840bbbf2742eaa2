// One worker's archive: a WARC segment, its page feed and its fetch log, written in groups.
// Appending fills memory only and belongs to the worker's thread; write() blocks and runs in a thread pool,
// at most one at a time; the worker owns the segment.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

#include "web/bytes.h"

namespace storage {

using WallTime = std::chrono::system_clock::time_point;

// One request and its answer, as they went over the wire.
struct Exchange {
  std::string_view url;
  std::string_view ip;             // "192.0.2.1"
  WallTime sent_at;
  std::string_view request_head;   // exact bytes sent
  std::string_view response_head;  // exact bytes received, status line and fields, with the last empty line
  std::string_view body;           // without transfer coding, with content coding
  std::string_view truncated;      // "length", "time", "disconnect" or empty (WARC-Truncated)
};

struct RecordPlace {
  std::string file;  // name of the segment once closed, without folder and without ".open"
  std::uint64_t offset = 0, length = 0;
  std::string payload_digest;  // "sha1:BASE32" of the body as stored (content coding kept, transfer coding undone)
};

struct SegmentOptions {
  std::filesystem::path dir;  // storage.dir; warc/, feed/ and log/ below it are made
  std::string name = "decorum";
  std::string software;       // for warcinfo: "decorum/0.1.0"
  std::string user_agent;     // for warcinfo
  std::string contact;        // for warcinfo's operator field; may be empty
  web::Bytes segment_bytes = web::gib(1);
  std::function<std::uint32_t()> next_serial;  // process-wide, any thread
};

class Segment {
 public:
  // Files appear with the first write. Nothing is opened before.
  explicit Segment(SegmentOptions options);
  ~Segment();  // what was not written is dropped; close() first

  // Appends `request` and `response` records, each one gzip member, to the pending group.
  // `now` dates a new file's name. Returns the place of the response record.
  RecordPlace append_exchange(const Exchange& exchange, WallTime now);
  void append_page(std::string_view json_line, WallTime now);     // feed/pages-*.jsonl, without line end
  void append_fetch(std::string_view json_line, WallTime now);    // log/fetches-*.jsonl
  void append_refused(std::string_view json_line, WallTime now);  // log/refused-*.jsonl

  web::Bytes pending() const;  // appended and not yet handed out by take_group()

  // A group of appended bytes on its way to disk. Moves; owned by whoever writes it.
  class Group;
  std::unique_ptr<Group> take_group();  // null if nothing is pending; at most one outstanding

  // Writes and fdatasyncs the group, rotating where the segment is full. On error nothing of the group counts as written:
  // the files are cut back to where they were. Blocking; any thread. Call again with the same group to retry.
  std::error_code write(Group& group);

  // Closes all files under their final names, with their CDXJ. Blocking. Call when no group is outstanding.
  std::error_code close();

  std::uint64_t written_bytes() const;  // since start, any thread

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace storage
