#include "admin/listener.h"

#include <arpa/inet.h>
#include <httplib.h>
#include <pthread.h>
#include <signal.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <vector>

#include "admin/connection.h"
#include "admin/json.h"

namespace admin {

namespace {

constexpr std::size_t kThreads = 8;
constexpr std::size_t kMaxWaiting = 64;  // accepted connections that no thread has taken yet
constexpr int kBacklog = 64;             // connections the kernel keeps for us

// Like the library's own pool, with a bound: past it, accepting waits, and new connections queue in the kernel.
class BoundedPool : public httplib::TaskQueue {
 public:
  BoundedPool() {
    for (std::size_t i = 0; i < kThreads; ++i) threads_.emplace_back([this] { work(); });
  }

  void enqueue(std::function<void()> job) override {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return jobs_.size() < kMaxWaiting; });
    jobs_.push_back(std::move(job));
    changed_.notify_all();
  }

  void shutdown() override {  // every job that was taken in still runs: it owns a socket
    {
      std::lock_guard lock(mutex_);
      ending_ = true;
      changed_.notify_all();
    }
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  void work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return ending_ || !jobs_.empty(); });
      if (jobs_.empty()) return;
      const std::function<void()> job = std::move(jobs_.front());
      jobs_.pop_front();
      changed_.notify_all();
      lock.unlock();
      job();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> jobs_;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

// The connection as the library wants to see it.
class ConnectionStream : public httplib::Stream {
 public:
  explicit ConnectionStream(Connection& connection) : connection_(connection) {}

  bool is_readable() const override { return true; }
  bool is_writable() const override { return true; }
  ssize_t read(char* out, size_t size) override { return connection_.read_head(out, size); }
  ssize_t write(const char* data, size_t size) override { return connection_.write(data, size); }
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  socket_t socket() const override { return connection_.socket(); }

 private:
  Connection& connection_;
};

Request request_of(const httplib::Request& from) {
  Request request{from.method, from.target, from.path, {}, {}};
  for (const auto& [name, value] : from.headers) {
    // The library adds these four to every request.
    const bool added = name == "REMOTE_ADDR" || name == "REMOTE_PORT" || name == "LOCAL_ADDR" || name == "LOCAL_PORT";
    if (!added) request.headers.emplace_back(name, value);
  }
  return request;
}

void send_as(const Answer& answer, httplib::Response& to) {
  to.status = answer.status;
  to.body = answer.body;
  for (const auto& [name, value] : answer.headers) to.set_header(name, value);
  if (!to.has_header("Content-Security-Policy")) {
    to.set_header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
  }
  to.set_header("Content-Type", answer.type);
  to.set_header("Cache-Control", "no-store");
  to.set_header("X-Content-Type-Options", "nosniff");
  to.set_header("Referrer-Policy", "same-origin");
  to.set_header("Cross-Origin-Resource-Policy", "same-origin");
  to.set_header("Accept-Ranges", "none");
}

Answer refusal(const Verdict& verdict) {
  Answer answer = problem(verdict.status, verdict.detail);
  if (verdict.status == 401) answer.headers.emplace_back("WWW-Authenticate", "Bearer");
  return answer;
}

// What this thread is busy with, for the library's callbacks, which are told less than they need.
struct Exchange {
  Connection& connection;
  std::optional<Answer> answer;
};
thread_local Exchange* exchange = nullptr;

}  // namespace

// The library reads the head and writes the answer; all between is ours. Its body readers, routes, files, ranges and
// compression are never reached: that is where its known holes are.
struct Listener::Impl : httplib::Server {
  Impl(ListenerHooks hooks, std::chrono::milliseconds deadline) : hooks_(std::move(hooks)), deadline_(deadline) {
    new_task_queue = [] { return new BoundedPool; };
    // The library's default is SO_REUSEPORT, with which a second daemon would bind a taken port without an error.
    set_socket_options([](socket_t socket) {
      const int on = 1;
      setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    });
    set_keep_alive_max_count(1);
    set_tcp_nodelay(true);
    set_pre_routing_handler([](const httplib::Request&, httplib::Response& response) {
      send_as(*exchange->answer, response);
      return HandlerResponse::Handled;
    });
    set_error_handler(HandlerWithResponse(&Impl::explain));
  }

  // For every status from 400 on. What the library refuses by itself has no body yet.
  static HandlerResponse explain(const httplib::Request&, httplib::Response& response) {
    if (response.has_header("Content-Type")) return HandlerResponse::Unhandled;
    Answer answer = problem(response.status, "The request could not be read.");
    if (exchange->connection.head_too_large()) answer = problem(431, "The request's head is larger than 32 KiB.");
    if (exchange->connection.timed_out()) answer = problem(408, "The request did not arrive in time.");
    exchange->connection.restart_clock();
    send_as(answer, response);
    response.set_header("Content-Length", std::to_string(answer.body.size()));
    return HandlerResponse::Unhandled;  // "handled" would apply ranges to the body
  }

  // Called when the head has been read.
  Answer take(httplib::Request& from) {
    Request request = request_of(from);
    const bool wants_continue = same_word(request.header("Expect"), "100-continue");
    from.ranges.clear();
    for (const char* name : {"Range", "Expect", "Accept-Encoding"}) from.headers.erase(name);

    const Verdict verdict = hooks_.judge(request);
    if (!verdict.passed()) return refusal(verdict);
    Connection& connection = exchange->connection;
    constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    if (verdict.body_length > 0 && wants_continue) connection.write(kContinue.data(), kContinue.size());
    if (!connection.read_body(verdict.body_length, request.body)) {
      return connection.timed_out() ? problem(408, "The body did not arrive in time.")
                                    : problem(400, "The body is shorter than its Content-Length.");
    }
    return hooks_.answer(request);
  }

  // The library calls take() outside its own try block, and a failure here must not end the crawl.
  Answer answer_safely(httplib::Request& request) {
    try {
      return take(request);
    } catch (const std::exception& error) {
      spdlog::error("admin endpoint: {}", error.what());
      return problem(500, "The request could not be answered.");
    }
  }

  bool process_and_close_socket(socket_t socket) override {
    if (!enter(socket)) {
      ::close(socket);
      return false;
    }
    Connection connection(socket, deadline_);
    Exchange current{connection, {}};
    exchange = &current;
    ConnectionStream stream(connection);
    bool closed = true;
    const bool done = process_request(stream, true, closed, [this](httplib::Request& request) {
      exchange->answer = answer_safely(request);
      exchange->connection.restart_clock();
    });
    exchange = nullptr;
    leave(socket);
    return done;
  }

  // The library listens with room for five, past which a connection attempt stalls for a second.
  void widen_backlog() { ::listen(svr_sock_, kBacklog); }

  bool enter(int socket) {
    std::lock_guard lock(mutex_);
    if (!ending_) open_.insert(socket);
    return !ending_;
  }

  void leave(int socket) {
    std::lock_guard lock(mutex_);
    open_.erase(socket);
  }

  void cut_all() {
    std::lock_guard lock(mutex_);
    ending_ = true;
    for (const int socket : open_) Connection::cut(socket);
  }

  void run() {
    listen_after_bind();
    std::lock_guard lock(mutex_);
    if (!ending_) spdlog::error("admin endpoint ended: it can accept no more connections");
  }

  const ListenerHooks hooks_;
  const std::chrono::milliseconds deadline_;
  std::mutex mutex_;
  std::set<int> open_;  // sockets being read or answered
  bool ending_ = false;
  std::thread thread_;
};

Listener::Listener(ListenerHooks hooks, std::chrono::milliseconds deadline)
    : impl_(std::make_unique<Impl>(std::move(hooks), deadline)) {}

Listener::~Listener() {
  stop();
}

bool Listener::bind(const std::string& host, int port) {
  errno = 0;
  if (port == 0) {
    port_ = impl_->bind_to_any_port(host);
  } else {
    port_ = impl_->bind_to_port(host, port) ? port : -1;
  }
  if (port_ > 0) impl_->widen_backlog();
  return port_ > 0;
}

void Listener::start() {
  // Signals are the main thread's; here they would only interrupt the library's accept, which takes that for the end.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  impl_->thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "admin");
    impl_->run();
  });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  while (!impl_->is_running()) std::this_thread::yield();
}

void Listener::stop() {
  if (!impl_->thread_.joinable()) return;
  impl_->cut_all();
  impl_->stop();
  impl_->thread_.join();
}

}  // namespace admin
