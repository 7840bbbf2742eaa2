// gzip and deflate, by zlib.
#include <zlib.h>

#include <limits>

#include "web/content_coding_layer.h"

namespace web {
namespace {

constexpr int kGzipWindow = 15 + 16;
constexpr int kZlibWindow = 15;
constexpr int kRawWindow = -15;

// This thread's inflater: its 40 KiB are set up once, not once a page.
class Inflater {
 public:
  ~Inflater() {
    if (ready_) inflateEnd(&stream_);
  }

  bool start(std::string_view in, int window) {
    if (!ready_) ready_ = inflateInit2(&stream_, window) == Z_OK;
    if (!ready_ || inflateReset2(&stream_, window) != Z_OK) return false;
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));  // zlib only reads there
    left_ = in.size();
    stream_.avail_in = 0;
    members_ = window == kGzipWindow;
    return true;
  }

  DecodeStep step(char* to, std::size_t room, std::size_t& written) {
    constexpr std::size_t kMost = std::numeric_limits<uInt>::max();
    const auto offered = static_cast<uInt>(std::min(left_, kMost));
    stream_.avail_in = offered;
    stream_.next_out = reinterpret_cast<Bytef*>(to);
    stream_.avail_out = static_cast<uInt>(std::min(room, kMost));
    const int result = inflate(&stream_, Z_NO_FLUSH);
    left_ -= offered - stream_.avail_in;
    written = static_cast<std::size_t>(reinterpret_cast<char*>(stream_.next_out) - to);
    if (result == Z_STREAM_END) return next_member() ? DecodeStep::more : DecodeStep::done;
    if (result != Z_OK && result != Z_BUF_ERROR) return DecodeStep::corrupt;
    return left_ == 0 && stream_.avail_out != 0 ? DecodeStep::starved : DecodeStep::more;
  }

 private:
  // Further members may follow (RFC 1952 2.2); anything else behind the first is no part of the body.
  bool next_member() {
    const bool follows = members_ && left_ >= 2 && stream_.next_in[0] == 0x1F && stream_.next_in[1] == 0x8B;
    return follows && inflateReset(&stream_) == Z_OK;
  }

  z_stream stream_{};
  std::size_t left_ = 0;
  bool ready_ = false, members_ = false;
};

Decoded::Status inflate_all(std::string_view in, int window, std::size_t limit, std::string& out) {
  thread_local Inflater inflater;
  if (!inflater.start(in, window)) return Decoded::Status::corrupt;
  return drain_layer(in.size() * 4, limit, out,
                     [](char* to, std::size_t room, std::size_t& written) { return inflater.step(to, room, written); });
}

bool has_zlib_header(std::string_view in) {
  if (in.size() < 2) return false;
  const auto cmf = static_cast<unsigned char>(in[0]), flg = static_cast<unsigned char>(in[1]);
  return (cmf & 0x0F) == 8 && (cmf * 256 + flg) % 31 == 0;
}

}  // namespace

Decoded::Status undo_gzip(std::string_view in, std::size_t limit, std::string& out) {
  return inflate_all(in, kGzipWindow, limit, out);
}

Decoded::Status undo_deflate(std::string_view in, std::size_t limit, std::string& out) {
  if (!has_zlib_header(in)) return inflate_all(in, kRawWindow, limit, out);
  const Decoded::Status status = inflate_all(in, kZlibWindow, limit, out);
  if (status != Decoded::Status::corrupt) return status;
  std::string raw;  // bare deflate data may begin like a zlib header
  const Decoded::Status raw_status = inflate_all(in, kRawWindow, limit, raw);
  if (raw_status == Decoded::Status::corrupt && raw.size() <= out.size()) return status;
  out = std::move(raw);
  return raw_status;
}

}  // namespace web
