#include "crawler/resolver.h"

#include <ares.h>
#include <sys/time.h>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <deque>
#include <unordered_map>
#include <utility>

#include "crawler/resolver_answer.h"
#include "crawler/resolver_cache.h"
#include "crawler/socket_poller.h"
#include "web/address.h"

namespace crawler {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr int kTries = 3;  // each waits twice as long as the one before

bool is_localhost(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  return host == "localhost" || host.ends_with(".localhost");
}

const NameAnswer& loopback() {
  static const NameAnswer answer = [] {
    IpAddress v4, v6{AF_INET6, in6addr_loopback};
    const in_addr one = {htonl(INADDR_LOOPBACK)};
    std::memcpy(&v4.bytes, &one, sizeof one);
    return NameAnswer{{v4, v6}, "", false};
  }();
  return answer;
}

Resolved resolved_of(const NameAnswer& answer, std::uint16_t port) {
  Resolved resolved;
  for (const IpAddress& address : answer.addresses) resolved.addresses.push_back(address.with_port(port));
  resolved.error = answer.error;
  resolved.temporary = answer.temporary;
  return resolved;
}

}  // namespace

struct Resolver::Impl {
  struct Waiter {
    std::uint16_t port;
    Answer answer;
    Clock::time_point deadline;
  };
  struct Lookup {
    std::vector<Waiter> waiters;
    bool begun = false;
  };
  struct Query {  // what c-ares holds for us
    Impl* owner;
    std::string host;
  };

  Impl(uv_loop_s* loop, ResolverOptions options);
  ~Impl() { assert(channel == nullptr); }

  void open_channel();
  void resolve(const std::string& host, std::uint16_t port, Answer answer);
  void begin_some();
  void take(const std::string& host, int status, ares_addrinfo* info);
  void finish(const std::string& host, const NameAnswer& answer);
  void expire();
  void rearm();
  void cancel_all();
  void destroy();

  ResolverOptions options;
  ResolverCache cache;
  SocketPoller poller;
  ares_channel channel = nullptr;
  std::string broken;  // why there is no channel
  std::unordered_map<std::string, Lookup> lookups;
  std::deque<std::string> line;                                     // hosts whose lookup has not begun
  std::deque<std::pair<Clock::time_point, std::string>> deadlines;  // of every waiter, in order of time
  std::size_t under_way = 0;
  std::function<void()> closed;
  bool beginning = false, closing = false;
};

Resolver::Impl::Impl(uv_loop_s* loop, ResolverOptions o)
    : options(std::move(o)),
      cache(options.cache_entries),
      poller(
          loop,
          [this](int fd, unsigned ready) {
            ares_process_fd(channel, ready & ~unsigned{SocketPoller::kWritable} ? fd : ARES_SOCKET_BAD,
                            ready & SocketPoller::kWritable ? fd : ARES_SOCKET_BAD);
            rearm();
          },
          [this] {
            if (closing) return destroy();
            if (channel != nullptr) ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
            expire();
            rearm();
          }) {
  open_channel();
}

void Resolver::Impl::open_channel() {
  static const int global = ares_library_init(ARES_LIB_INIT_ALL);
  ares_options wanted{};
  wanted.tries = kTries;
  wanted.timeout =
      std::max<int>(50, std::chrono::duration_cast<milliseconds>(options.timeout).count() / ((1 << kTries) - 1));
  wanted.lookups = const_cast<char*>("fb");  // the hosts file, then the name servers
  wanted.ndots = 0;                          // names are as they are: no search domains
  wanted.domains = nullptr;
  wanted.ndomains = 0;
  wanted.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES;
  wanted.sock_state_cb = [](void* self, ares_socket_t fd, int read, int write) {
    static_cast<Impl*>(self)->poller.watch(fd, read != 0, write != 0);
  };
  wanted.sock_state_cb_data = this;
  int status = global;
  if (status == ARES_SUCCESS) {
    status = ares_init_options(&channel, &wanted,
                               ARES_OPT_TRIES | ARES_OPT_TIMEOUTMS | ARES_OPT_LOOKUPS | ARES_OPT_NDOTS |
                                   ARES_OPT_DOMAINS | ARES_OPT_FLAGS | ARES_OPT_SOCK_STATE_CB);
  }
  if (status == ARES_SUCCESS && !options.servers.empty()) {
    std::string list;
    for (const std::string& server : options.servers) list += (list.empty() ? "" : ",") + server;
    status = ares_set_servers_ports_csv(channel, list.c_str());
  }
  if (status == ARES_SUCCESS) return;
  broken = std::string("name servers cannot be asked: ") + ares_strerror(status);
  if (channel != nullptr) ares_destroy(channel);
  channel = nullptr;
}

void Resolver::Impl::resolve(const std::string& host, std::uint16_t port, Answer answer) {
  assert(poller.on_own_thread());
  if (const auto literal = web::parse_address(host, port)) return answer({{*literal}, "", false});
  if (is_localhost(host)) return answer(resolved_of(loopback(), port));
  if (const NameAnswer* known = cache.find(host, options.now())) return answer(resolved_of(*known, port));
  if (closing) return answer({{}, "cancelled", true});
  if (channel == nullptr) return answer({{}, broken, true});

  const Clock::time_point deadline = Clock::now() + options.timeout;
  const auto [lookup, first] = lookups.try_emplace(host);
  lookup->second.waiters.push_back({port, std::move(answer), deadline});
  deadlines.emplace_back(deadline, host);
  if (first) line.push_back(host);
  begin_some();
  rearm();
}

void Resolver::Impl::begin_some() {
  if (std::exchange(beginning, true)) return;  // an answer that came at once: the loop below goes on
  while (!line.empty() && under_way < options.max_lookups) {
    auto query = std::make_unique<Query>(Query{this, std::move(line.front())});
    line.pop_front();
    lookups.at(query->host).begun = true;
    ++under_way;
    ares_addrinfo_hints hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = ARES_AI_NOSORT;  // sorting would open a socket for every address
    const std::string host = query->host;
    ares_getaddrinfo(
        channel, host.c_str(), nullptr, &hints,
        [](void* data, int status, int, ares_addrinfo* info) {  // perhaps before ares_getaddrinfo returns
          const std::unique_ptr<Query> ended(static_cast<Query*>(data));
          if (status != ARES_EDESTRUCTION) ended->owner->take(ended->host, status, info);
          if (info != nullptr) ares_freeaddrinfo(info);
        },
        query.release());
  }
  beginning = false;
}

void Resolver::Impl::take(const std::string& host, int status, ares_addrinfo* info) {
  assert(poller.on_own_thread());
  const NameAnswer answer = read_answer(status, info);
  if (!answer.temporary) {
    const std::chrono::nanoseconds ttl =
        answer.addresses.empty()
            ? options.negative_ttl
            : std::clamp<std::chrono::nanoseconds>(ttl_of(*info), options.min_ttl, options.max_ttl);
    cache.put(host, answer, options.now() + ttl);
  }
  --under_way;
  finish(host, answer);
}

// An asker may call any method of the resolver: nothing is touched after the last answer.
void Resolver::Impl::finish(const std::string& host, const NameAnswer& answer) {
  auto ended = lookups.extract(host);
  if (!closing) begin_some();
  for (Waiter& waiter : ended.mapped().waiters) waiter.answer(resolved_of(answer, waiter.port));
}

// Askers whose time is up. Their lookup goes on for those to come.
void Resolver::Impl::expire() {
  const Clock::time_point now = Clock::now();
  std::vector<Waiter> late;
  while (!deadlines.empty() && deadlines.front().first <= now) {
    if (const auto lookup = lookups.find(deadlines.front().second); lookup != lookups.end()) {
      auto& waiters = lookup->second.waiters;
      const auto in_time = std::find_if(waiters.begin(), waiters.end(), [&](Waiter& w) { return w.deadline > now; });
      late.insert(late.end(), std::make_move_iterator(waiters.begin()), std::make_move_iterator(in_time));
      waiters.erase(waiters.begin(), in_time);
      if (waiters.empty() && !lookup->second.begun) {
        std::erase(line, lookup->first);
        lookups.erase(lookup);
      }
    }
    deadlines.pop_front();
  }
  for (Waiter& waiter : late) waiter.answer({{}, "no answer from the name servers in time", true});
}

void Resolver::Impl::rearm() {
  if (closing) return;  // it is armed for the end
  while (!deadlines.empty() && !lookups.contains(deadlines.front().second)) deadlines.pop_front();
  milliseconds wait = milliseconds::max();
  if (!deadlines.empty()) wait = std::chrono::ceil<milliseconds>(deadlines.front().first - Clock::now());
  timeval tv{};
  if (channel != nullptr && ares_timeout(channel, nullptr, &tv) != nullptr) {
    wait = std::min(wait, milliseconds(tv.tv_sec * 1000 + tv.tv_usec / 1000 + 1));
  }
  if (wait == milliseconds::max()) {
    poller.disarm();
  } else {
    poller.arm(wait);
  }
}

void Resolver::Impl::cancel_all() {
  std::vector<Waiter> waiters;
  for (auto lookup = lookups.begin(); lookup != lookups.end();) {
    std::move(lookup->second.waiters.begin(), lookup->second.waiters.end(), std::back_inserter(waiters));
    lookup->second.waiters.clear();
    lookup = lookup->second.begun ? std::next(lookup) : lookups.erase(lookup);
  }
  line.clear();
  deadlines.clear();
  for (Waiter& waiter : waiters) waiter.answer({{}, "cancelled", true});
}

void Resolver::Impl::destroy() {
  if (channel != nullptr) ares_destroy(channel);
  channel = nullptr;
  poller.close(std::move(closed));
}

Resolver::Resolver(uv_loop_s* loop, ResolverOptions options)
    : impl_(std::make_unique<Impl>(loop, std::move(options))) {}

Resolver::~Resolver() = default;

void Resolver::resolve(const std::string& host, std::uint16_t port, Answer answer) {
  impl_->resolve(host, port, std::move(answer));
}

void Resolver::cancel_all() {
  impl_->cancel_all();
}

void Resolver::close(std::function<void()> closed) {
  impl_->closing = true;
  impl_->cancel_all();
  impl_->closed = std::move(closed);
  impl_->poller.arm(milliseconds(0));  // not now: the caller may be an answer of ours
}

}  // namespace crawler
