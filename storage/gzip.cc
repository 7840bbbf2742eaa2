#include "storage/gzip.h"

#include <libdeflate.h>

#include <cassert>
#include <new>

#include "storage/gzip_stream.h"

namespace storage {
namespace {

constexpr int kLevel = 1;
constexpr std::size_t kAtOnce = 8 << 20;
constexpr std::size_t kScratchKept = 1 << 20;  // a larger scratch is given back

}  // namespace

void GzipCompressor::Free::operator()(libdeflate_compressor* compressor) const {
  libdeflate_free_compressor(compressor);
}

GzipCompressor::GzipCompressor() : compressor_(libdeflate_alloc_compressor(kLevel)) {
  if (compressor_ == nullptr) throw std::bad_alloc();
}

std::uint64_t GzipCompressor::add_member(std::span<const std::string_view> pieces, ByteChunks& out) {
  std::size_t total = 0;
  for (const std::string_view piece : pieces) total += piece.size();
  if (total >= kAtOnce) return add_streamed_member(pieces, out);

  scratch_.clear();
  scratch_.reserve(total);
  for (const std::string_view piece : pieces) scratch_.append(piece);
  const std::size_t bound = libdeflate_gzip_compress_bound(compressor_.get(), total);
  const std::size_t length =
      libdeflate_gzip_compress(compressor_.get(), scratch_.data(), total, out.reserve(bound), bound);
  assert(length > 0);  // the bound is enough for any input
  out.commit(length);
  if (scratch_.capacity() > kScratchKept) std::string().swap(scratch_);
  return length;
}

std::uint32_t crc32(std::string_view bytes, std::uint32_t before) {
  return libdeflate_crc32(before, bytes.data(), bytes.size());
}

}  // namespace storage
