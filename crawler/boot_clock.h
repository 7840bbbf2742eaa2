// The clocks of the engine: the politeness time line, and what a thread has used of its CPU.
// Plain functions; any thread.
#pragma once

#include <chrono>
#include <string>

#include "limiter/time.h"

namespace crawler {

// CLOCK_BOOTTIME: goes on while the machine sleeps and never steps with the wall clock.
limiter::TimePoint boot_now();

// Names the time line of boot_now(): the same text for every process whose times can be compared, on this machine and
// until it boots again. Empty where the system does not say. Read once.
const std::string& boot_id();

// Redis' clock in milliseconds since 1970, for what must outlive a boot or be read by another machine: as last heard,
// carried on by the boot clock. Until it is heard, our own wall clock.
limiter::WallMs wall_now_ms();
void redis_clock_heard(limiter::WallMs wall, limiter::TimePoint at);

// CPU time the calling thread has used, for budgets of parsing.
std::chrono::nanoseconds thread_cpu_now();

}  // namespace crawler
