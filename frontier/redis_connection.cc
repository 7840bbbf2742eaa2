#include "frontier/redis_connection.h"

#include <uv.h>

#include <algorithm>
#include <deque>
#include <random>
#include <utility>

#include "frontier/redis_socket.h"

namespace frontier {
namespace {

constexpr std::uint64_t kPutOffMs = 250;
constexpr std::uint64_t kTickMs = 100;

}  // namespace

struct RedisConnection::Impl {
  struct Command {
    std::string bytes;
    Callback callback;
    bool may_fail = false;   // an error is its answer; else it is put off
    bool first = false;      // is not held
    bool for_state = false;  // means nothing to another state of Redis
    bool stuck = false;      // it was put off, and has not been answered since
    std::uint64_t sent_ns = 0;
  };
  enum class State { idle, waiting, connecting, handshake, up, closed };

  Impl(uv_loop_t* l, RedisAddress a, RedisOptions o) : loop(l), address(std::move(a)), options(std::move(o)) {
    uv_timer_init(loop, &tick);
    tick.data = this;
    uv_timer_start(
        &tick, [](uv_timer_t* t) { static_cast<Impl*>(t->data)->on_tick(); }, kTickMs, kTickMs);
  }

  void open() {
    state = State::connecting;
    since_ms = uv_now(loop);
    socket =
        std::make_unique<RedisSocket>(loop, address,
                                      RedisSocket::Events{.connected = [this] { shake_hands(); },
                                                          .gone = [this](std::string why) { lose(std::move(why)); },
                                                          .reply = [this](const Reply& reply) { on_reply(reply); }});
  }

  void shake_hands() {
    state = State::handshake;
    std::vector<std::vector<std::string_view>> greetings;
    if (!address.password.empty()) {
      if (address.user.empty())
        greetings.push_back({"AUTH", address.password});
      else
        greetings.push_back({"AUTH", address.user, address.password});
    }
    const std::string db = std::to_string(address.db);
    if (address.db != 0) greetings.push_back({"SELECT", db});
    for (const Script& script : options.scripts) greetings.push_back({"SCRIPT", "LOAD", script.text});
    greetings.push_back({"PING"});
    greetings_left = greetings.size();
    for (const auto& greeting : greetings) socket->send(format_command(greeting));
  }

  void on_reply(const Reply& reply) {
    if (greetings_left > 0) {
      if (reply.is_error()) return lose(std::string(reply.text()));
      if (--greetings_left == 0) come_up();
      return;
    }
    if (sent.empty()) return;  // an error nobody asked for (maxclients): the connection closes next
    Command command = std::move(sent.front());
    sent.pop_front();
    if (options.answered) options.answered(std::chrono::nanoseconds(uv_hrtime() - command.sent_ns));
    if (reply.is_error()) {
      if (reply.text().starts_with("NOSCRIPT")) {
        for (const Script& script : options.scripts) {
          send({format_command({"SCRIPT", "LOAD", script.text}), [](const Reply&) {}});
        }
        return send(std::move(command));
      }
      if (!command.may_fail) return put_command_off(std::move(command), reply.text());
    }
    unstick(command);
    command.callback(reply);
  }

  void unstick(const Command& command) {
    if (!command.stuck || --stuck > 0) return;
    put_off_error.clear();
    if (options.stuck) options.stuck("");
  }

  void put_command_off(Command command, std::string_view error) {
    if (!std::exchange(command.stuck, true)) ++stuck;
    std::string text = std::string(error) + " (" + subject_of(command.bytes) + ")";
    const bool news = put_off_error.substr(0, put_off_error.find(' ')) != error.substr(0, error.find(' '));
    put_off_ms = uv_now(loop);
    put_off.push_back(std::move(command));
    if (!news) return;
    put_off_error = std::move(text);
    if (options.stuck) options.stuck(put_off_error);
  }

  void come_up() {
    state = State::up;
    failures = 0;
    last_error.clear();
    if (up_callback) up_callback(std::exchange(was_up, true));
    send_queue();
  }

  void send_queue() {
    std::deque<Command> unsent = std::exchange(queue, {});
    for (Command& command : unsent) send(std::move(command));
  }

  void go_on(bool other) {
    held = false;
    std::vector<Command> dropped;
    const auto drop = [&dropped](auto& commands) {
      const auto kept = std::stable_partition(commands.begin(), commands.end(),
                                              [](const Command& command) { return !command.for_state; });
      dropped.insert(dropped.end(), std::make_move_iterator(kept), std::make_move_iterator(commands.end()));
      commands.erase(kept, commands.end());
    };
    if (other) {
      drop(queue);
      drop(put_off);
    }
    if (state == State::up) send_queue();
    for (const Command& command : dropped) {
      unstick(command);
      command.callback(Reply(nullptr));
    }
  }

  void send(Command command) {
    if (state == State::up && (!held || command.first)) {
      command.sent_ns = uv_hrtime();
      sent.push_back(std::move(command));
      if (!socket->send(sent.back().bytes)) {  // the loss will be reported; until then it waits with the others
        queue.push_back(std::move(sent.back()));
        sent.pop_back();
      }
    } else {
      queue.push_back(std::move(command));
    }
  }

  void lose(std::string why) {
    if (state == State::closed || state == State::waiting) return;
    last_error = std::move(why);
    greetings_left = 0;
    queue.insert(queue.begin(), std::make_move_iterator(sent.begin()), std::make_move_iterator(sent.end()));
    sent.clear();
    std::unique_ptr<RedisSocket> gone = std::move(socket);
    state = State::waiting;
    const auto ceiling = std::min<std::int64_t>(options.reconnect_max.count(), options.reconnect_initial.count()
                                                                                   << std::min(failures++, 16));
    since_ms = uv_now(loop);
    wait_ms = std::uniform_int_distribution<std::uint64_t>(0, static_cast<std::uint64_t>(ceiling))(random);
  }

  void on_tick() {
    const std::uint64_t now = uv_now(loop);
    if (state == State::waiting && now - since_ms >= wait_ms) return open();
    if ((state == State::connecting || state == State::handshake) &&
        now - since_ms > static_cast<std::uint64_t>(options.connect_timeout.count())) {
      return lose("no answer to the connection attempt");
    }
    if (state == State::up && !sent.empty() &&
        uv_hrtime() - sent.front().sent_ns > static_cast<std::uint64_t>(options.command_timeout.count()) * 1'000'000) {
      return lose("no answer within the command timeout");
    }
    if (!put_off.empty() && now - put_off_ms >= kPutOffMs) {
      std::vector<Command> again = std::exchange(put_off, {});
      for (Command& command : again) send(std::move(command));
    }
  }

  uv_loop_t* loop;
  RedisAddress address;
  RedisOptions options;
  State state = State::idle;
  uv_timer_t tick{};
  std::unique_ptr<RedisSocket> socket;
  std::function<void(bool)> up_callback;
  std::function<void()> closed_callback;
  std::deque<Command> sent, queue;  // awaiting their reply; awaiting a connection
  std::vector<Command> put_off;     // answered by an error
  std::size_t stuck = 0;            // that were put off, here or on their way again
  std::string put_off_error, last_error = "not connected yet";
  std::uint64_t since_ms = 0, wait_ms = 0, put_off_ms = 0;
  std::size_t greetings_left = 0;
  int failures = 0;
  bool was_up = false, held = false;
  std::minstd_rand random{static_cast<unsigned>(uv_hrtime())};
};

RedisConnection::RedisConnection(uv_loop_s* loop, RedisAddress address, RedisOptions options)
    : impl_(std::make_unique<Impl>(loop, std::move(address), std::move(options))) {}

RedisConnection::~RedisConnection() = default;

void RedisConnection::on_up(std::function<void(bool)> callback) {
  impl_->up_callback = std::move(callback);
}

void RedisConnection::connect() {
  if (impl_->state == Impl::State::idle) impl_->open();
}

bool RedisConnection::up() const {
  return impl_->state == Impl::State::up;
}

std::string RedisConnection::error() const {
  return up() ? impl_->put_off_error : impl_->last_error;
}

std::size_t RedisConnection::unanswered() const {
  return impl_->sent.size() + impl_->queue.size() + impl_->put_off.size();
}

void RedisConnection::command(std::vector<std::string_view> argv, Callback callback) {
  impl_->send({format_command(argv), std::move(callback)});
}

void RedisConnection::attempt(std::vector<std::string_view> argv, Callback callback) {
  impl_->send({format_command(argv), std::move(callback), true});
}

void RedisConnection::script(const Script& script, const std::vector<std::string>& keys,
                             const std::vector<std::string_view>& args, Callback callback) {
  impl_->send({format_script(script, keys, args), std::move(callback)});
}

void RedisConnection::attempt_script(const Script& script, const std::vector<std::string>& keys,
                                     const std::vector<std::string_view>& args, Callback callback) {
  impl_->send({format_script(script, keys, args), std::move(callback), true});
}

void RedisConnection::script_for_state(const Script& script, const std::vector<std::string>& keys,
                                       const std::vector<std::string_view>& args, Callback callback) {
  impl_->send({.bytes = format_script(script, keys, args), .callback = std::move(callback), .for_state = true});
}

void RedisConnection::first(std::vector<std::string_view> argv, Callback callback) {
  impl_->send({.bytes = format_command(argv), .callback = std::move(callback), .first = true});
}

void RedisConnection::hold() {
  impl_->held = true;
}

void RedisConnection::go_on(bool other) {
  impl_->go_on(other);
}

void RedisConnection::close(std::function<void()> closed) {
  Impl& impl = *impl_;
  impl.state = Impl::State::closed;
  impl.closed_callback = std::move(closed);
  impl.socket.reset();
  auto abandon = [](auto& commands) {
    auto left = std::exchange(commands, {});
    for (auto& command : left) command.callback(Reply(nullptr));
  };
  abandon(impl.sent);
  abandon(impl.queue);
  abandon(impl.put_off);
  uv_close(reinterpret_cast<uv_handle_t*>(&impl.tick), [](uv_handle_t* handle) {
    const auto callback = std::move(static_cast<Impl*>(handle->data)->closed_callback);
    if (callback) callback();
  });
}

}  // namespace frontier
