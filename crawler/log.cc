#include "crawler/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <nlohmann/json.hpp>

namespace crawler {
namespace {

std::string time_text(std::chrono::system_clock::time_point when) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(when.time_since_epoch()).count();
  const std::time_t seconds = static_cast<std::time_t>(ms / 1000);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday,
                     utc.tm_hour, utc.tm_min, utc.tm_sec, ms % 1000);
}

std::string level_name(spdlog::level::level_enum level) {
  if (level == spdlog::level::warn) return "warn";
  const auto name = spdlog::level::to_string_view(level);
  return {name.data(), name.size()};
}

int journal_priority(spdlog::level::level_enum level) {  // as sd-daemon(3) numbers them
  switch (level) {
    case spdlog::level::critical:
      return 2;
    case spdlog::level::err:
      return 3;
    case spdlog::level::warn:
      return 4;
    case spdlog::level::info:
      return 6;
    default:
      return 7;
  }
}

std::string json_string(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

class LineFormatter : public spdlog::formatter {
 public:
  explicit LineFormatter(LogStyle style) : style_(style) {}

  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    const std::string_view text(message.payload.data(), message.payload.size());
    const std::string line = line_of(message, text);
    out.append(line.data(), line.data() + line.size());
  }
  std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<LineFormatter>(style_); }

 private:
  std::string line_of(const spdlog::details::log_msg& message, std::string_view text) const {
    if (style_ == LogStyle::json)
      return fmt::format("{{\"time\":\"{}\",\"level\":\"{}\",\"message\":{}}}\n", time_text(message.time),
                         level_name(message.level), json_string(text));
    if (style_ == LogStyle::journal) return fmt::format("<{}>{}\n", journal_priority(message.level), printable(text));
    return fmt::format("{}{} {:<5} {}\n", style_ == LogStyle::terminal ? "\r\x1b[K" : "", time_text(message.time),
                       level_name(message.level), printable(text));
  }

  const LogStyle style_;
};

// Turns the direction in which a terminal shows what follows: U+202A to U+202E, U+2066 to U+2069.
bool turns_text(std::string_view text) {
  const auto last = text.size() < 3 ? 0u : static_cast<unsigned char>(text[2]);
  return (text.starts_with("\xe2\x80") && last >= 0xaa && last <= 0xae) ||
         (text.starts_with("\xe2\x81") && last >= 0xa6 && last <= 0xa9);
}

// The length of the UTF-8 character that starts `text`, 0 if none does, it is a C1 control or turns the text.
std::size_t character_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const auto follows = [&](std::size_t i) { return byte(i) >= 0x80 && byte(i) < 0xc0; };
  const unsigned first = byte(0), second = byte(1);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first < 0xe0) return follows(1) && (first > 0xc2 || second >= 0xa0) ? 2 : 0;
  if (first >= 0xe0 && first < 0xf0) {
    const bool overlong = first == 0xe0 && second < 0xa0, surrogate = first == 0xed && second >= 0xa0;
    return follows(1) && follows(2) && !overlong && !surrogate && !turns_text(text) ? 3 : 0;
  }
  if (first >= 0xf0 && first < 0xf5) {
    const bool outside = (first == 0xf0 && second < 0x90) || (first == 0xf4 && second >= 0x90);
    return follows(1) && follows(2) && follows(3) && !outside ? 4 : 0;
  }
  return 0;
}

}  // namespace

std::string printable(std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto byte = static_cast<unsigned char>(text[0]);
    const std::size_t length = byte < 0x20 || byte == 0x7f ? 0 : character_length(text);
    if (length > 0)
      out += text.substr(0, length);
    else if (byte == '\n')
      out += "\\n";
    else
      out += "\\x", out += kHex[byte >> 4], out += kHex[byte & 15];
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

LogStyle log_style_for_stderr(std::string_view format) {
  if (format == "json") return LogStyle::json;
  struct stat info {};
  const char* journal = std::getenv("JOURNAL_STREAM");  // "device:inode"
  if (journal && fstat(STDERR_FILENO, &info) == 0 &&
      fmt::format("{}:{}", static_cast<std::uint64_t>(info.st_dev), static_cast<std::uint64_t>(info.st_ino)) == journal)
    return LogStyle::journal;
  return isatty(STDERR_FILENO) ? LogStyle::terminal : LogStyle::text;
}

std::unique_ptr<spdlog::formatter> make_log_formatter(LogStyle style) {
  return std::make_unique<LineFormatter>(style);
}

void init_logging(std::string_view level, std::string_view format) {
  auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  sink->set_formatter(make_log_formatter(log_style_for_stderr(format)));
  auto logger = std::make_shared<spdlog::logger>("decorum", std::move(sink));
  logger->set_level(spdlog::level::from_str(std::string(level)));
  spdlog::set_default_logger(std::move(logger));
}

void shutdown_logging() {
  spdlog::shutdown();
}

}  // namespace crawler
