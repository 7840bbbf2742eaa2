#include "madeupweb_site.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace madeupweb {
namespace {

constexpr int kFanOut = 4;  // page k links to k*4+1 .. k*4+4, so every page is reachable
constexpr int kInHostLinks = 10, kCrossHostLinks = 2;
constexpr int kSections = 7;
constexpr int kParagraphs = 128;

std::uint64_t scramble(std::uint64_t x) {  // splitmix64's finisher
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

std::vector<std::string> make_paragraphs(std::uint64_t seed) {
  static constexpr std::array kWords = {
      "the",    "harbour", "of",    "a",     "river",  "walks",  "slowly", "and",   "lanterns", "between", "old",
      "stone",  "bridges", "where", "every", "letter", "waits",  "for",    "rain",  "in",       "summer",  "garden",
      "clocks", "under",   "quiet", "roofs", "with",   "copper", "wind",   "songs", "from",     "north",   "mills",
      "paper",  "boats",   "carry", "salt",  "to",     "market", "doors",  "open",  "at",       "seven",   "bells",
      "cities", "keep",    "their", "maps",  "near",   "winter", "fields", "bread", "light",    "over",    "glass"};
  std::vector<std::string> paragraphs;
  std::uint64_t state = scramble(seed);
  for (int p = 0; p < kParagraphs; ++p) {
    std::string text;
    state = scramble(state);
    for (std::uint64_t words = 60 + state % 60; words > 0; --words) {
      state = scramble(state);
      text += kWords[state % kWords.size()];
      text += state >> 60 == 0 ? ". " : " ";
    }
    paragraphs.push_back(std::move(text));
  }
  return paragraphs;
}

}  // namespace

std::string host_address(int host) {
  return "127." + std::to_string(20 + host / (256 * 254)) + "." + std::to_string(host / 254 % 256) + "." +
         std::to_string(1 + host % 254);
}

Site::Site(const Options& options, int port)
    : options_(options), port_(port), paragraphs_(make_paragraphs(options.seed)) {}

std::uint64_t Site::mix(int host, int page, char purpose) const {
  return scramble(scramble(scramble(options_.seed) ^ static_cast<std::uint64_t>(host)) ^
                  (static_cast<std::uint64_t>(page) << 8 | static_cast<unsigned char>(purpose)));
}

bool Site::chosen(int host, int page, char purpose, int percent) const {
  return page > 0 && mix(host, page, purpose) % 100 < static_cast<std::uint64_t>(percent);
}

std::string Site::root_url(int host) const {
  return "http://" + host_address(host) + ":" + std::to_string(port_) + "/";
}

std::string Site::page_path(int page) const {
  if (page == 0) return "/";
  return "/section-" + std::to_string(page % kSections) + "/page-" + std::to_string(page) + ".html";
}

int Site::page_of(std::string_view path) const {
  if (path == "/") return 0;
  const auto at = path.rfind("/page-");
  if (at == std::string_view::npos) return -1;
  int page = -1;
  std::from_chars(path.data() + at + 6, path.data() + path.size(), page);
  return page > 0 && page < options_.pages && page_path(page) == path ? page : -1;
}

std::string Site::href(int host, int page) const {
  if (chosen(host, page, 'r', options_.redirects)) return "/go/" + std::to_string(page);
  return page_path(page);
}

bool Site::has_missing_link(int host, int page) const {
  return chosen(host, page, 'e', options_.errors) && mix(host, page, 'k') % 2 == 0;
}

void Site::visit_urls(int host, const std::function<void(const std::string&)>& visit) const {
  std::string root = root_url(host);
  root.pop_back();
  for (int page = 0; page < options_.pages; ++page) {
    visit(root + page_path(page));
    if (href(host, page) != page_path(page)) visit(root + href(host, page));
    if (has_missing_link(host, page)) visit(root + "/missing/item-" + std::to_string(page) + ".html");
  }
}

Answer Site::answer(const Request& request) {
  const auto path = request.target.substr(0, request.target.find('?'));
  if (path.starts_with("/behave/")) return behave(request, behave_visits_[std::string(request.target)]++);
  if (path == "/robots.txt") return robots();
  if (request.host < 0) return directory();
  if (path.starts_with("/go/")) {
    int page = 0;
    std::from_chars(path.data() + 4, path.data() + path.size(), page);
    if (page > 0 && page < options_.pages) {
      Answer answer;
      constexpr std::array kStatus = {301, 302, 307, 308};
      answer.status = kStatus[static_cast<std::size_t>(page) % kStatus.size()];
      answer.fields = "Location: " + page_path(page) + "\r\n";
      answer.body = "<title>moved</title>";
      return answer;
    }
  }
  if (const int number = page_of(path); number >= 0) return page(request.host, number);
  Answer answer;
  answer.status = path.starts_with("/private/") ? 200 : 404;
  answer.body = answer.status == 200 ? "<title>private</title>" : "<title>not found</title>";
  return answer;
}

Answer Site::robots() const {
  Answer answer;
  answer.status = options_.robots_status;
  answer.content_type = "text/plain";
  if (answer.status / 100 == 3) answer.fields = "Location: /robots.txt\r\n";
  if (answer.status != 200) return answer;
  answer.body = "User-agent: *\nDisallow: /private/\n";
  if (options_.crawl_delay > 0) answer.body += "Crawl-delay: " + std::to_string(options_.crawl_delay) + "\n";
  return answer;
}

Answer Site::directory() const {
  Answer answer;
  answer.body = "<!doctype html>\n<title>Directory of the made-up web</title>\n<ul>\n";
  for (int host = 0; host < options_.hosts; ++host)
    answer.body += "<li><a href=\"" + root_url(host) + "\">" + host_address(host) + "</a></li>\n";
  answer.body += "</ul>\n";
  return answer;
}

Answer Site::page(int host, int number) {
  Answer answer;
  const bool pushes = chosen(host, number, 'p', options_.push_back);
  const bool fails = chosen(host, number, 'e', options_.errors) && !has_missing_link(host, number);
  if (pushes || fails) {
    const int visit = visits_[static_cast<std::uint64_t>(host) << 32 | static_cast<std::uint32_t>(number)]++;
    if (pushes && visit == 0) {
      answer.status = mix(host, number, 'q') % 2 == 0 ? 429 : 503;
      answer.fields = "Retry-After: " + std::to_string(options_.retry_after) + "\r\n";
      answer.body = "<title>slow down</title>";
      return answer;
    }
    if (fails && visit == (pushes ? 1 : 0)) {
      answer.status = 500;
      answer.body = "<title>out of order</title>";
      return answer;
    }
  }
  answer.body = render(host, number);
  return answer;
}

void Site::add_link(std::string& html, int page, std::string_view target, std::uint64_t form) const {
  std::string text(target);
  if (text[0] == '/') {
    if (form == 1 && page > 0) text = ".." + text;  // every page but the root lies one folder deep
    if (form == 2) text += "#part-" + std::to_string(page % 5);
    if (form == 3) text = "./" + std::string(page > 0 ? "../" : "") + text.substr(1);
  }
  html += "<li><a href=\"" + text + "\">read on</a></li>\n";
}

std::string Site::render(int host, int page) const {
  std::string html;
  const auto wanted = static_cast<std::size_t>(options_.page_bytes);
  html.reserve(wanted + 1024);
  const std::string name = host_address(host) + " page " + std::to_string(page);
  html += "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>" + name +
          "</title>\n</head>\n<body>\n<h1>" + name + "</h1>\n<ul>\n";
  int links = 0;
  for (int child = page * kFanOut + 1; child <= page * kFanOut + kFanOut && child < options_.pages; ++child, ++links)
    add_link(html, page, href(host, child), mix(host, child, 'f') % 4);
  for (; links < kInHostLinks && options_.pages > 1; ++links) {
    const auto other = static_cast<int>(mix(host, page * 16 + links, 'l') % static_cast<unsigned>(options_.pages));
    add_link(html, page, href(host, other), mix(host, other, 'f') % 4);
  }
  for (int cross = 0; cross < kCrossHostLinks && options_.hosts > 1; ++cross) {
    const auto to = mix(host, page * 16 + cross, 'c');
    const int other = (host + 1 + static_cast<int>(to % static_cast<unsigned>(options_.hosts - 1))) % options_.hosts;
    const auto there = static_cast<int>((to >> 32) % static_cast<unsigned>(options_.pages));
    add_link(html, page, root_url(other) + page_path(there).substr(1), 0);
  }
  if (page % 4 == 0) add_link(html, page, "/private/item-" + std::to_string(page) + ".html", 0);
  if (has_missing_link(host, page)) add_link(html, page, "/missing/item-" + std::to_string(page) + ".html", 0);
  html += "</ul>\n";

  constexpr std::string_view kEnd = "</body>\n</html>\n", kAround = "<p></p>\n";
  for (std::uint64_t i = mix(host, page, 't'); html.size() + kEnd.size() + kAround.size() < wanted; ++i) {
    const auto room = wanted - html.size() - kEnd.size() - kAround.size();
    html += "<p>" + paragraphs_[i % paragraphs_.size()].substr(0, room) + "</p>\n";
  }
  if (html.size() + kEnd.size() < wanted) html.append(wanted - html.size() - kEnd.size(), '\n');
  return html += kEnd;
}

}  // namespace madeupweb
