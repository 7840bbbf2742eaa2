#include "admin/pages.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "admin/crypto.h"
#include "status_html.h"

namespace admin {

namespace {

// The hash sources of every <tag>...</tag>; the tags carry no attributes.
std::string hashes(std::string_view html, std::string_view tag) {
  const std::string open = fmt::format("<{}>", tag), close = fmt::format("</{}>", tag);
  std::string sources;
  for (std::size_t at = html.find(open); at != std::string_view::npos; at = html.find(open, at)) {
    at += open.size();
    sources += fmt::format(" 'sha256-{}'", sha256_base64(html.substr(at, html.find(close, at) - at)));
  }
  return sources.empty() ? " 'none'" : sources;
}

std::string size_text(double bytes) {
  constexpr std::array<std::string_view, 5> kUnits = {"B", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  while (bytes >= 1024 && unit + 1 < kUnits.size()) {
    bytes /= 1024;
    ++unit;
  }
  return unit == 0 ? fmt::format("{:.0f} B", bytes) : fmt::format("{:.1f} {}", bytes, kUnits[unit]);
}

std::string duration_text(double seconds) {
  const auto s = static_cast<std::int64_t>(std::max(seconds, 0.0));
  if (s >= 86400) return fmt::format("{}d {:02}h", s / 86400, s / 3600 % 24);
  if (s >= 3600) return fmt::format("{}h {:02}m", s / 3600, s / 60 % 60);
  return s >= 60 ? fmt::format("{}m {:02}s", s / 60, s % 60) : fmt::format("{}s", s);
}

template <typename Map>
std::string counts_text(const Map& map) {
  std::string text;
  for (const auto& [key, value] : map) {
    if (value != 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", key, value);
  }
  return text;
}

// A terminal shows this: control characters of the outside stay out.
std::string plain(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return text;
}

void add_line(std::string& out, std::string_view name, std::string value) {
  if (!value.empty()) out += fmt::format("{:<11} {}\n", name, plain(std::move(value)));
}

}  // namespace

StatusPage::StatusPage() : policy_(content_security_policy(status_html)) {}

std::string_view StatusPage::html() const {
  return status_html;
}

std::string content_security_policy(std::string_view html) {
  return fmt::format(
      "default-src 'none'; script-src{}; style-src{}; connect-src 'self'; img-src data:; base-uri 'none'; "
      "form-action 'none'; frame-ancestors 'none'",
      hashes(html, "script"), hashes(html, "style"));
}

std::string status_text(const crawler::Status& status, int max_in_flight) {
  const crawler::Books& books = status.books;
  std::uint64_t started = 0;
  for (const crawler::WorkerStatus& worker : status.workers) started += worker.in_flight;
  std::string out;
  add_line(out, "decorum", fmt::format("{} {}, {}", status.version, status.mode, status.state));
  add_line(out, "up", duration_text(status.uptime_s));
  add_line(out, "books",
           fmt::format("{} discovered = {} queued + {} in flight + {} waiting + {} done + {} refused{}",
                       books.discovered, books.queued, books.in_flight, books.waiting, books.done, books.refused,
                       status.books_imbalance == 0 ? "" : fmt::format(" (off by {})", status.books_imbalance)));
  add_line(out, "rates", fmt::format("{:.1f} pages/s, {}/s", status.pages_per_s, size_text(status.bytes_per_s)));
  add_line(out, "requests", fmt::format("{} of {} in flight", started, max_in_flight));
  add_line(out, "idle", status.why_idle);
  add_line(out, "failed", counts_text(status.failed_by_reason));
  add_line(out, "refused", counts_text(status.refused_by_reason));
  add_line(out, "hosts", counts_text(status.hosts));
  add_line(out, "redis",
           fmt::format("{} {}{}", status.redis.up ? "up" : "down", status.redis.address,
                       status.redis.error.empty() ? "" : ": " + status.redis.error));
  add_line(out, "storage",
           fmt::format("{}, {} written, {} free{}", status.storage.dir,
                       size_text(static_cast<double>(status.storage.written_bytes)),
                       size_text(static_cast<double>(status.storage.free_bytes)),
                       status.storage.error.empty() ? "" : ": " + status.storage.error));
  add_line(out, "violations", std::to_string(status.violations));
  for (const std::string& warning : status.warnings) add_line(out, "warning", warning);
  return out;
}

}  // namespace admin
