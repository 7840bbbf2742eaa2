// What a robots.txt costs: to compile, and to ask about one path. Prints one line a file.
#include <time.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "web/robots.h"

namespace {

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

std::string file_of(int rules, const std::string& tail) {
  std::string text = "User-agent: *\n";
  for (int i = 0; i < rules; ++i) {
    const std::string n = std::to_string(i);
    text += i % 3 == 0   ? "Disallow: /section-" + n + "/private"
            : i % 3 == 1 ? "Allow: /shop/" + n
                         : "Disallow: /*/" + n;
    text += tail + "\n";
  }
  return text;
}

void measure(const char* what, const std::string& text, const std::vector<std::string>& paths) {
  double begun = cpu_seconds();
  int compiled = 0;
  while (cpu_seconds() - begun < 0.1) {
    web::RobotsRules::parse(text, "decorum");
    ++compiled;
  }
  const double compile = (cpu_seconds() - begun) / compiled;
  const auto rules = web::RobotsRules::parse(text, "decorum");
  begun = cpu_seconds();
  std::uint64_t asked = 0, allowed = 0;
  while (cpu_seconds() - begun < 0.5) {
    for (const std::string& path : paths) allowed += rules.check(path).allowed ? 1 : 0;
    asked += paths.size();
  }
  const double match = (cpu_seconds() - begun) / static_cast<double>(asked);
  std::printf("%-28s %8zu bytes: compile %9.1f us, match %9.3f us, %3.0f %% allowed\n", what, text.size(),
              compile * 1e6, match * 1e6, 100.0 * static_cast<double>(allowed) / static_cast<double>(asked));
}

}  // namespace

int main() {
  std::vector<std::string> paths, long_paths;
  for (int i = 0; i < 300; ++i) {
    const std::string n = std::to_string(i);
    paths.push_back("/section-" + n + "/page-" + n + ".html");
    paths.push_back("/shop/" + n + "?colour=red&size=" + n);
    paths.push_back("/section-" + n + "/private/x");
  }
  long_paths.push_back("/b" + std::string(2000, 'a'));
  measure("10 rules", file_of(10, ""), paths);
  measure("100 rules", file_of(100, ""), paths);
  measure("1000 rules", file_of(1000, ""), paths);
  measure("500 KiB of rules", file_of(25'000, ""), paths);
  std::string stars = "/";
  for (int i = 0; i < 40; ++i) stars += "*a";
  measure("one of 40 stars, long path", "User-agent: *\nDisallow: " + stars + "*b$\n", long_paths);
  std::string many = "User-agent: *\n";
  while (many.size() < web::kRobotsLimit.n) many += "Disallow: " + stars + "*b$\n";
  measure("500 KiB of such, long path", many, long_paths);
}
