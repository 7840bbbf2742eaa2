#include "cli/eval_suites.h"

#include <time.h>

#include <exception>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/base64.h"
#include "web/headers.h"
#include "web/html.h"
#include "web/robots.h"
#include "web/sitemap.h"
#include "web/url.h"

namespace cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kDeepest = 64;  // of a request; no suite needs more than 3

// What is wrong with a request; caught at the top, where it becomes the answer.
struct Fault {
  std::string what;
};

std::string text_of(const Json& request, const char* name) {
  const auto field = request.find(name);
  if (field == request.end() || !field->is_string()) throw Fault{std::string(name) + ": expected a string"};
  return field->get<std::string>();
}

std::string text_or(const Json& request, const char* name, std::string otherwise) {
  const auto field = request.find(name);
  return field == request.end() || field->is_null() ? otherwise : text_of(request, name);
}

std::string bytes_of(const Json& request, const char* name) {
  const auto bytes = base64_decode(text_of(request, name));
  if (!bytes) throw Fault{std::string(name) + ": expected base64"};
  return *bytes;
}

web::Url url_of(const std::string& text) {
  const auto url = web::parse_url(text);
  if (!url) throw Fault{"url: no http(s) URL"};
  return *url;
}

// What robots.txt is asked about need not be a whole URL: a path is one on the server of robots.txt.
web::Url robots_subject(const Json& request) {
  const std::string text = request.contains("url_b64") ? bytes_of(request, "url_b64") : text_of(request, "url");
  if (const auto whole = web::parse_any_url(text)) return *whole;
  const web::Url base = url_of(text_or(request, "robots_url", "http://robots.invalid/"));
  if (const auto url = web::parse_url(text, &base)) return *url;
  throw Fault{"url: no URL"};
}

Json robots(const Json& request) {
  const auto rules = web::RobotsRules::parse(bytes_of(request, "robots"), text_of(request, "ua"));
  const bool allowed = rules.check(robots_subject(request).path_and_query()).allowed;
  Json answer = {{"verdict", allowed ? "allow" : "deny"}, {"crawl_delay", nullptr}};
  if (const auto delay = rules.crawl_delay()) answer["crawl_delay"] = *delay;
  answer["sitemaps"] = rules.sitemaps();
  return answer;
}

Json robots_url(const Json& request) {
  const auto url = web::parse_url(text_of(request, "url"));
  return {{"robots_url", url ? Json(web::robots_url(*url)) : Json()}};
}

Json url(const Json& request) {
  const std::string text = text_of(request, "url"), mode = text_of(request, "mode");
  if (mode != "whatwg" && mode != "crawl") throw Fault{"mode: expected whatwg or crawl"};
  const auto base = request.find("base");
  const bool based = base != request.end() && !base->is_null();
  const auto parsed = based ? web::resolve_url(text, text_of(request, "base")) : web::parse_any_url(text);
  if (!parsed) return {{"url", nullptr}};
  return {{"url", mode == "crawl" ? web::normalize(*parsed).href() : parsed->href()}};
}

// {"name": "value" or ["value", ...]} and the content type, as the head of an answer.
web::Headers headers_of(const Json& request) {
  std::string head = "HTTP/1.1 200 OK\r\n";
  const auto add = [&head](const std::string& name, const std::string& value) {
    if ((name + value).find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
      throw Fault{"headers: a line end in a field"};
    head += name + ": " + value + "\r\n";
  };
  add("Content-Type", text_or(request, "content_type", "text/html"));
  const auto fields = request.find("headers");
  if (fields != request.end() && !fields->is_null()) {
    if (!fields->is_object()) throw Fault{"headers: expected an object"};
    for (const auto& [name, value] : fields->items())
      for (const Json& one : value.is_array() ? value : Json::array({value})) {
        if (!one.is_string()) throw Fault{"headers: expected strings"};
        add(name, one.get<std::string>());
      }
  }
  return web::Headers::parse(head + "\r\n");
}

std::chrono::nanoseconds thread_cpu() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

bool flag_of(const Json& request, const char* name) {
  const auto field = request.find(name);
  if (field == request.end() || field->is_null()) return false;
  if (!field->is_boolean()) throw Fault{std::string(name) + ": expected true or false"};
  return field->get<bool>();
}

Json html(const Json& request) {
  const web::HtmlWants wants{.requisites = flag_of(request, "requisites"), .forms = flag_of(request, "forms")};
  web::HtmlLimits limits;
  limits.cpu_now = thread_cpu;
  const std::string body = bytes_of(request, "html");
  const web::HtmlPage page = web::read_html(body, url_of(text_of(request, "url")), headers_of(request),
                                            text_or(request, "ua", "decorum"), limits, wants);
  Json answer = {{"links", Json::array()}};
  for (const web::Link& link : page.links)
    answer["links"].push_back({{"url", link.url.href()},
                               {"nofollow", link.nofollow},
                               {"source", web::link_source_name(link.source)},
                               {"requisite", link.requisite}});
  answer["canonical"] = page.canonical ? Json(page.canonical->href()) : Json();
  answer["refresh"] = nullptr;
  if (page.refresh) answer["refresh"] = {{"url", page.refresh->url.href()}, {"delay", page.refresh->delay_seconds}};
  answer["noindex"] = page.noindex;
  answer["nofollow"] = page.nofollow;
  answer["charset"] = page.charset;
  answer["title"] = page.title;
  answer["bounded"] = page.bounded;
  return answer;
}

Json sitemap(const Json& request) {
  const std::string body = bytes_of(request, "body");
  const web::Sitemap map = web::read_sitemap(body, "", url_of(text_of(request, "url")), web::SitemapLimits{});
  Json answer = {{"kind", nullptr}, {"urls", Json::array()}, {"error", nullptr}};
  if (map.kind != web::SitemapKind::none) answer["kind"] = web::sitemap_kind_name(map.kind);
  for (const web::SitemapEntry& entry : map.entries) answer["urls"].push_back(entry.url);
  if (!map.error.empty()) answer["error"] = map.error;
  return answer;
}

// Depth is counted while reading: a deep document must not be built, for writing it out again would recurse.
std::optional<Json> parse(const std::string& line) {
  bool deep = false;
  const auto guard = [&deep](int depth, Json::parse_event_t, Json&) {
    deep = deep || depth > kDeepest;
    return !deep;
  };
  Json json = Json::parse(line, guard, false);
  if (deep || !json.is_object()) return std::nullopt;
  return json;
}

template <Json (*kSuite)(const Json&)>
std::string answer(const std::string& line) {
  Json out = {{"id", nullptr}};
  try {
    const auto request = parse(line);
    if (!request) throw Fault{"expected one JSON object"};
    if (const auto id = request->find("id"); id != request->end()) out["id"] = *id;
    out.update(kSuite(*request));
  } catch (const Fault& fault) {
    out["error"] = fault.what;
  } catch (const std::exception& error) {
    out["error"] = error.what();
  }
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

constexpr EvalSuite kSuites[] = {
    {"robots", "may this agent fetch this URL?", answer<robots>},
    {"robotsurl", "which robots.txt rules this URL?", answer<robots_url>},
    {"url", "a URL in the standard's form (whatwg) or in ours (crawl)", answer<url>},
    {"html", "the links and directives of a page", answer<html>},
    {"sitemap", "the URLs of a sitemap or feed", answer<sitemap>},
};

}  // namespace

std::span<const EvalSuite> eval_suites() {
  return kSuites;
}

}  // namespace cli
