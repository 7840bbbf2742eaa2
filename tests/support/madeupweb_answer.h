// One answer as a host gives it: what is sent, and in what manner.
// A plain value.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace madeupweb {

struct Request {
  std::string_view method, target;  // target in origin form: "/path?query"
  std::string_view head;            // everything up to the empty line
  int host = 0;                     // index of the host, -1: the directory on 127.0.0.1
};

struct Answer {
  enum class End { keep, close, reset, hang };  // what follows the last byte

  int status = 200;  // 0 where no HTTP is spoken
  std::string content_type = "text/html; charset=utf-8";
  std::string fields{};  // further header lines, each with its CRLF
  std::string body{};
  std::uint64_t filler = 0;   // so many bytes of filler text follow the body
  std::uint64_t missing = 0;  // Content-Length promises so many more than are sent
  bool chunked = false;       // the body is chunked already
  bool hold = false;          // the end waits as --hold says
  int delay_ms = 0;           // before the first byte
  int drip_ms = 0;            // between any two bytes of the body; 0: at once
  End end = End::keep;
};

}  // namespace madeupweb
