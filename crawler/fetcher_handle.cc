#include "crawler/fetcher_handle.h"

#include <malloc.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <utility>

#include "crawler/fetcher_handle_failure.h"

namespace crawler {
namespace {

long milliseconds_of(std::chrono::nanoseconds d) {
  return std::max<long>(1, std::chrono::ceil<std::chrono::milliseconds>(d).count());
}

CurlList list_of(const std::vector<std::string>& lines) {
  CurlList list(nullptr, curl_slist_free_all);
  for (const std::string& line : lines) {
    curl_slist* longer = curl_slist_append(list.get(), line.c_str());
    if (longer == nullptr) std::abort();
    if (!list) list.reset(longer);
  }
  return list;
}

// Before an IPv4 address: the same one, for an IPv6 socket (RFC 4291 2.5.5.2).
constexpr std::string_view kMapped = "::ffff:";

// As curl wants it: IPv6 in brackets.
std::string literal_of(const sockaddr_storage& address) {
  const std::string text = web::address_text(reinterpret_cast<const sockaddr*>(&address));
  return address.ss_family == AF_INET6 ? "[" + text + "]" : text;
}

// Once for the process, before the first body.
bool set_up_process() {
  must(curl_global_init(CURL_GLOBAL_DEFAULT));
  // Bodies of megabytes come and go on several threads: each large one is mapped by itself and given back at once.
  // glibc's own, growing threshold keeps them in the threads' heaps, which then hold half as much again in holes.
  mallopt(M_MMAP_THRESHOLD, 1 << 20);
  return true;
}

}  // namespace

void must(CURLcode code) {
  if (code != CURLE_OK) std::abort();
}

FetcherHandles::FetcherHandles(FetcherOptions o, Fetcher::MaySend m, OnWait w, OnOpen n)
    : options(std::move(o)), may_send(std::move(m)), on_open(std::move(n)), on_wait(std::move(w)) {
  [[maybe_unused]] static const bool once = set_up_process();
  if (options.from.empty()) {
    headers_close = list_of({"Connection: close"});
  } else {
    headers_keep = list_of({"From: " + options.from});
    headers_close = list_of({"From: " + options.from, "Connection: close"});
  }
  original = curl_easy_init();
  if (original == nullptr) std::abort();
  auto set = [this](CURLoption option, auto value) { must(curl_easy_setopt(original, option, value)); };
  // The costly defaults: the CA bundle is read once and not per connection, no resolver threads, no walks over caches.
  set(CURLOPT_CAPATH, static_cast<char*>(nullptr));
  if (!options.ca_file.empty()) set(CURLOPT_CAINFO, options.ca_file.c_str());
  set(CURLOPT_QUICK_EXIT, 1L);
  set(CURLOPT_DNS_CACHE_TIMEOUT, 0L);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_SSL_SESSIONID_CACHE, 0L);
  set(CURLOPT_MAXAGE_CONN, 60L);
  // Nothing but what we were asked for, from nobody but whom we were sent to.
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_PROXY, "");
  set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_PATH_AS_IS, 1L);
  set(CURLOPT_OPENSOCKETFUNCTION, FetcherHandle::open_socket);
  set(CURLOPT_PREREQFUNCTION, FetcherHandle::before_request);
  set(CURLOPT_USERAGENT, options.user_agent.c_str());
  // Bytes as they are on the wire: content coding kept, the request as the debug callback sees it leave.
  set(CURLOPT_ACCEPT_ENCODING, "gzip, deflate, br, zstd");
  set(CURLOPT_HTTP_CONTENT_DECODING, 0L);
  set(CURLOPT_DEBUGFUNCTION, FetcherHandle::take_debug);
  set(CURLOPT_VERBOSE, 1L);
  set(CURLOPT_XFERINFOFUNCTION, FetcherHandle::look_on);
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_HEADERFUNCTION, FetcherHandle::take_head);
  set(CURLOPT_WRITEFUNCTION, FetcherHandle::take_body);
  set(CURLOPT_TIMEOUT_MS, milliseconds_of(options.timeout));
  set(CURLOPT_HAPPY_EYEBALLS_TIMEOUT_MS, 250L);  // RFC 8305 5
  set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds_of(options.connect_timeout));
  set(CURLOPT_LOW_SPEED_LIMIT, static_cast<long>(options.low_speed_limit.n));
  set(CURLOPT_LOW_SPEED_TIME, long{std::chrono::ceil<std::chrono::seconds>(options.low_speed_time).count()});
}

FetcherHandles::~FetcherHandles() {
  curl_easy_cleanup(original);
}

FetcherHandle::FetcherHandle(FetcherHandles& shared) : shared_(shared), easy_(curl_easy_duphandle(shared.original)) {
  if (easy_ == nullptr) std::abort();
  for (CURLoption option : {CURLOPT_PRIVATE, CURLOPT_OPENSOCKETDATA, CURLOPT_PREREQDATA, CURLOPT_DEBUGDATA,
                            CURLOPT_HEADERDATA, CURLOPT_WRITEDATA, CURLOPT_XFERINFODATA}) {
    must(curl_easy_setopt(easy_, option, this));
  }
  must(curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, error_.data()));
}

FetcherHandle::~FetcherHandle() {
  if (!named_.empty()) shared_.forget.push_back(std::move(named_));
  curl_easy_cleanup(easy_);
}

FetcherHandle* FetcherHandle::of(CURL* easy) {
  FetcherHandle* handle = nullptr;
  must(curl_easy_getinfo(easy, CURLINFO_PRIVATE, &handle));
  return handle;
}

// curl is given the addresses with the name, so that it never resolves; Host, SNI and the certificate check stay the
// URL's. One address is connected to by itself. Several go into curl's cache of names for the moment in which it looks
// there, and out again with what is prepared next: it tries the first, and the other family soon after, but the next of
// a family only when half of the time is over; so a second IPv4 address is written as one of the other family.
void FetcherHandle::connect_to(const FetchRequest& request) {
  const std::string port = ":" + std::to_string(request.url.effective_port());
  std::vector<std::string> names = std::exchange(shared_.forget, {});
  if (!named_.empty()) names.push_back(std::exchange(named_, {}));
  std::string to = literal_of(request.address);
  if (!request.more.empty()) {
    const std::string host = web::host_key(request.url);
    std::string entry = host + port + ":" + std::exchange(to, host);
    for (const sockaddr_storage& address : request.more) {
      const bool alike = address.ss_family == AF_INET && request.address.ss_family == AF_INET;
      entry += alike ? ",[" + std::string(kMapped) + literal_of(address) + "]" : "," + literal_of(address);
    }
    names.push_back(std::move(entry));
    named_ = "-" + host + port;
  }
  connect_to_ = list_of({"::" + to + port});
  addresses_ = list_of(names);
}

void FetcherHandle::prepare(FetchRequest request) {
  connect_to(request);
  const std::string url = request.url.origin() + request.url.path_and_query();
  auto set = [this](CURLoption option, auto value) { must(curl_easy_setopt(easy_, option, value)); };
  set(CURLOPT_URL, url.c_str());
  set(CURLOPT_CONNECT_TO, connect_to_.get());
  set(CURLOPT_RESOLVE, addresses_.get());
  set(CURLOPT_FORBID_REUSE, request.reuse ? 0L : 1L);
  error_[0] = '\0';
  waiting = end_ = false;
  const web::Bytes body = request.max_bytes.value_or(shared_.options.max_bytes);
  transfer.begin(std::move(request), {body, shared_.options.max_header_bytes});
  set_request();
}

// The body stays where it is as long as the transfer.
void FetcherHandle::set_request() {
  const FetchRequest& request = transfer.request();
  const frontier::Request& send = request.send;
  const CurlList& own = request.reuse ? shared_.headers_keep : shared_.headers_close;
  auto set = [this](CURLoption option, auto value) { must(curl_easy_setopt(easy_, option, value)); };
  set(CURLOPT_HTTPGET, 1L);
  if (send.method == "HEAD") set(CURLOPT_NOBODY, 1L);
  if (send.method == "POST") {
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDS, send.body.data());
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(send.body.size()));
  }
  // On a kept connection that has died nobody could tell whether it was carried out.
  set(CURLOPT_FRESH_CONNECT, send.idempotent() ? 0L : 1L);
  if (send.headers.empty()) return set(CURLOPT_HTTPHEADER, own.get());
  std::vector<std::string> lines;
  for (const curl_slist* line = own.get(); line != nullptr; line = line->next) lines.emplace_back(line->data);
  for (const auto& [name, value] : send.headers) lines.push_back(value.empty() ? name + ";" : name + ": " + value);
  fields_ = list_of(lines);
  set(CURLOPT_HTTPHEADER, fields_.get());
}

std::optional<Transfer::Failure> FetcherHandle::failure_of(CURLcode code) const {
  if (code == CURLE_OK) return std::nullopt;
  return failure_of_curl(easy_, code, error_.data());
}

curl_socket_t FetcherHandle::open_socket(void* data, curlsocktype, curl_sockaddr* address) {
  auto* self = static_cast<FetcherHandle*>(data);
  if (!self->shared_.options.addresses.permits(&address->addr)) {
    self->transfer.stop(Transfer::Stop::forbidden);
    return CURL_SOCKET_BAD;
  }
  const int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  if (fd >= 0) self->shared_.on_open(fd);
  return fd;
}

// The last moment before bytes leave; also on a kept connection, for which no socket was opened now.
int FetcherHandle::before_request(void* data, char* ip, char*, int port, int) {
  auto* self = static_cast<FetcherHandle*>(data);
  const auto stop = [self](Transfer::Stop why) {
    self->transfer.stop(why);
    return CURL_PREREQFUNC_ABORT;
  };
  std::string text = ip;
  if (text.starts_with(kMapped)) text.erase(0, kMapped.size());
  const auto peer = web::parse_address(text.find(':') == std::string::npos ? text : "[" + text + "]",
                                       static_cast<std::uint16_t>(port));
  if (!peer || !self->shared_.options.addresses.permits(reinterpret_cast<const sockaddr*>(&*peer))) {
    return stop(Transfer::Stop::forbidden);
  }
  self->transfer.reached(*peer);
  // A second call: the kept connection died under the request and curl is about to send it once more.
  if (self->transfer.was_sent()) return stop(Transfer::Stop::resend);
  const limiter::TimePoint now = self->shared_.options.now();
  if (!self->shared_.may_send(self->transfer.request().id, now)) return stop(Transfer::Stop::not_allowed);
  self->transfer.mark_sent(now, std::chrono::system_clock::now());
  return CURL_PREREQFUNC_OK;
}

int FetcherHandle::take_debug(CURL*, curl_infotype type, char* data, std::size_t size, void* user) {
  auto* self = static_cast<FetcherHandle*>(user);
  if (type == CURLINFO_DATA_IN && !self->transfer.take_wire(size)) self->end_ = true;
  if (type == CURLINFO_HEADER_OUT || type == CURLINFO_DATA_OUT) {  // the latter: the rest of a head sent in two parts
    self->transfer.take_request_bytes({data, size});
  }
  return 0;
}

int FetcherHandle::look_on(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<FetcherHandle*>(self)->end_ ? 1 : 0;
}

std::size_t FetcherHandle::take_head(char* data, std::size_t, std::size_t size, void* user) {
  auto* self = static_cast<FetcherHandle*>(user);
  return self->transfer.take_head_line({data, size}, self->shared_.options.now()) ? size : 0;
}

std::size_t FetcherHandle::take_body(char* data, std::size_t, std::size_t size, void* user) {
  auto* self = static_cast<FetcherHandle*>(user);
  curl_off_t length = -1;
  curl_easy_getinfo(self->easy_, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
  if (length >= 0) self->transfer.expect_body({static_cast<std::uint64_t>(length)});
  switch (self->transfer.take_body({data, size})) {
    case Transfer::Took::all:
      return size;
    case Transfer::Took::wait:
      if (!std::exchange(self->waiting, true)) self->shared_.on_wait(self);
      return CURL_WRITEFUNC_PAUSE;
    case Transfer::Took::stop:
      break;
  }
  return size > 0 ? 0 : 1;  // anything but `size` ends the transfer
}

}  // namespace crawler
