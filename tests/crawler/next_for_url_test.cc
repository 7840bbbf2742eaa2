#include "crawler/next_for_url.h"

#include <gtest/gtest.h>

namespace crawler {
namespace {

constexpr UrlLimits kLimits{.retries = 3, .max_pushbacks = 2};

Next next(Outcome outcome, int attempts = 0, int pushbacks = 0, bool blamed = true) {
  return next_for_url({outcome, blamed, true}, {.attempts = attempts, .pushbacks = pushbacks}, kLimits);
}

TEST(NextForUrl, AGoodAnswerEndsTheUrl) {
  for (const Outcome outcome : {Outcome::fetched, Outcome::not_modified, Outcome::redirected, Outcome::http_4xx}) {
    EXPECT_EQ(next(outcome), Next::end) << outcome_name(outcome);
  }
}

TEST(NextForUrl, TransientFailuresAreTriedAgainUpToTheLimit) {
  for (const Outcome outcome :
       {Outcome::http_5xx, Outcome::timeout, Outcome::dns, Outcome::connect, Outcome::protocol, Outcome::reset}) {
    EXPECT_EQ(next(outcome, 0), Next::wait) << outcome_name(outcome);
    EXPECT_EQ(next(outcome, 2), Next::wait) << outcome_name(outcome);
    EXPECT_EQ(next(outcome, 3), Next::end) << outcome_name(outcome);
  }
  EXPECT_EQ(next(Outcome::tls), Next::end);
}

TEST(NextForUrl, APushBackIsNoRetryOfTheUrlAndHasALimitOfItsOwn) {
  EXPECT_EQ(next(Outcome::rate_limited, 3, 0), Next::yield);
  EXPECT_EQ(next(Outcome::rate_limited, 0, 1), Next::yield);
  EXPECT_EQ(next(Outcome::rate_limited, 0, 2), Next::end);
}

TEST(NextForUrl, AnUrlIsNotBlamedForAProbeOrAnOutage) {
  for (const Outcome outcome : {Outcome::http_5xx, Outcome::timeout, Outcome::dns, Outcome::connect, Outcome::tls}) {
    EXPECT_EQ(next(outcome, 3, 0, false), Next::back) << outcome_name(outcome);
  }
  EXPECT_EQ(next(Outcome::fetched, 0, 0, false), Next::end);
}

TEST(NextForUrl, WhatWasNotSentGoesBackAndWhatMayNotBeSentIsRefused) {
  EXPECT_EQ(next(Outcome::put_back, 3, 2), Next::back);
  EXPECT_EQ(next(Outcome::forbidden_address), Next::refuse);
}

TEST(NextForUrl, WhatMayHaveBeenCarriedOutIsSentOnce) {
  const auto post = [](Outcome outcome, bool sent, bool blamed = true) {
    return next_for_url({outcome, blamed, sent}, {.request = {.method = "POST", .body = "x"}}, kLimits);
  };
  for (const Outcome outcome : {Outcome::timeout, Outcome::reset, Outcome::http_5xx, Outcome::put_back}) {
    EXPECT_EQ(post(outcome, true), Next::end) << outcome_name(outcome);
    EXPECT_EQ(post(outcome, true, false), Next::end) << outcome_name(outcome);
  }
  EXPECT_EQ(post(Outcome::connect, false), Next::wait);
  EXPECT_EQ(post(Outcome::put_back, false), Next::back);
  EXPECT_EQ(post(Outcome::rate_limited, true), Next::yield) << "the host says that it was not carried out";
  EXPECT_EQ(next_for_url({Outcome::timeout, true, true}, {.request = {.method = "HEAD"}}, kLimits), Next::wait);
}

}  // namespace
}  // namespace crawler
