#include "crawler/transfer.h"

#include <algorithm>
#include <utility>

#include "web/headers.h"

namespace crawler {
namespace {

constexpr std::uint64_t kFirstBuffer = web::kib(16).n;

// "HTTP/1.1 200 OK": 200; 0 where there is no such number.
int status_of(std::string_view head) {
  std::size_t at = head.substr(0, head.find('\n')).find(' ');
  if (at == std::string_view::npos) return 0;
  at = head.find_first_not_of(' ', at);
  if (at == std::string_view::npos) return 0;
  const std::string_view digits = head.substr(at, 3);
  if (digits.size() < 3 || digits.find_first_not_of("0123456789") != std::string_view::npos) return 0;
  return (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + (digits[2] - '0');
}

// 300, 305 and 306 name no single target to go to.
bool is_redirect_status(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

// A Location that leads to an http(s) URL.
bool has_usable_location(std::string_view head, const web::Url& from) {
  const web::Headers headers = web::Headers::parse(head);
  const std::string_view location = headers.get("Location");
  return !location.empty() && web::parse_url(location, &from).has_value();
}

std::string one_line(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

}  // namespace

void Transfer::begin(FetchRequest request, Limits limits) {
  *this = Transfer();
  request_ = std::move(request);
  limits_ = limits;
}

void Transfer::mark_sent(limiter::TimePoint now, std::chrono::system_clock::time_point wall) {
  result_.sent_anything = true;
  result_.sent = now;
  result_.sent_at = wall;
}

void Transfer::reached(const sockaddr_storage& peer) {
  request_.address = peer;
  if (stop_ == Stop::forbidden) stop_ = Stop::none;
}

bool Transfer::take_head_line(std::string_view line, limiter::TimePoint now) {
  if (!std::exchange(answered_, true)) result_.first_byte = now;
  result_.wire_bytes += line.size();
  head_bytes_ += line.size();  // interim answers and trailers included
  if (head_bytes_ > limits_.head.n) {
    stop(Stop::head_too_big);
    return false;
  }
  if (head_complete_) return true;  // a trailer of the chunked coding: no part of the head
  result_.response_head.append(line);
  if (line.empty() || (line[0] != '\r' && line[0] != '\n')) return true;
  const int status = status_of(result_.response_head);
  if (status / 100 == 1) {
    result_.response_head.clear();
  } else {
    head_complete_ = true;
    result_.status = status;
  }
  return true;
}

bool Transfer::take_wire(std::size_t bytes) {
  coded_bytes_ += bytes;
  const std::uint64_t body = result_.body.size() + Permits::kInitialWeight.n;  // some may be on its way to take_body()
  if (coded_bytes_ <= body || coded_bytes_ - body <= limits_.body.n) return true;
  stop(Stop::body_too_big);
  return false;
}

Transfer::Took Transfer::take_body(std::string_view data) {
  const std::uint64_t room = limits_.body.n - result_.body.size();
  const std::string_view kept = data.substr(0, room);
  wanted_ = result_.body.size() + kept.size();
  if (!make_room()) {
    waited_ = true;
    return Took::wait;
  }
  result_.body.append(kept);
  result_.wire_bytes += data.size();
  if (kept.size() == data.size()) return Took::all;
  stop(Stop::body_too_big);
  return Took::stop;
}

// Capacity doubles, so that what a body reserves is never far above what has arrived of it, and ends exactly at the
// announced length or the limit. What is over the permit's first weight is paid for before it is allocated.
bool Transfer::make_room() {
  const std::uint64_t capacity = result_.body.capacity();
  if (wanted_ <= capacity) return true;
  const std::uint64_t most = std::max(wanted_, std::min(limits_.body.n, expected_.value_or(limits_.body).n));
  std::uint64_t next = std::max(expected_ ? Permits::kInitialWeight.n : kFirstBuffer, 2 * capacity);
  while (next < wanted_) next *= 2;
  next = std::min(next, most);
  if (!request_.permit.grow({next})) return false;
  std::string bigger;  // a fresh one: reserve() on a used string would double once more
  bigger.reserve(next);
  bigger.append(result_.body);
  result_.body.swap(bigger);
  return true;
}

FetchResult Transfer::finish(std::optional<Failure> failure, limiter::TimePoint now) {
  result_.id = request_.id;
  result_.ip = web::address_text(reinterpret_cast<const sockaddr*>(&request_.address));
  result_.ended = now;
  if (!answered_) result_.first_byte = now;
  if (!result_.sent_anything) result_.sent = result_.first_byte = now;
  if (!head_complete_) result_.response_head.clear();
  judge(std::move(failure));
  if (result_.outcome == Outcome::put_back) {  // will be asked for anew
    result_.status = 0;
    result_.response_head.clear();
    std::string().swap(result_.body);
  }
  result_.error = one_line(std::move(result_.error));
  result_.permit = std::move(request_.permit);
  return std::move(result_);
}

void Transfer::judge(std::optional<Failure> failure) {
  auto is = [this](Outcome outcome, std::string text) {
    result_.outcome = outcome;
    result_.error = std::move(text);
  };
  switch (stop_) {
    case Stop::not_allowed:
      return is(Outcome::put_back, "not sent: no longer allowed when the connection stood");
    case Stop::resend:
      result_.kept_connection_died = true;
      return is(Outcome::put_back, "resend stopped: the kept connection died under the request");
    case Stop::cut:
      return is(Outcome::put_back, "cut off");
    case Stop::forbidden:
      return is(Outcome::forbidden_address, "not a public address: " + result_.ip);
    case Stop::head_too_big:
      if (head_complete_) {  // by trailers: the body is there
        result_.truncated = "length";
        return is(outcome_by_status(), "");
      }
      return is(Outcome::protocol, "the head of the answer is over " + std::to_string(limits_.head.n) + " bytes");
    case Stop::body_too_big:
      result_.truncated = "length";
      return is(outcome_by_status(), "");
    case Stop::none:
      break;
  }
  if (!failure) {
    if (!head_complete_) return is(Outcome::protocol, "the answer has no final status");
    const Outcome outcome = outcome_by_status();
    const bool leads_nowhere = is_redirect_status(result_.status) && outcome != Outcome::redirected;
    return is(outcome, leads_nowhere ? "a redirect whose Location is no http or https URL" : "");
  }
  result_.os_error = failure->os_error;
  if (failure->outcome == Outcome::timeout && waited_) {
    return is(Outcome::put_back, "timed out while the body waited for memory of our own");
  }
  const bool cut_short = failure->outcome == Outcome::timeout || failure->outcome == Outcome::reset;
  if (!head_complete_ || !cut_short) return is(failure->outcome, std::move(failure->text));
  result_.truncated = failure->outcome == Outcome::timeout ? "time" : "disconnect";
  is(result_.status / 100 == 2 ? failure->outcome : outcome_by_status(), std::move(failure->text));
}

Outcome Transfer::outcome_by_status() const {
  const int status = result_.status;
  if (status < 200) return Outcome::protocol;
  if (status < 300) return Outcome::fetched;
  if (status == 304) return Outcome::not_modified;
  if (is_redirect_status(status) && has_usable_location(result_.response_head, request_.url))
    return Outcome::redirected;
  if (status == 429 || status == 503) return Outcome::rate_limited;
  return status < 500 ? Outcome::http_4xx : Outcome::http_5xx;  // 600 and above as 5xx: RFC 9110 15
}

}  // namespace crawler
