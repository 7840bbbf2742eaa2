// One worker's archive: a WARC segment, its page feed and its fetch log, written in groups.
// Appending fills memory only and belongs to the worker's thread; write() blocks and runs in a thread pool,
// at most one at a time; the worker owns the segment.
//
// While it is written a WARC file is NAME.warc.gz.open with NAME.cdxj.open beside it (index lines and commits, see
// storage/index_journal.h); closed, it is NAME.warc.gz with its sorted NAME.cdxj. The JSONL files carry their final
// name from the first line on, so that readers of a running crawl find them; NAME.jsonl.open beside one says that it is
// being written and how far it is whole. A reader of a running crawl takes lines up to the last line end.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

#include "storage/timestamp.h"
#include "storage/uuid.h"
#include "web/bytes.h"

namespace storage {

// One request and its answer, as they went over the wire.
struct Exchange {
  std::string_view url;
  std::string_view ip;  // "192.0.2.1"
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
  std::string software;    // for warcinfo: "decorum/0.1.0"
  std::string user_agent;  // for warcinfo
  std::string contact;     // for warcinfo's operator field; may be empty
  web::Bytes segment_bytes = web::gib(1);
  std::function<std::uint32_t()> next_serial;  // process-wide, any thread
  RandomBytes random = system_random;          // for record ids; called on the appending thread
};

class Segment {
 public:
  // Files appear with the first write. Nothing is opened before.
  explicit Segment(SegmentOptions options);
  ~Segment();  // what was not written is dropped; close() first

  // Appends `request` and `response` records, each one gzip member, to the pending group: afterwards the body's bytes
  // are held once, compressed. `now` dates a new file's name. Returns the place of the response record, which holds
  // from now on: a file is changed (segment_bytes reached) only where a group begins.
  RecordPlace append_exchange(const Exchange& exchange, WallTime now);
  void append_page(std::string_view json_line, WallTime now);     // feed/pages-*.jsonl, without line end
  void append_fetch(std::string_view json_line, WallTime now);    // log/fetches-*.jsonl
  void append_refused(std::string_view json_line, WallTime now);  // log/refused-*.jsonl
  void append_lever(std::string_view json_line, WallTime now);    // log/levers-*.jsonl

  web::Bytes pending() const;  // appended and not yet handed out by take_group()

  // A group of appended bytes on its way to disk. Owned by whoever writes it.
  class Group {
   public:
    ~Group();
    web::Bytes size() const;

   private:
    friend class Segment;
    struct Parts;
    Group();
    std::unique_ptr<Parts> parts_;
  };
  std::unique_ptr<Group> take_group();  // null if nothing is pending; at most one outstanding

  // Writes and fdatasyncs the group: WARC first, pages last. Where the group begins a new file, the full one is then
  // closed; should that fail, the next rotation or close() tries again. On error nothing of the group counts as
  // written: the files are cut back to where they were. Blocking; any thread. Call again with the same group to retry;
  // a group that comes before its predecessor was written is refused (std::errc::invalid_argument).
  std::error_code write(Group& group);

  // Writes what is pending and closes all files under their final names, with their CDXJ. Blocking. Call when no group
  // is outstanding and nobody appends. On error some may be closed; call again to retry. Appending afterwards begins
  // anew.
  std::error_code close();

  std::uint64_t written_bytes() const;  // since start, any thread

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace storage
