#include "storage/gzip_stream.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>
#include <new>

#include "storage/file.h"

namespace storage {
namespace {

constexpr int kLevel = 1;
constexpr int kGzip = 15 + 16;  // the largest window, gzip framing
constexpr int kMemory = 8;
constexpr std::size_t kPiece = 64 * 1024;

Bytef* input(std::string_view bytes) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
}

}  // namespace

std::uint64_t add_streamed_member(std::span<const std::string_view> pieces, ByteChunks& out) {
  z_stream stream{};
  if (deflateInit2(&stream, kLevel, Z_DEFLATED, kGzip, kMemory, Z_DEFAULT_STRATEGY) != Z_OK) throw std::bad_alloc();
  const std::uint64_t before = out.size();
  const auto run = [&](int flush) {
    int result = Z_OK;
    do {
      stream.next_out = reinterpret_cast<Bytef*>(out.reserve(kPiece));
      stream.avail_out = kPiece;
      result = deflate(&stream, flush);
      out.commit(kPiece - stream.avail_out);
    } while (stream.avail_out == 0 || (flush == Z_FINISH && result == Z_OK));
  };
  for (std::string_view piece : pieces) {
    while (!piece.empty()) {
      const std::size_t n = std::min<std::size_t>(piece.size(), std::numeric_limits<uInt>::max());
      stream.next_in = input(piece);
      stream.avail_in = static_cast<uInt>(n);
      run(Z_NO_FLUSH);
      piece.remove_prefix(n);
    }
  }
  run(Z_FINISH);
  deflateEnd(&stream);
  return out.size() - before;
}

struct MemberReader::Stream {
  z_stream z{};
  std::array<char, kPiece> in, out;
  Stream() {
    if (inflateInit2(&z, kGzip) != Z_OK) throw std::bad_alloc();
  }
  ~Stream() { inflateEnd(&z); }
};

MemberReader::MemberReader(int fd, std::uint64_t offset)
    : fd_(fd), begin_(offset), position_(offset), read_to_(offset), stream_(std::make_unique<Stream>()) {}

MemberReader::~MemberReader() = default;

bool MemberReader::fill() {
  z_stream& z = stream_->z;
  const std::size_t n = read_at(fd_, read_to_, stream_->in.data(), stream_->in.size(), error_);
  read_to_ += n;
  z.next_in = reinterpret_cast<Bytef*>(stream_->in.data());
  z.avail_in = static_cast<uInt>(n);
  return n > 0;
}

MemberReader::Result MemberReader::next(const Sink& sink) {
  z_stream& z = stream_->z;
  begin_ = position_;
  if (z.avail_in == 0 && !fill()) return error_ ? Result::failed : Result::end;
  inflateReset(&z);
  for (;;) {
    if (z.avail_in == 0 && !fill()) return error_ ? Result::failed : Result::damaged;
    z.next_out = reinterpret_cast<Bytef*>(stream_->out.data());
    z.avail_out = static_cast<uInt>(stream_->out.size());
    const int result = inflate(&z, Z_NO_FLUSH);
    const std::size_t n = stream_->out.size() - z.avail_out;
    if (n > 0) sink({stream_->out.data(), n});
    if (result == Z_STREAM_END) {
      position_ = read_to_ - z.avail_in;
      return Result::whole;
    }
    if (result != Z_OK && result != Z_BUF_ERROR) return Result::damaged;
  }
}

}  // namespace storage
