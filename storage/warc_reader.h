// Takes one WARC record apart as its bytes come out of a gzip member, and holds it against what its header says.
// One thread at a time; a parser reads one record.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/digest.h"
#include "web/headers.h"

namespace storage {

class RecordParser {
 public:
  enum class Digests { skip, compute };
  explicit RecordParser(Digests digests);

  void feed(std::string_view bytes);

  // At the member's end: whether it held exactly one record whose block is as long as its header says.
  bool finish();
  std::string_view problem() const { return problem_; }  // why not; one line

  const web::Headers& fields() const { return fields_; }
  std::string_view get(std::string_view name) const { return fields_.get(name); }

  // Of a block of Content-Type application/http: its head, empty line included. Empty for other blocks.
  std::string_view http_head() const { return http_head_; }

  // "sha1:BASE32" of the block, and of what follows the HTTP head (for other blocks: of the block).
  // Nothing where they were not computed, or the HTTP head has no end.
  const std::optional<std::string>& block_digest() const { return block_digest_; }
  const std::optional<std::string>& payload_digest() const { return payload_digest_; }

 private:
  enum class Stage { header, block, end };
  void read_header();
  void read_block(std::string_view bytes);
  void fail(std::string_view why);

  const Digests digests_;
  Stage stage_ = Stage::header;
  std::string header_;
  web::Headers fields_;
  std::uint64_t left_ = 0;    // of the block
  std::size_t end_seen_ = 0;  // of the four bytes behind it
  bool in_http_head_ = false;
  std::string http_head_;
  Sha1 block_, payload_;
  std::optional<std::string> block_digest_, payload_digest_;
  std::string problem_;
};

// Adds the CDXJ line of a record that belongs into the index: a response. False for any other.
bool index_record(const RecordParser& record, std::uint64_t offset, std::uint64_t length, std::string_view file,
                  std::string& out);

}  // namespace storage
