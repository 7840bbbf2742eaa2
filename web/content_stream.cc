#include "web/content_stream.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "web/content_coding_layer.h"

namespace web {
namespace {

constexpr std::size_t kPiece = 64 << 10;

}  // namespace

ContentStream::ContentStream(std::string_view raw, std::string_view coding, const DecodeLimits& limits, bool unzip)
    : layers_(1), layer_limit_(output_limit(raw.size(), limits)), body_limit_(limits.max_output.n) {
  layers_.back().in = raw;
  const std::vector<std::string_view> codings = codings_of(coding);
  if (codings.size() > static_cast<std::size_t>(limits.max_layers)) {
    status_ = Decoded::Status::over_limit;
    layers_.back().in = {};
  }
  for (const std::string_view name : codings) {
    if (!add_layer(name)) break;
  }
  fill(layers_.size() - 1);
  if (unzip && layers_.back().in.starts_with("\x1F\x8B")) add_layer("gzip");
}

ContentStream::~ContentStream() = default;

// False where nothing is left to undo, or we know no way.
bool ContentStream::add_layer(std::string_view coding) {
  fill(layers_.size() - 1);
  Layer& last = layers_.back();
  if (last.in.empty()) return false;
  last.undo = layer_of(coding, last.in);
  if (!last.undo) {
    fault(Decoded::Status::unknown_coding);
    return false;
  }
  layers_.emplace_back().room.resize(kPiece);
  return true;
}

// Gives the layer something to read, kLookahead bytes of it unless the layer below has ended.
void ContentStream::fill(std::size_t index) {
  Layer& layer = layers_[index];
  if (index == 0 || layer.in.size() >= kLookahead) return;
  std::size_t have = layer.in.size();
  if (have != 0) std::memmove(layer.room.data(), layer.in.data(), have);
  while (have < kLookahead) {
    const std::size_t more = read(index - 1, layer.room.data() + have, layer.room.size() - have);
    if (more == 0) break;
    have += more;
  }
  layer.in = std::string_view(layer.room.data(), have);
}

// What the layer writes next, at least a byte of it; 0 once it has ended.
std::size_t ContentStream::read(std::size_t index, char* to, std::size_t room) {
  while (!layers_[index].ended) {
    fill(index);
    Layer& layer = layers_[index];
    const bool last = layer.in.size() < kLookahead;
    std::size_t written = 0;
    const DecodeStep step = layer.undo->step(layer.in, to, room, written);
    layer.ended = step == DecodeStep::done || step == DecodeStep::corrupt || (step == DecodeStep::starved && last);
    if (step == DecodeStep::corrupt) fault(Decoded::Status::corrupt);
    if (step == DecodeStep::starved && last) fault(Decoded::Status::truncated);
    layer.written += written;
    if (layer.written > layer_limit_) {
      layer.ended = true;
      fault(Decoded::Status::over_limit);
      written -= std::min(written, layer.written - layer_limit_);
    }
    if (written != 0) return written;
  }
  return 0;
}

// The first fault is what is told of; those behind it follow from it.
void ContentStream::fault(Decoded::Status status) {
  if (status_ == Decoded::Status::complete) status_ = status;
}

std::string_view ContentStream::next() {
  Layer& last = layers_.back();
  fill(layers_.size() - 1);
  std::string_view piece = std::exchange(last.in, {});
  if (last.room.empty()) {  // the body itself, which needs no room
    last.in = piece.substr(std::min(piece.size(), kPiece));
    piece = piece.substr(0, kPiece);
  }
  if (piece.size() > body_limit_ - given_) {
    piece = piece.substr(0, body_limit_ - given_);
    last.in = {};
    fault(Decoded::Status::over_limit);
  }
  given_ += piece.size();
  return piece;
}

}  // namespace web
