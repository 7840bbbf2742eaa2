// What the crawl makes of a parsed URL: its identity, its host's name, its robots.txt.
#include "web/url.h"
#include "web/url_chars.h"

namespace web {
namespace {

// Escapes in upper case, those of unreserved octets undone (RFC 3986 6.2.2.2). An octet that would complete a broken
// escape before it ("%4%31") keeps its own, so that a second pass finds nothing new.
std::string with_plain_escapes(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  std::size_t stray = std::string::npos;  // where in `out` the last '%' without two hex digits stands
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int octet = escaped_octet(text, i);
    if (octet < 0) {
      if (text[i] == '%') stray = out.size();
      out += text[i];
      continue;
    }
    i += 2;
    const char c = static_cast<char>(octet);
    const bool next_to_stray = stray == out.size() - 1 || (stray == out.size() - 2 && hex_value(out.back()) >= 0);
    if (is_unreserved(c) && !(stray != std::string::npos && next_to_stray && hex_value(c) >= 0)) {
      out += c;
    } else {
      append_escape(out, static_cast<unsigned char>(octet));
    }
  }
  return out;
}

void undo_plain_escapes(std::string& text) {
  if (text.find('%') != std::string::npos) text = with_plain_escapes(text);
}

}  // namespace

Url normalize(Url url) {
  url.fragment.reset();
  undo_plain_escapes(url.path);
  if (url.query) undo_plain_escapes(*url.query);
  return url;
}

std::string host_key(const Url& url) {
  const bool dotted = url.host.size() > 1 && url.host.ends_with('.');
  return dotted ? url.host.substr(0, url.host.size() - 1) : url.host;
}

std::string robots_url(const Url& url) {
  return url.origin() + "/robots.txt";
}

}  // namespace web
