// An XML document as UTF-8, piece by piece, by the encodings of the web: its parser knows few of them.
// One document's, on its thread; holds a piece and what of the one before was not complete.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace web {

class XmlCharset {
 public:
  // By the XML declaration at the front of `head`, with any label of the Encoding standard. Null where it names none,
  // and for ISO-2022-JP, in which ASCII's bytes may mean something else.
  static std::unique_ptr<XmlCharset> declared_by(std::string_view head);

  // What can be told of the text so far, valid until the next call; with `last` all that is left. What is no character
  // becomes U+FFFD, but UTF-8 stays as it is.
  std::string_view convert(std::string_view piece, bool last);

 private:
  explicit XmlCharset(std::string_view charset) : charset_(charset) {}

  std::string_view charset_;
  std::string torn_, text_;
};

}  // namespace web
