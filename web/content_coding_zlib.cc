// gzip and deflate, by zlib.
#include <zlib.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "web/content_coding_layer.h"

namespace web {
namespace {

constexpr int kGzipWindow = 15 + 16;
constexpr int kZlibWindow = 15;
constexpr int kRawWindow = -15;

// zlib's state, 40 KiB.
class Inflater {
 public:
  Inflater() : ready_(inflateInit2(&stream_, kGzipWindow) == Z_OK) {}
  ~Inflater() {
    if (ready_) inflateEnd(&stream_);
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  bool reset(int window) { return ready_ && inflateReset2(&stream_, window) == Z_OK; }
  z_stream& stream() { return stream_; }

 private:
  z_stream stream_{};
  bool ready_;
};

// The one that this thread keeps between bodies, so that it is set up once and not once a page.
std::unique_ptr<Inflater>& spare_inflater() {
  thread_local std::unique_ptr<Inflater> spare;
  return spare;
}

class InflateLayer final : public CodingLayer {
 public:
  explicit InflateLayer(int window) : inflater_(std::exchange(spare_inflater(), nullptr)), window_(window) {
    if (!inflater_) inflater_ = std::make_unique<Inflater>();
    usable_ = inflater_->reset(window);
  }
  ~InflateLayer() override { spare_inflater() = std::move(inflater_); }

  DecodeStep step(std::string_view& in, char* to, std::size_t room, std::size_t& written) override {
    if (!usable_) return DecodeStep::corrupt;
    if (between_members_) {
      // Further members may follow (RFC 1952 2.2); anything else behind the first is no part of the body.
      if (!in.starts_with("\x1F\x8B") || !inflater_->reset(window_)) return DecodeStep::done;
      between_members_ = false;
    }
    constexpr std::size_t kMost = std::numeric_limits<uInt>::max();
    z_stream& stream = inflater_->stream();
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));  // zlib only reads there
    stream.avail_in = static_cast<uInt>(std::min(in.size(), kMost));
    const uInt offered = stream.avail_in;
    stream.next_out = reinterpret_cast<Bytef*>(to);
    stream.avail_out = static_cast<uInt>(std::min(room, kMost));
    const int result = inflate(&stream, Z_NO_FLUSH);
    in.remove_prefix(offered - stream.avail_in);
    written = static_cast<std::size_t>(reinterpret_cast<char*>(stream.next_out) - to);
    if (result == Z_STREAM_END) {
      between_members_ = window_ == kGzipWindow;
      return between_members_ ? DecodeStep::more : DecodeStep::done;
    }
    if (result != Z_OK && result != Z_BUF_ERROR) return DecodeStep::corrupt;
    return in.empty() && stream.avail_out != 0 ? DecodeStep::starved : DecodeStep::more;
  }

 private:
  std::unique_ptr<Inflater> inflater_;
  int window_;
  bool usable_ = false, between_members_ = false;
};

}  // namespace

std::unique_ptr<CodingLayer> gzip_layer() {
  return std::make_unique<InflateLayer>(kGzipWindow);
}

std::unique_ptr<CodingLayer> zlib_layer() {
  return std::make_unique<InflateLayer>(kZlibWindow);
}

std::unique_ptr<CodingLayer> deflate_layer() {
  return std::make_unique<InflateLayer>(kRawWindow);
}

}  // namespace web
