// How a session ends: by signal, lever, budget or a finished frontier; drain, release, close.
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <utility>

#include "crawler/boot_clock.h"
#include "crawler/session.h"

namespace crawler {
namespace {

constexpr Duration kReleaseGrace = seconds(1);
constexpr std::uint64_t kLastWriteMs = 1000;

}  // namespace

void Session::on_signal(int number) {
  if (std::exchange(interrupted_, true) && number == SIGINT) {
    spdlog::warn("stopping at once; what was in flight is fetched again by the next run");
    spdlog::default_logger()->flush();
    _exit(static_cast<int>(shared_.finite ? Exit::interrupted : Exit::ok));
  }
  if (shared_.finite) {
    spdlog::info(
        "stopping: {} requests in flight may end within {} s; a second Ctrl-C stops at once; the same command resumes",
        shared_.permits.in_use(), std::chrono::duration<double>(config_.workers.drain).count());
  }
  end(shared_.finite ? Exit::interrupted : Exit::ok, number == SIGINT ? "interrupted" : "terminated");
}

void Session::stop() {
  post([this] { end(shared_.finite ? Exit::interrupted : Exit::ok, "asked to shut down"); });
}

void Session::fail(Exit exit, const std::string& why) {
  spdlog::error("{}", why);
  end(exit, "failed");
}

void Session::end(Exit exit, const std::string& why) {
  if (phase_ != Phase::connecting && phase_ != Phase::running) return;
  exit_ = exit;
  spdlog::info("{}: draining", why);
  notifier_.stopping();
  const bool started = phase_ == Phase::running;
  phase_ = Phase::draining;
  if (!started) return close();
  for (auto& worker : workers_) worker->stop(config_.workers.drain);
}

void Session::advance_drain() {
  for (const auto& worker : workers_) {
    if (!worker->stopped()) return;
  }
  phase_ = Phase::releasing;
  deadline_ = boot_now() + kReleaseGrace;
  if (!redis_.up()) return close();
  leases_->release_all([this] { release(); });
}

void Session::release() {
  if (phase_ != Phase::releasing) return;
  if (shared_.trust.lost()) return close();
  if (received_) received_->look(received());
  books_->read_last([this] { close(); });
}

void Session::close() {
  if (std::exchange(phase_, Phase::closed) == Phase::closed) return;
  publish();
  if (const StatusPtr status = this->status(); frontier_ && redis_.up()) write_status_hash(*status);
  uv_close(reinterpret_cast<uv_handle_t*>(&terminate_), nullptr);
  uv_close(reinterpret_cast<uv_handle_t*>(&interrupt_), nullptr);
  if (!redis_.up()) return disconnect();
  // The last write is answered before the connection goes; but a Redis that hangs is not waited for.
  uv_timer_start(
      &ticker_, [](uv_timer_t* h) { static_cast<Session*>(h->data)->disconnect(); }, kLastWriteMs, 0);
  redis_.attempt({"PING"}, [this](const frontier::Reply&) { disconnect(); });
}

void Session::disconnect() {
  if (std::exchange(disconnected_, true)) return;
  uv_close(reinterpret_cast<uv_handle_t*>(&ticker_), nullptr);
  redis_.close([this] { mailbox_.close([] {}); });
}

}  // namespace crawler
