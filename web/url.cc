#include "web/url.h"

#include <algorithm>

#include "web/url_chars.h"
#include "web/url_host.h"
#include "web/url_path.h"

namespace web {
namespace {

constexpr bool is_slash(char c) {
  return c == '/' || c == '\\';
}

std::uint16_t default_port(std::string_view scheme) {
  if (scheme == "http") return 80;
  if (scheme == "https") return 443;
  return scheme == "ftp" ? 21 : 0;
}

// How long the scheme at the front of `text` is, without its ':'; 0 where there is none.
std::size_t scheme_length(std::string_view text) {
  if (text.empty() || !is_ascii_alpha(text[0])) return 0;
  std::size_t i = 1;
  while (i < text.size() &&
         (is_ascii_alpha(text[i]) || is_ascii_digit(text[i]) || text[i] == '+' || text[i] == '-' || text[i] == '.')) {
    ++i;
  }
  return i < text.size() && text[i] == ':' ? i : 0;
}

// Trims C0 controls and spaces, and takes tabs and line ends out (then the result lies in `storage`).
std::string_view cleaned(std::string_view text, std::string& storage) {
  const auto is_edge = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
  while (!text.empty() && is_edge(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_edge(text.back())) text.remove_suffix(1);
  const auto is_break = [](char c) { return c == '\t' || c == '\n' || c == '\r'; };
  if (std::none_of(text.begin(), text.end(), is_break)) return text;
  storage.reserve(text.size());
  std::remove_copy_if(text.begin(), text.end(), std::back_inserter(storage), is_break);
  return storage;
}

// One run of the standard's basic URL parser. Its states are the methods; `rest_` is what the pointer has before it.
class Parser {
 public:
  Parser(std::string_view input, const Url* base, std::string_view charset)
      : rest_(input), base_(base), charset_(charset) {}

  std::optional<Url> run() {
    url_.path.clear();
    return scheme() ? std::optional(std::move(url_)) : std::nullopt;
  }

 private:
  bool scheme() {
    const std::size_t length = scheme_length(rest_);
    if (length == 0) {
      if (base_ == nullptr) return false;
      url_.scheme = base_->scheme;
      return url_.scheme == "file" ? file() : relative();
    }
    url_.scheme = to_ascii_lower(rest_.substr(0, length));
    rest_.remove_prefix(length + 1);
    if (url_.scheme == "file") return file();
    if (default_port(url_.scheme) == 0) return false;
    const bool same = base_ != nullptr && base_->scheme == url_.scheme;
    return same && !rest_.starts_with("//") ? relative() : authority();
  }

  bool relative() {
    const bool slash = !rest_.empty() && is_slash(rest_[0]);
    if (slash && rest_.size() > 1 && is_slash(rest_[1])) return authority();
    url_.username = base_->username;
    url_.password = base_->password;
    url_.host = base_->host;
    url_.port = base_->port;
    url_.port_zero = base_->port_zero;
    return slash ? path_start() : after_base_path();
  }

  // What stands alone against the base's path: a query, a fragment, nothing, or a path beside the base's last segment.
  bool after_base_path() {
    url_.path = base_->path;
    if (rest_.empty() || rest_[0] == '#') url_.query = base_->query;
    if (rest_.empty() || rest_[0] == '#' || rest_[0] == '?') return query_and_fragment();
    if (is_file() && starts_with_drive_letter(rest_)) {
      url_.path.clear();
    } else {
      shorten_path(url_.path, is_file());
    }
    return path();
  }

  // Any number of slashes, either way round, may stand before the authority of a special URL.
  bool authority() {
    while (!rest_.empty() && is_slash(rest_[0])) rest_.remove_prefix(1);
    std::string_view text = take_until_path();
    const std::size_t at = text.rfind('@');
    if (at != std::string_view::npos) {
      userinfo(text.substr(0, at));
      text.remove_prefix(at + 1);
    }
    const std::size_t colon = text.find(':', text.starts_with('[') ? std::min(text.find(']'), text.size()) : 0);
    if (colon != std::string_view::npos && !port(text.substr(colon + 1))) return false;
    std::optional<std::string> host = parse_host(text.substr(0, colon));
    if (!host) return false;
    url_.host = *std::move(host);
    return path_start();
  }

  void userinfo(std::string_view text) {
    const std::size_t colon = text.find(':');
    append_encoded(url_.username, text.substr(0, colon), kUserinfoSet);
    if (colon != std::string_view::npos) append_encoded(url_.password, text.substr(colon + 1), kUserinfoSet);
  }

  bool port(std::string_view text) {
    std::uint32_t value = 0;
    for (const char c : text) {
      if (!is_ascii_digit(c)) return false;
      value = value * 10 + static_cast<std::uint32_t>(c - '0');
      if (value > 65535) return false;
    }
    url_.port_zero = value == 0 && !text.empty();
    url_.port = value == default_port(url_.scheme) ? 0 : static_cast<std::uint16_t>(value);
    return true;
  }

  bool file() {
    const Url* base = base_ != nullptr && base_->scheme == "file" ? base_ : nullptr;
    if (rest_.empty() || !is_slash(rest_[0])) {
      if (base == nullptr) return path();
      url_.host = base->host;
      return after_base_path();
    }
    if (rest_.size() > 1 && is_slash(rest_[1])) return file_host();
    if (base == nullptr) return path_start();
    url_.host = base->host;
    const std::string_view drive = std::string_view(base->path).substr(0, 3);
    if (!starts_with_drive_letter(rest_.substr(1)) && drive.ends_with(':') && is_drive_letter(drive.substr(1)) &&
        starts_with_drive_letter(std::string_view(base->path).substr(1))) {
      url_.path = drive;
    }
    return path_start();
  }

  bool file_host() {
    rest_.remove_prefix(2);
    const std::string_view from = rest_;
    const std::string_view text = take_until_path();
    if (is_drive_letter(text)) {
      rest_ = from;
      return path();
    }
    if (!text.empty()) {
      std::optional<std::string> host = parse_host(text);
      if (!host) return false;
      if (*host != "localhost") url_.host = *std::move(host);
    }
    return path_start();
  }

  bool path_start() {
    if (!rest_.empty() && is_slash(rest_[0])) rest_.remove_prefix(1);
    return path();
  }

  bool path() {
    const std::size_t end = std::min(rest_.find_first_of("?#"), rest_.size());
    url_.path.reserve(url_.path.size() + end + 1);
    append_path(url_.path, rest_.substr(0, end), is_file());
    rest_.remove_prefix(end);
    return query_and_fragment();
  }

  bool query_and_fragment() {
    const std::size_t hash = rest_.find('#');
    if (rest_.starts_with('?'))
      url_.query = encoded_query(rest_.substr(1, hash == rest_.npos ? hash : hash - 1), charset_);
    if (hash != std::string_view::npos) url_.fragment = encoded_fragment(rest_.substr(hash + 1));
    return true;
  }

  std::string_view take_until_path() {
    std::size_t end = 0;
    while (end < rest_.size() && !is_slash(rest_[end]) && rest_[end] != '?' && rest_[end] != '#') ++end;
    const std::string_view text = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return text;
  }

  bool is_file() const { return url_.scheme == "file"; }

  std::string_view rest_;
  const Url* base_;
  std::string_view charset_;
  Url url_;
};

bool is_web(const Url& url) {
  return url.scheme == "http" || url.scheme == "https";
}

}  // namespace

std::optional<Url> parse_any_url(std::string_view input, const Url* base, std::string_view query_charset) {
  std::string storage;
  return Parser(cleaned(input, storage), base, query_charset).run();
}

std::optional<Url> parse_url(std::string_view input, const Url* base, std::string_view query_charset) {
  std::optional<Url> url = parse_any_url(input, base, query_charset);
  if (url && !is_web(*url)) url.reset();
  return url;
}

std::optional<Url> resolve_url(std::string_view input, std::string_view base) {
  const std::optional<Url> parsed = parse_any_url(base);
  if (parsed) return parse_any_url(input, &*parsed);
  const std::string scheme = scheme_of(base);
  if (scheme.empty() || scheme == "file" || default_port(scheme) != 0) return std::nullopt;
  return parse_any_url(input);
}

std::string scheme_of(std::string_view input) {
  std::string storage;
  const std::string_view text = cleaned(input, storage);
  return to_ascii_lower(text.substr(0, scheme_length(text)));
}

bool leads_elsewhere(std::string_view input) {
  input = trim_html_space(input);
  return !input.empty() && input.front() != '#' &&
         !(input.size() >= 5 && equals_ignoring_case(input.substr(0, 5), "data:"));
}

std::string Url::origin() const {
  std::string text;
  text.reserve(scheme.size() + host.size() + 9);
  text.append(scheme).append("://").append(host);
  if (port != 0 || port_zero) text.append(":").append(std::to_string(port));
  return text;
}

std::string Url::path_and_query() const {
  return query ? path + '?' + *query : path;
}

std::string Url::href() const {
  std::string text;
  text.reserve(scheme.size() + username.size() + password.size() + host.size() + path.size() + 16 +
               (query ? query->size() : 0) + (fragment ? fragment->size() : 0));
  text.append(scheme).append("://");
  if (!username.empty() || !password.empty()) {
    text.append(username);
    if (!password.empty()) text.append(":").append(password);
    text += '@';
  }
  text.append(host);
  if (port != 0 || port_zero) text.append(":").append(std::to_string(port));
  text.append(path);
  if (query) text.append("?").append(*query);
  if (fragment) text.append("#").append(*fragment);
  return text;
}

std::uint16_t Url::effective_port() const {
  return port != 0 || port_zero ? port : default_port(scheme);
}

}  // namespace web
