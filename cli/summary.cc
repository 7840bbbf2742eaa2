#include "cli/summary.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>

namespace cli {
namespace {

using Counts = std::map<std::string, std::int64_t>;

std::string bytes_text(double bytes) {
  const char* const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  while (bytes >= 1024 && unit < 4) bytes /= 1024, ++unit;
  return fmt::format("{:.{}f} {}", bytes, unit == 0 ? 0 : 1, units[unit]);
}

std::string time_text(double seconds) {
  const auto whole = static_cast<long long>(seconds);
  if (seconds < 60) return fmt::format("{:.1f} s", seconds);
  if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

std::int64_t total(const Counts& counts) {
  std::int64_t sum = 0;
  for (const auto& [reason, n] : counts) sum += n;
  return sum;
}

std::string listed(const Counts& counts) {
  std::string text;
  for (const auto& [reason, n] : counts)
    if (n != 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", reason, n);
  return text;
}

std::string_view ending(crawler::Exit exit) {
  switch (exit) {
    case crawler::Exit::ok:
      return "finished";
    case crawler::Exit::interrupted:
      return "interrupted";
    case crawler::Exit::budget:
      return "budget";
    default:
      return "failed";
  }
}

std::string_view headline(crawler::Exit exit) {
  switch (exit) {
    case crawler::Exit::ok:
      return "Crawl finished";
    case crawler::Exit::interrupted:
      return "Crawl interrupted";
    case crawler::Exit::budget:
      return "Crawl ended by its budget";
    default:
      return "Crawl failed";
  }
}

// What has a body: done, but neither failed nor a redirect.
std::int64_t pages_of(const crawler::Status& status) {
  const auto redirected = status.fates.find("redirected");
  return status.books.done - total(status.failed_by_reason) -
         (redirected == status.fates.end() ? 0 : redirected->second);
}

std::size_t terminal_width() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace

std::string progress_text(const crawler::Status& status, std::size_t width) {
  std::string text = fmt::format("[{:.0f}s]", status.uptime_s);
  if (status.state != "running") text += " " + status.state + ":";
  const std::int64_t failed = total(status.failed_by_reason);
  text += fmt::format(" {} done, {} failed, {} queued, {} in flight, {:.1f} pages/s, {}/s", status.books.done, failed,
                      status.books.queued + status.books.waiting, status.books.in_flight, status.pages_per_s,
                      bytes_text(status.bytes_per_s));
  return text.substr(0, width);
}

void show_progress(const crawler::Status& status) {
  const std::string text = progress_text(status, terminal_width() - 1);
  std::fprintf(stderr, "\r\x1b[K%s", text.c_str());
  std::fflush(stderr);
}

void clear_progress() {
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
}

std::string summary_text(const Summary& summary) {
  const crawler::Status none;
  const crawler::Status& status = summary.status ? *summary.status : none;
  const std::int64_t failed = total(status.failed_by_reason);
  const std::int64_t left = status.books.queued + status.books.waiting + status.books.in_flight;
  std::string text = fmt::format("{} after {}: {} pages, {} failed, {} refused{}.\n", headline(summary.exit),
                                 time_text(summary.seconds), pages_of(status), failed, status.books.refused,
                                 left > 0 ? fmt::format(", {} still queued", left) : "");
  if (failed > 0) text += "  failed    " + listed(status.failed_by_reason) + "\n";
  if (status.books.refused > 0) text += "  refused   " + listed(status.refused_by_reason) + "\n";
  text += "  received  " + bytes_text(static_cast<double>(summary.received_bytes)) + "\n";
  text += "  files     " + summary.dir + "/warc/  what the servers sent, as WARC\n";
  text += "            " + summary.dir + "/feed/  one JSON line for each page\n";
  text += "            " + summary.dir + "/log/   one JSON line for each request\n";
  if (!summary.resume.empty()) text += "To go on:\n  " + summary.resume + "\n";
  return text;
}

std::string summary_json(const Summary& summary) {
  const crawler::Status none;
  const crawler::Status& status = summary.status ? *summary.status : none;
  const crawler::Books& books = status.books;
  const std::int64_t failed = total(status.failed_by_reason);
  nlohmann::ordered_json json = {
      {"ended", ending(summary.exit)},
      {"exit_code", static_cast<int>(summary.exit)},
      {"seconds", std::round(summary.seconds * 1000) / 1000},
      {"pages", pages_of(status)},
      {"failed", failed},
      {"refused", books.refused},
      {"fates", status.fates},
      {"failed_by_reason", status.failed_by_reason},
      {"refused_by_reason", status.refused_by_reason},
      {"books",
       {{"discovered", books.discovered},
        {"queued", books.queued},
        {"in_flight", books.in_flight},
        {"waiting", books.waiting},
        {"done", books.done},
        {"refused", books.refused}}},
      {"received_bytes", summary.received_bytes},
      {"stored_bytes", status.storage.written_bytes},
      {"violations", status.violations},
      {"dir", summary.dir},
      {"files", {{"warc", summary.dir + "/warc"}, {"feed", summary.dir + "/feed"}, {"log", summary.dir + "/log"}}},
      {"resume", nullptr}};
  if (!summary.resume.empty()) json["resume"] = summary.resume;
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::string shell_quoted(const std::string& word) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=@%+,";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace cli
