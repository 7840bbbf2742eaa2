#include "storage/cdxj.h"

#include <algorithm>
#include <vector>

namespace storage {
namespace {

constexpr char kDigits[] = "0123456789ABCDEF";

void append_escaped(std::string& out, unsigned char byte) {
  out.append({'%', kDigits[byte >> 4], kDigits[byte & 15]});
}

std::string lower(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte >= 0x7f) {
      append_escaped(result, byte);
    } else {
      result.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c);
    }
  }
  return result;
}

std::string_view without_www(std::string_view host) {
  if (!host.starts_with("www")) return host;
  const std::size_t end = std::min(host.find_first_not_of("0123456789", 3), host.size());
  return host.substr(end, 1) == "." ? host.substr(end + 1) : host;
}

void append_host(std::string& out, std::string_view host) {
  if (host.starts_with('[')) {
    out.append(host);
    return;
  }
  for (std::size_t end = host.size();;) {
    const std::size_t dot = end == 0 ? std::string_view::npos : host.rfind('.', end - 1);
    out.append(
        host.substr(dot == std::string_view::npos ? 0 : dot + 1, dot == std::string_view::npos ? end : end - dot - 1));
    if (dot == std::string_view::npos) return;
    out.push_back(',');
    end = dot;
  }
}

void append_sorted_query(std::string& out, std::string_view query) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0;;) {
    const std::size_t end = query.find('&', begin);
    parts.push_back(query.substr(begin, end == std::string_view::npos ? end : end - begin));
    if (end == std::string_view::npos) break;
    begin = end + 1;
  }
  std::sort(parts.begin(), parts.end());
  char before = '?';
  for (const std::string_view part : parts) {
    out.push_back(before);
    out.append(part);
    before = '&';
  }
}

// Bytes that are not ASCII become %XX: then the line is valid JSON whatever the value was.
void append_json(std::string& out, std::string_view name, std::string_view value) {
  out.append("\"").append(name).append("\":\"");
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.append({'\\', c});
    } else if (byte < 0x20 || byte >= 0x7f) {
      append_escaped(out, byte);
    } else {
      out.push_back(c);
    }
  }
  out.append("\",");
}

}  // namespace

std::string surt(std::string_view url) {
  const std::string text = lower(url);
  std::string_view rest = text;
  std::string_view default_port;
  if (rest.starts_with("http://")) {
    rest.remove_prefix(7);
    default_port = "80";
  } else if (rest.starts_with("https://")) {
    rest.remove_prefix(8);
    default_port = "443";
  } else {
    return text;
  }

  rest = rest.substr(0, rest.find('#'));
  const std::size_t host_end = std::min(rest.find_first_of("/?"), rest.size());
  std::string_view host = rest.substr(0, host_end);
  rest.remove_prefix(host_end);
  if (const std::size_t at = host.rfind('@'); at != std::string_view::npos) host.remove_prefix(at + 1);
  std::string_view port;
  if (const std::size_t colon = host.rfind(':'); colon != std::string_view::npos && host.back() != ']') {
    port = host.substr(colon + 1);
    host = host.substr(0, colon);
  }
  const std::size_t path_end = std::min(rest.find('?'), rest.size());
  const std::string_view path = rest.substr(0, path_end);
  const std::string_view query = path_end < rest.size() ? rest.substr(path_end + 1) : std::string_view{};

  std::string key;
  key.reserve(text.size());
  append_host(key, without_www(host));
  if (!port.empty() && port != default_port) key.append(":").append(port);
  key.append(")").append(path.empty() ? "/" : path);
  if (!query.empty()) append_sorted_query(key, query);
  return key;
}

void append_index_line(std::string& out, const IndexEntry& entry) {
  std::string_view digest = entry.digest;
  if (const std::size_t colon = digest.find(':'); colon != std::string_view::npos) digest.remove_prefix(colon + 1);
  out.append(surt(entry.url)).append(" ").append(entry.stamp).append(" {");
  append_json(out, "url", entry.url);
  append_json(out, "mime", entry.mime.empty() ? "unk" : entry.mime);
  append_json(out, "status", entry.status == 0 ? "-" : std::to_string(entry.status));
  append_json(out, "digest", digest);
  append_json(out, "length", std::to_string(entry.length));
  append_json(out, "offset", std::to_string(entry.offset));
  append_json(out, "filename", entry.file);
  out.back() = '}';
  out.push_back('\n');
}

}  // namespace storage
