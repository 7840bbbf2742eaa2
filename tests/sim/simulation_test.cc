#include "crawler/simulation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "tests/support/sanitized.h"

namespace crawler {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Key;

// How many days of made-up time are lived: DECORUM_SIM_SEEDS, which `make sim` sets.
int seeds() {
  const char* asked = std::getenv("DECORUM_SIM_SEEDS");
  return asked != nullptr ? std::atoi(asked) : kSanitized ? 1 : 20;
}

class SimulatedDay : public testing::TestWithParam<int> {};

// A day of 1,000 hosts with at most 200 URLs each and delays from 1 s to 1 h, crawled by two daemons.
TEST_P(SimulatedDay, KeepsEveryPromiseThroughEachKindOfFault) {
  const SimResult day = simulate({.seed = static_cast<std::uint64_t>(GetParam())});
  EXPECT_THAT(day.broken, IsEmpty()) << "to live it again: decorum sim --faults --seed " << GetParam();
  for (const char* fault :
       {"clock step", "dead host", "error", "hand-over", "kill -9 and restart", "link cut", "push-back",
        "robots.txt down", "shared address", "slow host", "slow robots.txt", "standstill and lost lease", "timeout"}) {
    EXPECT_THAT(day.faults, Contains(Key(fault)));
  }
  EXPECT_GT(day.fates.at("fetched"), day.urls / 2);
  EXPECT_LT(day.repeats, 2000u);
}

INSTANTIATE_TEST_SUITE_P(Seeds, SimulatedDay, testing::Range(1, seeds() + 1), testing::PrintToStringParamName());

TEST(Simulation, TheSameSeedLivesTheSameDay) {
  const SimOptions options{.hours = 6, .hosts = 200, .seed = 7};
  const SimResult one = simulate(options), other = simulate(options);
  EXPECT_EQ(one.requests, other.requests);
  EXPECT_EQ(one.fates, other.fates);
  EXPECT_EQ(one.faults, other.faults);
  EXPECT_EQ(one.lasted, other.lasted);
  EXPECT_NE(one.requests, simulate({.hours = 6, .hosts = 200, .seed = 8}).requests);
}

TEST(Simulation, AGateThatOpensATenthTooEarlyIsCaught) {
  const SimResult day = simulate({.hours = 6, .hosts = 200, .planted_bug = 0.9});
  EXPECT_THAT(day.broken, Contains(AllOf(HasSubstr("a gap of"), HasSubstr("below"))));
}

TEST(Simulation, AQuietDayIsSpentOnWhatTheDelaysAllow) {
  const SimResult day = simulate({.hours = 24, .hosts = 300, .faults = false});
  EXPECT_THAT(day.broken, IsEmpty());
  EXPECT_THAT(day.faults, IsEmpty());
  EXPECT_GE(day.utilisation, 0.99);
}

}  // namespace
}  // namespace crawler
