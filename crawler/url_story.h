// What the files of this daemon tell of one URL: the feed, the index of the archive, the ledger, the log of refusals.
// The newest first, within bounds of bytes and time; what was not looked at is owned up to.
// Blocking: on no loop. Plain values; any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace crawler {

struct UrlRequest {  // a line of the ledger
  std::string sent_at, outcome, error;
  std::optional<int> status;
};

struct UrlPage {  // the last line of the feed
  std::string fate, fetched_at, via, seed, job, location, error, truncated;
  std::optional<int> status;
  int depth = 0;
  bool parse_bounded = false;
};

struct UrlRefusal {  // the last line of the log of refusals, which is sampled
  std::string reason, rule, via, at;
};

struct UrlStored {
  std::string file;
  std::uint64_t offset = 0, length = 0;
};

struct UrlStory {
  std::vector<UrlRequest> requests;
  std::optional<UrlPage> page;
  std::optional<UrlRefusal> refusal;
  std::optional<UrlStored> stored;
  bool complete = true;  // false: a bound was reached, and older lines were not looked at
};

inline constexpr std::size_t kToldRequests = 10;

// Whether less than that share of the time has passed; 1: all of it.
using Within = std::function<bool(double share)>;

// `url` is a normal form, `request` the tag of what was sent to it (frontier::Request); of one that was `refused` the
// log of refusals goes first, else the feed. Asks `within` before each piece of a file.
UrlStory read_url_story(const std::filesystem::path& dir, const std::string& url, const std::string& request,
                        bool refused, const Within& within);

}  // namespace crawler
