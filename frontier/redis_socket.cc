#include "frontier/redis_socket.h"

#include <hiredis/async.h>
#include <hiredis/hiredis.h>
#include <netdb.h>
#include <uv.h>

#include <utility>

namespace frontier {

// Lives until libuv has let go of the poll handle or the lookup, which may be after the RedisSocket.
struct RedisSocket::Link {
  uv_loop_t* loop;
  Events events;  // emptied when the RedisSocket goes, so that nothing is called after that
  redisAsyncContext* context = nullptr;
  uv_poll_t poll{};
  uv_getaddrinfo_t lookup{};
  uv_timer_t soon{};  // reports a failure that happened inside the constructor
  std::string failure;
  int watched = 0;
  int holds = 0;  // libuv handles and requests that still point here
  bool abandoned = false;

  void release() {
    if (--holds == 0 && abandoned) delete this;
  }
  void abandon() {
    events = {};
    abandoned = true;
    ++holds;
    if (context != nullptr) redisAsyncFree(std::exchange(context, nullptr));
    if (holds > 1 && lookup.data != nullptr) uv_cancel(reinterpret_cast<uv_req_t*>(&lookup));
    if (soon.data != nullptr && !uv_is_closing(reinterpret_cast<uv_handle_t*>(&soon))) close_soon();
    release();
  }

  void fail_soon(std::string why) {
    failure = std::move(why);
    uv_timer_init(loop, &soon);
    soon.data = this;
    ++holds;
    uv_timer_start(
        &soon,
        [](uv_timer_t* timer) {
          auto* link = static_cast<Link*>(timer->data);
          link->close_soon();
          link->report_gone(link->failure);
        },
        0, 0);
  }
  void close_soon() {
    uv_close(reinterpret_cast<uv_handle_t*>(&soon), [](uv_handle_t* h) { static_cast<Link*>(h->data)->release(); });
  }
  void report_gone(std::string why) {
    const auto gone = std::exchange(events, {}).gone;
    if (gone) gone(std::move(why));
  }

  void resolve(const RedisAddress& address);
  void open(redisAsyncContext* opened);
  void watch(int wanted);
};

void RedisSocket::Link::watch(int wanted) {
  if (wanted == watched) return;
  watched = wanted;
  if (wanted == 0) {
    uv_poll_stop(&poll);
    return;
  }
  uv_poll_start(&poll, wanted, [](uv_poll_t* handle, int status, int ready) {
    auto* link = static_cast<Link*>(handle->data);
    // An error is readable too, or a refused connection would never be seen. Either call may free the context.
    if (link->context != nullptr && (status < 0 || (ready & UV_READABLE) != 0)) redisAsyncHandleRead(link->context);
    if (link->context != nullptr && (ready & UV_WRITABLE) != 0) redisAsyncHandleWrite(link->context);
  });
}

void RedisSocket::Link::open(redisAsyncContext* opened) {
  if (opened == nullptr || opened->err != 0) {
    fail_soon(std::string("cannot connect: ") + (opened == nullptr ? "out of memory" : opened->errstr));
    if (opened != nullptr) redisAsyncFree(opened);
    return;
  }
  context = opened;
  context->data = this;
  context->c.reader->maxbuf = 0;
  uv_poll_init(loop, &poll, context->c.fd);
  poll.data = this;
  ++holds;
  context->ev.data = this;
  context->ev.addRead = [](void* p) { static_cast<Link*>(p)->watch(static_cast<Link*>(p)->watched | UV_READABLE); };
  context->ev.delRead = [](void* p) { static_cast<Link*>(p)->watch(static_cast<Link*>(p)->watched & ~UV_READABLE); };
  context->ev.addWrite = [](void* p) { static_cast<Link*>(p)->watch(static_cast<Link*>(p)->watched | UV_WRITABLE); };
  context->ev.delWrite = [](void* p) { static_cast<Link*>(p)->watch(static_cast<Link*>(p)->watched & ~UV_WRITABLE); };
  context->ev.cleanup = [](void* p) {
    auto* link = static_cast<Link*>(p);
    link->context = nullptr;
    uv_close(reinterpret_cast<uv_handle_t*>(&link->poll),
             [](uv_handle_t* h) { static_cast<Link*>(h->data)->release(); });
  };
  redisAsyncSetConnectCallback(context, [](const redisAsyncContext* c, int status) {
    auto* link = static_cast<Link*>(c->data);
    if (status == REDIS_OK) {
      if (link->events.connected) link->events.connected();
      return;
    }
    link->context = nullptr;  // hiredis frees it by itself after this callback, and must not be asked to
    link->report_gone(std::string("cannot connect: ") + c->errstr);
  });
  redisAsyncSetDisconnectCallback(context, [](const redisAsyncContext* c, int status) {
    auto* link = static_cast<Link*>(c->data);
    link->report_gone(status == REDIS_OK ? "connection closed" : std::string("connection lost: ") + c->errstr);
  });
}

void RedisSocket::Link::resolve(const RedisAddress& address) {
  lookup.data = this;
  ++holds;
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  const std::string port = std::to_string(address.port);
  const int error = uv_getaddrinfo(
      loop, &lookup,
      [](uv_getaddrinfo_t* request, int status, addrinfo* found) {
        auto* link = static_cast<Link*>(request->data);
        request->data = nullptr;
        if (!link->abandoned) {
          char host[NI_MAXHOST], service[NI_MAXSERV];
          if (status == 0 && getnameinfo(found->ai_addr, found->ai_addrlen, host, sizeof host, service, sizeof service,
                                         NI_NUMERICHOST | NI_NUMERICSERV) == 0) {
            link->open(redisAsyncConnect(host, std::stoi(service)));
          } else {
            link->fail_soon(std::string("cannot resolve its name: ") + uv_strerror(status));
          }
        }
        uv_freeaddrinfo(found);
        link->release();
      },
      address.host.c_str(), port.c_str(), &hints);
  if (error != 0) {
    lookup.data = nullptr;
    --holds;
    fail_soon(uv_strerror(error));
  }
}

RedisSocket::RedisSocket(uv_loop_s* loop, const RedisAddress& address, Events events)
    : link_(new Link{.loop = loop, .events = std::move(events)}) {
  sockaddr_in6 any{};
  const bool literal = uv_ip4_addr(address.host.c_str(), 0, reinterpret_cast<sockaddr_in*>(&any)) == 0 ||
                       uv_ip6_addr(address.host.c_str(), 0, &any) == 0;
  if (!address.unix_path.empty())
    link_->open(redisAsyncConnectUnix(address.unix_path.c_str()));
  else if (literal)
    link_->open(redisAsyncConnect(address.host.c_str(), address.port));
  else
    link_->resolve(address);
}

RedisSocket::~RedisSocket() {
  link_->abandon();
}

bool RedisSocket::send(std::string_view command) {
  if (link_->context == nullptr) return false;
  return redisAsyncFormattedCommand(
             link_->context,
             [](redisAsyncContext* c, void* reply, void*) {
               auto* link = static_cast<Link*>(c->data);
               if (reply == nullptr || link == nullptr || !link->events.reply) return;
               link->events.reply(Reply(static_cast<const redisReply*>(reply)));
             },
             nullptr, command.data(), command.size()) == REDIS_OK;
}

}  // namespace frontier
