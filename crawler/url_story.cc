#include "crawler/url_story.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "storage/line_finder.h"

namespace crawler {
namespace {

using Json = nlohmann::json;

constexpr int kBlocksOfEach = 256;  // of 1 MiB, of each kind of file

// By when each is to be done with, of the time in all: what one does not need is there for those behind it. The index
// needs little. What tells most of the URL is then the first.
constexpr double kIndexShare = 0.2, kFirstShare = 0.6, kSecondShare = 0.8;

// A field of the wrong type is one that is not there: the line may be of another version.
std::string text_of(const Json& line, const char* name) {
  const auto field = line.find(name);
  return field != line.end() && field->is_string() ? field->get<std::string>() : "";
}
std::optional<int> status_of(const Json& line) {
  const auto field = line.find("status");
  return field != line.end() && field->is_number_integer() ? std::optional(field->get<int>()) : std::nullopt;
}
std::uint64_t number_of(const Json& line, const char* name) {
  const auto field = line.find(name);
  return field != line.end() && field->is_number_unsigned() ? field->get<std::uint64_t>() : 0;
}

UrlPage page_of(const Json& line) {
  UrlPage page{.fate = text_of(line, "fate"),
               .fetched_at = text_of(line, "fetched_at"),
               .via = text_of(line, "via"),
               .seed = text_of(line, "seed"),
               .job = text_of(line, "job"),
               .location = text_of(line, "location"),
               .error = text_of(line, "error"),
               .truncated = text_of(line, "truncated"),
               .status = status_of(line),
               .depth = static_cast<int>(number_of(line, "depth"))};
  page.parse_bounded = line.contains("parse_bounded");
  return page;
}

}  // namespace

UrlStory read_url_story(const std::filesystem::path& dir, const std::string& url, const std::string& request,
                        bool refused, const Within& within) {
  UrlStory story;
  std::string start = "{\"url\":" + Json(url).dump(-1, ' ', false, Json::error_handler_t::replace) + ",";
  if (!request.empty()) start += "\"request\":" + Json(request).dump() + ",";
  const auto lines_of = [&](storage::FileKind kind, std::size_t most, double share) {
    int left = kBlocksOfEach;
    const storage::FoundLines found =
        storage::find_lines(dir, kind, start, most, [&] { return left-- > 0 && within(share); });
    story.complete &= found.complete;
    std::vector<Json> lines;
    for (const std::string& text : found.lines) {
      Json line = Json::parse(text, nullptr, false);
      if (line.is_object() && text_of(line, "request") == request) lines.push_back(std::move(line));
    }
    return lines;
  };
  const auto read_refusals = [&](double share) {
    for (const Json& line : lines_of(storage::FileKind::refused, 1, share)) {
      story.refusal = {text_of(line, "reason"), text_of(line, "rule"), text_of(line, "via"), text_of(line, "at")};
    }
  };
  bool index_complete = true;
  // The index knows URLs only: what of it belongs to another request is told by the feed.
  const bool plain = request.empty();
  if (const auto found = !plain ? std::nullopt : storage::find_record(dir, url, [&] {
        return index_complete = within(kIndexShare);
      })) {
    story.stored = {found->file, found->offset, found->length};
  }
  story.complete &= index_complete;
  if (refused) read_refusals(kFirstShare);
  for (const Json& line : lines_of(storage::FileKind::pages, 1, refused ? kSecondShare : kFirstShare)) {
    story.page = page_of(line);
    if (const auto warc = line.find("warc"); warc != line.end() && warc->is_object()) {  // newer than any closed file
      story.stored = {text_of(*warc, "file"), number_of(*warc, "offset"), number_of(*warc, "length")};
    }
  }
  for (const Json& line : lines_of(storage::FileKind::fetches, kToldRequests, refused ? 1 : kSecondShare)) {
    if (text_of(line, "kind") == "robots") continue;
    story.requests.push_back(
        {text_of(line, "sent_at"), text_of(line, "outcome"), text_of(line, "error"), status_of(line)});
  }
  std::stable_sort(story.requests.begin(), story.requests.end(),
                   [](const UrlRequest& a, const UrlRequest& b) { return a.sent_at > b.sent_at; });
  if (!refused) read_refusals(1);
  return story;
}

}  // namespace crawler
