#include "storage/gzip.h"

#include <libdeflate.h>

#include <array>
#include <cassert>
#include <new>
#include <vector>

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
  bool stored = false;
  for (const std::string_view piece : pieces) {
    total += piece.size();
    stored = stored || looks_compressed(piece);
  }
  if (stored || total >= kAtOnce) {
    std::vector<MemberPiece> stream;
    for (const std::string_view piece : pieces) stream.push_back({piece, looks_compressed(piece)});
    return add_streamed_member(stream, out);
  }

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

// With n bytes of 256 equally likely values the squares of the counts sum up to about n + n * n / 256; BASE64, the most
// even text there is, comes to n * n / 64.
bool looks_compressed(std::string_view bytes) {
  constexpr std::size_t kSample = 1024, kPlaces = 4, kAtPlace = kSample / kPlaces;
  if (bytes.size() < kSample) return false;
  std::array<std::uint32_t, 256> counts{};
  for (std::size_t place = 0; place < kPlaces; ++place) {
    const std::size_t at = (bytes.size() - kAtPlace) / (kPlaces - 1) * place;
    for (const char c : bytes.substr(at, kAtPlace)) ++counts[static_cast<unsigned char>(c)];
  }
  std::uint64_t squares = 0;
  for (const std::uint64_t count : counts) squares += count * count;
  return squares < kSample + kSample * kSample / 128;
}

std::uint32_t crc32(std::string_view bytes, std::uint32_t before) {
  return libdeflate_crc32(before, bytes.data(), bytes.size());
}

}  // namespace storage
