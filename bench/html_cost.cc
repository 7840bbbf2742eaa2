// What reading a page costs, beside what the tree builder alone takes for the same bytes in the same run: prints one
// line a page or set of pages. FOLDER, else python3.11-doc, gives real ones.
#include <gumbo.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "web/headers.h"
#include "web/html.h"

namespace {

constexpr const char* kDocumentation = "/usr/share/doc/python3.11/html";

std::chrono::nanoseconds thread_cpu() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

// An article: a head with styles and scripts, a menu, paragraphs, a table now and then; every tenth word or so a link.
std::string article(std::size_t bytes) {
  std::string html =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>An article &amp; more</title>\n"
      "<link rel=\"stylesheet\" href=\"/static/site.css?v=3\"><link rel=\"canonical\" href=\"/article\">\n"
      "<style>body { background: url(/static/paper.png); margin: 0 auto }</style>\n"
      "<script>window.settings = {\"user\": null, \"menu\": [1, 2, 3]};</script></head>\n<body class=\"page\">\n";
  for (int i = 0; html.size() < bytes; ++i) {
    const std::string n = std::to_string(i);
    html += "<div class=\"section\" id=\"s" + n + "\"><h2>Section " + n +
            "</h2>\n<p>Some words of the text, with <em>some "
            "stress</em> and a <a class=\"link\" href=\"/articles/" +
            n + ".html?from=here&amp;at=" + n +
            "\">link to another one</a>, so that the paragraph is as long as they are.</p>\n<ul>\n";
    for (int k = 0; k < 4; ++k)
      html += "  <li class=\"item\"><a href=\"section-" + n + "/" + std::to_string(k) +
              "\" title=\"An item\">Item</a></li>\n";
    html += "</ul>\n<img src=\"/images/" + n + ".jpg\" alt=\"\" width=\"320\" height=\"200\">\n";
    if (i % 4 == 3) html += "<table><tr><th>Name</th><td>" + n + "</td></tr><tr><td>Text</td><td>x</td></tr></table>\n";
    html += "</div>\n";
  }
  return html + "</body></html>\n";
}

std::vector<std::string> real_pages(const std::filesystem::path& folder) {
  std::vector<std::string> pages;
  std::error_code none;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, none)) {
    if (entry.path().extension() != ".html") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    pages.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return pages;
}

void parse_alone(const std::string& page) {
  GumboOutput* output = gumbo_parse_with_options(&kGumboDefaultOptions, page.data(), page.size());
  gumbo_destroy_output(&kGumboDefaultOptions, output);
}

void read_whole(const std::string& page, bool requisites) {
  static const web::Url url = *web::parse_url("http://h.example/dir/page.html");
  static const web::Headers headers = web::Headers::parse("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n");
  web::HtmlLimits limits;
  limits.cpu_now = thread_cpu;
  web::read_html(page, url, headers, "decorum", limits, {.requisites = requisites});
}

// Microseconds that `work` takes for all pages together.
template <typename Work>
double time_of(const std::vector<std::string>& pages, int times, Work work) {
  const auto begun = thread_cpu();
  for (int i = 0; i < times; ++i) {
    for (const std::string& page : pages) work(page);
  }
  return std::chrono::duration<double, std::micro>(thread_cpu() - begun).count() / times;
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

// In turns, so that what slows the machine down slows all of them.
void measure(const char* what, const std::vector<std::string>& pages, int rounds, int times) {
  std::vector<double> alone, whole, requisites;
  for (int i = 0; i < rounds; ++i) {
    alone.push_back(time_of(pages, times, parse_alone));
    whole.push_back(time_of(pages, times, [](const std::string& page) { read_whole(page, false); }));
    requisites.push_back(time_of(pages, times, [](const std::string& page) { read_whole(page, true); }));
  }
  double bytes = 0;
  for (const std::string& page : pages) bytes += static_cast<double>(page.size());
  const auto print = [&](const char* how, double us) {
    std::printf("  %-22s %9.1f us a page %7.1f MB/s, %4.2f of gumbo_parse\n", how,
                us / static_cast<double>(pages.size()), bytes / us, us / median(alone));
  };
  std::printf("%s: %zu of %.1f KiB\n", what, pages.size(), bytes / 1024 / static_cast<double>(pages.size()));
  print("gumbo_parse alone", median(alone));
  print("read_html", median(whole));
  print("read_html, requisites", median(requisites));
}

}  // namespace

int main(int argc, char** argv) {
  measure("an article", {article(10 << 10)}, 21, 50);
  measure("a longer one", {article(30 << 10)}, 21, 20);
  const char* folder = argc > 1 ? argv[1] : kDocumentation;
  const std::vector<std::string> pages = real_pages(folder);
  if (pages.empty()) {
    std::printf("%s: not there, or without pages\n", folder);
  } else {
    measure(folder, pages, 5, 1);
  }
}
