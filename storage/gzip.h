// Makes gzip members, one a record, and checksums of short texts. Whole records up to 8 MB go through libdeflate at
// once (fast, needs them in one piece), larger ones through zlib as a stream (gzip_stream.h). One thread at a time;
// owned by its segment.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "storage/byte_chunks.h"

struct libdeflate_compressor;

namespace storage {

class GzipCompressor {
 public:
  GzipCompressor();

  // Adds one gzip member that holds `pieces` in a row. Returns its length.
  std::uint64_t add_member(std::span<const std::string_view> pieces, ByteChunks& out);

 private:
  struct Free {
    void operator()(libdeflate_compressor* compressor) const;
  };
  std::unique_ptr<libdeflate_compressor, Free> compressor_;
  std::string scratch_;  // the pieces in a row
};

// Whether a sample of `bytes` has its values spread as evenly as compressed data: compressing them again gains nothing.
bool looks_compressed(std::string_view bytes);

std::uint32_t crc32(std::string_view bytes, std::uint32_t before = 0);

}  // namespace storage
