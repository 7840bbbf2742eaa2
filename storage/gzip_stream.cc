#include "storage/gzip_stream.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>
#include <new>
#include <string>

#include "storage/file.h"
#include "storage/gzip.h"

namespace storage {
namespace {

constexpr int kLevel = 1;
constexpr int kGzip = 15 + 16;  // the largest window, gzip framing
constexpr std::size_t kPiece = 64 * 1024;
constexpr std::size_t kLongestStored = 65535;                              // of a stored block (RFC 1951 3.2.4)
constexpr std::string_view kHeader("\x1f\x8b\x08\0\0\0\0\0\x04\xff", 10);  // RFC 1952 2.3: no time, fast, no system

// A raw deflate stream into `out`. Memory goes with what there is to compress: heads of records need little.
class Deflater {
 public:
  Deflater(std::uint64_t to_compress, ByteChunks& out) : out_(out) {
    const bool small = to_compress <= kPiece;
    if (deflateInit2(&z_, kLevel, Z_DEFLATED, small ? -12 : -15, small ? 5 : 8, Z_DEFAULT_STRATEGY) != Z_OK) {
      throw std::bad_alloc();
    }
  }
  ~Deflater() { deflateEnd(&z_); }

  void compress(std::string_view bytes) {
    while (!bytes.empty()) {
      const std::size_t n = std::min<std::size_t>(bytes.size(), std::numeric_limits<uInt>::max());
      z_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
      z_.avail_in = static_cast<uInt>(n);
      run(Z_NO_FLUSH);
      bytes.remove_prefix(n);
    }
  }

  // After a full flush the stream stands at a byte and will not refer back across the stored bytes, which zlib never
  // saw.
  void store(std::string_view bytes) {
    run(Z_FULL_FLUSH);
    while (!bytes.empty()) {
      const std::string_view block = bytes.substr(0, kLongestStored);
      const auto n = static_cast<std::uint16_t>(block.size());
      const auto low = [](unsigned value) { return static_cast<char>(value & 0xff); };
      const char head[] = {0, low(n), low(n >> 8), low(~n), low(~n >> 8)};
      out_.append({head, sizeof head});
      out_.append(block);
      bytes.remove_prefix(block.size());
    }
  }

  void finish() { run(Z_FINISH); }

 private:
  void run(int flush) {
    do {
      z_.next_out = reinterpret_cast<Bytef*>(out_.reserve(kPiece));
      z_.avail_out = kPiece;
      deflate(&z_, flush);
      out_.commit(kPiece - z_.avail_out);
    } while (z_.avail_out == 0);
  }

  z_stream z_{};
  ByteChunks& out_;
};

std::string little_endian(std::uint32_t value) {
  std::string bytes;
  for (int shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<char>((value >> shift) & 0xff));
  return bytes;
}

}  // namespace

std::uint64_t add_streamed_member(std::span<const MemberPiece> pieces, ByteChunks& out) {
  const std::uint64_t before = out.size();
  std::uint64_t total = 0, to_compress = 0;
  for (const MemberPiece& piece : pieces) {
    total += piece.bytes.size();
    if (!piece.stored) to_compress += piece.bytes.size();
  }
  std::uint32_t checksum = 0;
  out.append(kHeader);
  Deflater deflater(to_compress, out);
  for (const MemberPiece& piece : pieces) {
    checksum = crc32(piece.bytes, checksum);
    if (piece.stored) {
      deflater.store(piece.bytes);
    } else {
      deflater.compress(piece.bytes);
    }
  }
  deflater.finish();
  out.append(little_endian(checksum));
  out.append(little_endian(static_cast<std::uint32_t>(total)));
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
