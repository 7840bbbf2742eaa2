// Undoes Content-Encoding piece by piece, for what is too long to be held whole.
// Any thread; one body each. Some 64 KiB and the decoder's own window are all it holds of each layer.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "web/content_coding.h"

namespace web {

class CodingLayer;

class ContentStream {
 public:
  // `raw` must outlive it. Codings, limits and faults are those of decode_content(), but "deflate" is read as what its
  // first bytes say. With `unzip` a body that is a gzip file under its codings is unpacked too.
  ContentStream(std::string_view raw, std::string_view coding, const DecodeLimits& limits, bool unzip);
  ~ContentStream();

  // What comes next, valid until the next call; empty when nothing is left, and status() says why.
  std::string_view next();
  Decoded::Status status() const { return status_; }

 private:
  // The last one has nothing to undo: what reaches it is what comes out.
  struct Layer {
    std::unique_ptr<CodingLayer> undo;
    std::string_view in;  // what it has still to read: of the body in the first, else of `room`
    std::string room;
    std::size_t written = 0;
    bool ended = false;
  };

  bool add_layer(std::string_view coding);
  void fill(std::size_t index);
  std::size_t read(std::size_t index, char* to, std::size_t room);
  void fault(Decoded::Status status);

  std::vector<Layer> layers_;
  std::size_t layer_limit_, body_limit_, given_ = 0;
  Decoded::Status status_ = Decoded::Status::complete;
};

}  // namespace web
