// Ledgers for tests of the audit: lines with all they need, and files of them in a folder that goes when it ends.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace cli::testing {

inline constexpr std::int64_t kMs = 1'000'000;              // in nanoseconds
inline constexpr std::int64_t kNoon = 1'767'268'800'000;    // 2026-01-01T12:00:00Z
inline constexpr std::int64_t kUptime = 1000 * 1000 * kMs;  // of the boot at noon

inline std::string rfc3339(std::int64_t wall_ms) {
  const std::time_t seconds = static_cast<std::time_t>(wall_ms / 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[40], all[48];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  std::snprintf(all, sizeof all, "%s.%03dZ", text, static_cast<int>(wall_ms % 1000));
  return all;
}

// A request to a.example at `at_ms` after noon: its first byte comes 10 ms later, its end 10 ms after that.
struct Line {
  double at_ms = 0, first_ms = 10, end_ms = 20;
  double delay_ms = 200;
  double factor = 0;
  int burst = 1, concurrency = 1;
  std::string host = "a.example", kind = "page", boot = "b1", outcome = "fetched";
  int status = 200;
  nlohmann::json gap_ms = nullptr, hold_ms = nullptr, retry_after = nullptr, date = nullptr;
  nlohmann::json ip_delay_ms = nullptr;
  nlohmann::json robots = {{"digest", "sha256:aa"}, {"fetched_at", "2026-01-01T11:00:00.000Z"}};
  std::int64_t wall_off_ms = 0;  // what the wall clock is off
  std::string url = "http://a.example/x";

  nlohmann::ordered_json json() const {
    const auto ns = [](double ms) { return static_cast<std::int64_t>(ms * 1000) * 1000; };
    const std::int64_t sent = kUptime + ns(at_ms);
    const auto wall = [&](std::int64_t at) { return rfc3339(kNoon + wall_off_ms + (at - kUptime) / kMs); };
    const std::int64_t first = sent + ns(first_ms), ended = sent + ns(end_ms);
    return {{"url", url},
            {"host", host},
            {"origin", "http://" + host},
            {"ip", "192.0.2.1"},
            {"kind", kind},
            {"sent_at", wall(sent)},
            {"first_byte_at", wall(first)},
            {"ended_at", wall(ended)},
            {"gap_ms", gap_ms},
            {"delay_ms", delay_ms},
            {"delay_from", "config"},
            {"outcome", outcome},
            {"status", status > 0 ? nlohmann::ordered_json(status) : nlohmann::ordered_json()},
            {"bytes", 100},
            {"error", nullptr},
            {"retry_after", retry_after},
            {"date", date},
            {"hold_ms", hold_ms},
            {"factor", factor},
            {"max_factor_delay_ms", 60000.0},
            {"burst", burst},
            {"concurrency", concurrency},
            {"ip_delay_ms", ip_delay_ms},
            {"boot", boot},
            {"sent_ns", sent},
            {"first_byte_ns", first},
            {"ended_ns", ended},
            {"agent", "decorum/9 (+me@a.example)"},
            {"robots", robots},
            {"worker", 0},
            {"lease", "l"}};
  }
  std::string text() const { return json().dump(); }
};

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "decorum-audit-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
  }
  ~Folder() { std::filesystem::remove_all(path_); }

  std::filesystem::path file(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
    return path_ / name;
  }
  std::filesystem::path ledger(const std::string& name, const std::vector<Line>& lines) const {
    std::string text;
    for (const Line& line : lines) text += line.text() + "\n";
    return file(name, text);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace cli::testing
