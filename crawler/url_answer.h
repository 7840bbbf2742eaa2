// What is known of one URL, and what would happen to it: the answer of `decorum explain`.
// Plain values; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "crawler/host_view.h"
#include "crawler/url_story.h"
#include "frontier/record.h"
#include "limiter/time.h"

namespace crawler {

struct UrlQuestion {
  std::string url;   // as people write it; or a seed's entry with it, where it is no GET
  std::string seed;  // empty: it is judged as a seed; else as a link that descends from this one
};

struct RobotsWord {  // what the robots.txt that is kept says of the URL
  enum class Says { nothing_kept, allowed, disallowed } says = Says::nothing_kept;
  std::string robots_url, phase;
  std::string rule;  // the deciding line as written; empty: none decides
  int line = 0;
  std::optional<limiter::Duration> age;
  int attempts = 0;      // failed ones, since it could be had
  bool gave_up = false;  // nothing of its origin is asked for any more
};

// What the rules as they are now say of the URL.
struct UrlVerdict {
  std::string refused;  // reason; empty: it would be queued
  std::string rule;
  std::string set_at;    // where the rule's setting was made: "config.toml:12", "--set"; empty: it is none
  bool as_link = false;  // of `seed`; else as a seed
  std::string seed;
  int depth = 0;
  bool known = false;     // it has ended, and no discovery queues it again: only force does
  std::string waits_for;  // a setting without which it would stay queued; empty: none
};

struct UrlAnswer {
  enum class Kind { found, wrong, no_answer } kind = Kind::no_answer;
  std::string error;  // one sentence where there is no answer, or the question is wrong

  std::string daemon, given;
  std::string url;      // normal form; empty: it is no URL that is ever fetched
  std::string request;  // of what is more than a GET: frontier::Request::tag
  std::string state;  // never_seen, queued, in_flight, waiting, done, refused; queued_or_done where a bound was reached
  std::string end;    // of done: the fate; of refused: the reason
  std::string id() const { return request.empty() ? url : url + ' ' + request; }  // frontier::Record::id
  std::string rule;  // of refused: what decided, as far as it is known
  std::string host, origin;
  int partition = 0;

  std::optional<frontier::Record> record;  // while it is queued, in flight or waiting
  std::int64_t host_queue = 0, partition_waiting = 0;
  std::optional<limiter::Duration> due_in;  // of one that waits for its next attempt
  UrlVerdict verdict;
  RobotsWord robots;
  std::optional<HostView> host_view;  // nothing: nothing is known of the host
  UrlStory story;
};

}  // namespace crawler
