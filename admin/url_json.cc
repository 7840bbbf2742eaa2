#include "admin/url_json.h"

#include <chrono>
#include <optional>

#include "admin/hosts_json.h"
#include "admin/json_parts.h"
#include "frontier/priority.h"

namespace admin {

namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

template <typename T>
Json value_or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json seconds_or_null(const std::optional<limiter::Duration>& duration) {
  return duration ? Json(std::chrono::duration<double>(*duration).count()) : Json(nullptr);
}

Json record_part(const std::optional<frontier::Record>& record) {
  if (!record) return nullptr;
  return {{"depth", record->depth},
          {"hops", record->hops},
          {"attempts", record->attempts},
          {"pushbacks", record->pushbacks},
          {"seed", record->seed},
          {"via", text_or_null(record->via)},
          {"job", text_or_null(record->job)},
          {"priority", frontier::name_of(record->priority)}};
}

Json verdict_part(const crawler::UrlVerdict& verdict) {
  return {{"action", verdict.refused.empty() ? "queue" : "refuse"},
          {"reason", text_or_null(verdict.refused)},
          {"rule", text_or_null(verdict.rule)},
          {"set_at", text_or_null(verdict.set_at)},
          {"as", verdict.as_link ? "link" : "seed"},
          {"seed", text_or_null(verdict.seed)},
          {"depth", verdict.depth},
          {"known", verdict.known},
          {"waits_for", text_or_null(verdict.waits_for)}};
}

std::string_view name_of(crawler::RobotsWord::Says says) {
  switch (says) {
    case crawler::RobotsWord::Says::allowed:
      return "allowed";
    case crawler::RobotsWord::Says::disallowed:
      return "disallowed";
    case crawler::RobotsWord::Says::nothing_kept:
      break;
  }
  return "unknown";
}

Json robots_part(const crawler::RobotsWord& robots) {
  return {{"url", robots.robots_url},
          {"verdict", name_of(robots.says)},
          {"line", robots.line > 0 ? Json(robots.line) : Json(nullptr)},
          {"rule", text_or_null(robots.rule)},
          {"age_s", seconds_or_null(robots.age)},
          {"phase", robots.phase},
          {"attempts", robots.attempts}};
}

Json page_part(const std::optional<crawler::UrlPage>& page) {
  if (!page) return nullptr;
  return {{"fate", page->fate},
          {"status", value_or_null(page->status)},
          {"fetched_at", page->fetched_at},
          {"depth", page->depth},
          {"seed", text_or_null(page->seed)},
          {"via", text_or_null(page->via)},
          {"job", text_or_null(page->job)},
          {"location", text_or_null(page->location)},
          {"error", text_or_null(page->error)},
          {"truncated", text_or_null(page->truncated)},
          {"parse_bounded", page->parse_bounded}};
}

Json refusal_part(const std::optional<crawler::UrlRefusal>& refusal) {
  if (!refusal) return nullptr;
  return {
      {"reason", refusal->reason}, {"rule", refusal->rule}, {"via", text_or_null(refusal->via)}, {"at", refusal->at}};
}

Json stored_part(const std::optional<crawler::UrlStored>& stored) {
  if (!stored) return nullptr;
  return {{"file", stored->file}, {"offset", stored->offset}, {"length", stored->length}};
}

}  // namespace

std::string url_json(const crawler::UrlAnswer& answer) {
  Json json = {{"daemon", answer.daemon},
               {"given", answer.given},
               {"url", text_or_null(answer.url)},
               {"request", text_or_null(answer.request)},
               {"state", answer.state},
               {"reason", text_or_null(answer.end)},
               {"rule", text_or_null(answer.rule)}};
  if (answer.url.empty()) return line_of(json);  // it has no identity: nothing can be known of it
  Json requests = Json::array();
  for (const crawler::UrlRequest& request : answer.story.requests) {
    requests.push_back({{"sent_at", request.sent_at},
                        {"outcome", request.outcome},
                        {"status", value_or_null(request.status)},
                        {"error", text_or_null(request.error)}});
  }
  json.update({{"host", answer.host},
               {"origin", answer.origin},
               {"partition", answer.partition},
               {"queued_of_host", answer.host_queue},
               {"waiting_of_partition", answer.partition_waiting},
               {"due_in_ms", answer.due_in ? Json(duration_cast<milliseconds>(*answer.due_in).count()) : Json(nullptr)},
               {"record", record_part(answer.record)},
               {"now", verdict_part(answer.verdict)},
               {"robots", robots_part(answer.robots)},
               {"host_state", answer.host_view ? host_part(*answer.host_view) : Json(nullptr)},
               {"requests", std::move(requests)},
               {"page", page_part(answer.story.page)},
               {"refusal", refusal_part(answer.story.refusal)},
               {"stored", stored_part(answer.story.stored)},
               {"files_complete", answer.story.complete}});
  return line_of(json);
}

}  // namespace admin
