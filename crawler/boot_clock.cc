#include "crawler/boot_clock.h"

#include <time.h>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <fstream>

namespace crawler {
namespace {

constexpr std::string_view kFirstTimeLine = "time:[4026531834]";  // of the machine itself, on every Linux

std::chrono::nanoseconds read_clock(clockid_t clock) {
  timespec t{};
  clock_gettime(clock, &t);
  return std::chrono::seconds(t.tv_sec) + std::chrono::nanoseconds(t.tv_nsec);
}

std::atomic<std::int64_t> redis_offset_ms{0};  // from the boot clock to Redis'; 0: not heard yet

}  // namespace

limiter::TimePoint boot_now() {
  return limiter::TimePoint(read_clock(CLOCK_BOOTTIME));
}

const std::string& boot_id() {
  static const std::string id = [] {
    std::string text;
    std::ifstream("/proc/sys/kernel/random/boot_id") >> text;
    // A container may have a time line of its own (time_namespaces(7)).
    std::error_code error;
    const auto line = std::filesystem::read_symlink("/proc/self/ns/time", error).native();
    return error || text.empty() || line == kFirstTimeLine ? text : text + " " + line;
  }();
  return id;
}

limiter::WallMs wall_now_ms() {
  const std::int64_t offset = redis_offset_ms.load(std::memory_order_relaxed);
  if (offset == 0) return std::chrono::duration_cast<limiter::WallMs>(read_clock(CLOCK_REALTIME));
  return std::chrono::duration_cast<limiter::WallMs>(read_clock(CLOCK_BOOTTIME)) + limiter::WallMs(offset);
}

void redis_clock_heard(limiter::WallMs wall, limiter::TimePoint at) {
  const auto boot = std::chrono::duration_cast<limiter::WallMs>(at.time_since_epoch());
  redis_offset_ms.store((wall - boot).count(), std::memory_order_relaxed);
}

std::chrono::nanoseconds thread_cpu_now() {
  return read_clock(CLOCK_THREAD_CPUTIME_ID);
}

}  // namespace crawler
