// What the tests of storage/ share: a folder of their own, plain file access, and a second reading of WARC files that
// uses nothing of storage/ but zlib.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "storage/segment.h"

namespace storage_test {

namespace fs = std::filesystem;

// A new folder, in memory where the machine has /dev/shm: thousands of salvages would wear a disk for nothing.
class Folder {
 public:
  Folder() {
    std::string name = (::access("/dev/shm", W_OK) == 0 ? "/dev/shm" : ::testing::TempDir()) + "/storage-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const fs::path& path() const { return path_; }
  fs::path operator/(const fs::path& below) const { return path_ / below; }

 private:
  fs::path path_;
};

inline std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void write_file(const fs::path& path, std::string_view text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary).write(text.data(), static_cast<std::streamsize>(text.size()));
}

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// Names in `dir` that end with `suffix`, sorted.
inline std::vector<std::string> names_in(const fs::path& dir, std::string_view suffix = "") {
  std::vector<std::string> names;
  if (!fs::exists(dir)) return names;
  for (const auto& entry : fs::directory_iterator(dir)) {
    const std::string name = entry.path().filename();
    if (name.ends_with(suffix)) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

struct Record {
  std::uint64_t offset = 0, length = 0;  // of the gzip member
  std::string version;
  std::map<std::string, std::string> fields;
  std::string block;
};

// One gzip member at the beginning of `bytes`, inflated. `used` is its length; 0 if it is not whole.
inline std::string inflate_member(std::string_view bytes, std::size_t& used) {
  z_stream z{};
  inflateInit2(&z, 15 + 16);
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  z.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  std::vector<char> buffer(1 << 16);
  int result = Z_OK;
  while (result == Z_OK) {
    z.next_out = reinterpret_cast<Bytef*>(buffer.data());
    z.avail_out = static_cast<uInt>(buffer.size());
    result = inflate(&z, Z_NO_FLUSH);
    out.append(buffer.data(), buffer.size() - z.avail_out);
  }
  used = result == Z_STREAM_END ? z.total_in : 0;
  inflateEnd(&z);
  return out;
}

// Every record of a WARC file; fails the test where the file is not one record a member from end to end.
inline std::vector<Record> records_of(const fs::path& path) {
  const std::string file = read_file(path);
  std::vector<Record> records;
  for (std::size_t at = 0; at < file.size();) {
    std::size_t used = 0;
    const std::string text = inflate_member(std::string_view(file).substr(at), used);
    if (used == 0) {
      ADD_FAILURE() << path << ": no whole member at " << at;
      break;
    }
    Record record{at, used, {}, {}, {}};
    std::size_t line = text.find("\r\n");
    record.version = text.substr(0, line);
    for (line += 2; text.compare(line, 2, "\r\n") != 0;) {
      const std::size_t end = text.find("\r\n", line), colon = text.find(": ", line);
      record.fields[text.substr(line, colon - line)] = text.substr(colon + 2, end - colon - 2);
      line = end + 2;
    }
    const std::size_t size = std::stoul(record.fields.at("Content-Length"));
    record.block = text.substr(line + 2, size);
    EXPECT_EQ(text.substr(line + 2 + size), "\r\n\r\n");
    records.push_back(std::move(record));
    at += used;
  }
  return records;
}

// 2026-11-20T23:04:05.678Z and `ms` later.
inline storage::WallTime at_time(int ms = 0) {
  using namespace std::chrono;
  return sys_days{2026y / November / 20} + 23h + 4min + 5s + 678ms + milliseconds(ms);
}

inline storage::SegmentOptions options_for(const fs::path& dir) {
  storage::SegmentOptions options;
  options.dir = dir;
  options.software = "decorum/0.1.0";
  options.user_agent = "decorum/0.1.0 (+ops@example.org)";
  options.contact = "ops@example.org";
  options.next_serial = [serial = std::make_shared<std::uint32_t>(0)] { return (*serial)++; };
  return options;
}

// An exchange that owns its text.
struct Page {
  std::string url = "http://example.org/";
  std::string request = "GET / HTTP/1.1\r\nHost: example.org\r\n\r\n";
  std::string head = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n";
  std::string body = "<!doctype html><title>one</title>";
  storage::Exchange exchange() const {
    storage::Exchange e;
    e.url = url;
    e.ip = "192.0.2.1";
    e.sent_at = at_time();
    e.request_head = request;
    e.response_head = head;
    e.body = body;
    return e;
  }
};

inline Page page_number(int n) {
  Page page;
  page.url += "page/" + std::to_string(n);
  page.body = "<p>page " + std::to_string(n) + "</p>";
  return page;
}

inline std::error_code write_pending(storage::Segment& segment) {
  const auto group = segment.take_group();
  return group ? segment.write(*group) : std::error_code{};
}

}  // namespace storage_test
