#include "crawler/transfer.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "crawler/permits.h"

namespace crawler {
namespace {

using std::chrono::seconds;
using Took = Transfer::Took;

limiter::TimePoint at(int s) {
  return limiter::TimePoint(seconds(s));
}

class TransferTest : public ::testing::Test {
 protected:
  TransferTest() { begin(); }

  void begin() {
    FetchRequest request;
    request.id = 7;
    request.url.scheme = "http";
    request.url.host = "example.org";
    request.address = *web::parse_address("192.0.2.1", 80);
    request.permit = std::move(*permits.try_acquire());
    transfer.begin(std::move(request), {web::mib(1), web::kib(4)});
  }
  void answer(const std::string& head, const std::string& body = "") {
    transfer.mark_sent(at(10), {});
    for (std::size_t from = 0; from < head.size();) {
      const std::size_t end = head.find('\n', from) + 1;
      ASSERT_TRUE(transfer.take_head_line(head.substr(from, end - from), at(11)));
      from = end;
    }
    if (!body.empty()) {
      ASSERT_EQ(transfer.take_body(body), Took::all);
    }
  }
  FetchResult finish() { return transfer.finish(std::nullopt, at(12)); }
  FetchResult fail(Outcome outcome) { return transfer.finish(Transfer::Failure{outcome, "it\r\nfailed\n"}, at(12)); }

  Permits permits{4, web::mib(8), web::mib(1)};
  Transfer transfer;
};

TEST_F(TransferTest, TheStatusDecidesWhatACompleteAnswerIs) {
  const std::pair<const char*, Outcome> rows[] = {
      {"200 OK", Outcome::fetched},
      {"204 No Content", Outcome::fetched},
      {"299 Odd", Outcome::fetched},
      {"304 Not Modified", Outcome::not_modified},
      {"300 Multiple Choices\r\nLocation: /a", Outcome::http_4xx},
      {"301 Moved\r\nLocation: /a", Outcome::redirected},
      {"302 Found\r\nlocation:https://example.com/", Outcome::redirected},
      {"303 See Other\r\nLocation: ../x", Outcome::redirected},
      {"307 Temporary\r\nLocation: //example.net/", Outcome::redirected},
      {"308 Permanent\r\nLocation: ?q", Outcome::redirected},
      {"302 Found", Outcome::http_4xx},
      {"302 Found\r\nLocation:", Outcome::http_4xx},
      {"302 Found\r\nLocation: mailto:a@example.org", Outcome::http_4xx},
      {"305 Use Proxy\r\nLocation: /a", Outcome::http_4xx},
      {"400 Bad", Outcome::http_4xx},
      {"404 Not Found", Outcome::http_4xx},
      {"429 Too Many", Outcome::rate_limited},
      {"500 Oops", Outcome::http_5xx},
      {"503 Busy", Outcome::rate_limited},
      {"599 Odd", Outcome::http_5xx},
      {"999 Odd", Outcome::http_5xx},  // RFC 9110 15: treat as a 5xx
  };
  for (const auto& [line, outcome] : rows) {
    begin();
    answer("HTTP/1.1 " + std::string(line) + "\r\n\r\n");
    const FetchResult result = finish();
    EXPECT_EQ(outcome_name(result.outcome), outcome_name(outcome)) << line;
    EXPECT_EQ(result.status, std::stoi(line));
    EXPECT_EQ(result.truncated, "");
    const bool leads_nowhere = result.status == 302 && outcome == Outcome::http_4xx;
    EXPECT_EQ(result.error, leads_nowhere ? "a redirect whose Location is no http or https URL" : "") << line;
  }
}

TEST_F(TransferTest, SentFirstByteAndEndAreTheTimesGiven) {
  answer("HTTP/1.1 200 OK\r\n\r\n", "x");
  const FetchResult result = finish();
  EXPECT_EQ(result.sent, at(10));
  EXPECT_EQ(result.first_byte, at(11));
  EXPECT_EQ(result.ended, at(12));
  EXPECT_TRUE(result.sent_anything);
  EXPECT_EQ(result.ip, "192.0.2.1");
  EXPECT_EQ(result.id, 7u);
  EXPECT_TRUE(result.permit.held());
}

TEST_F(TransferTest, WhereNothingWasSentAllThreeTimesAreTheEnd) {
  const FetchResult result = fail(Outcome::connect);
  EXPECT_EQ(result.sent, at(12));
  EXPECT_EQ(result.first_byte, at(12));
  EXPECT_EQ(result.ended, at(12));
  EXPECT_FALSE(result.sent_anything);
  EXPECT_EQ(result.error, "it  failed");
}

TEST_F(TransferTest, WithoutAnAnswerTheFirstByteCountsAsTheEnd) {
  transfer.mark_sent(at(10), {});
  const FetchResult result = fail(Outcome::timeout);
  EXPECT_EQ(result.sent, at(10));
  EXPECT_EQ(result.first_byte, at(12));
}

TEST_F(TransferTest, TheHeadIsTheFinalAnswersWithoutInterimOnesAndTrailers) {
  answer("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\n\r\n", "x");
  ASSERT_TRUE(transfer.take_head_line("Trailer: t\r\n", at(12)));
  ASSERT_TRUE(transfer.take_head_line("\r\n", at(12)));
  const FetchResult result = finish();
  EXPECT_EQ(result.response_head, "HTTP/1.1 200 OK\r\nA: b\r\n\r\n");
  EXPECT_EQ(result.first_byte, at(11));
}

TEST_F(TransferTest, AHeadOverTheLimitIsAProtocolErrorInterimAnswersAndTrailersCounted) {
  const std::string line(1000, 'a');
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(transfer.take_head_line(line, at(11)));
  ASSERT_FALSE(transfer.take_head_line(line, at(11)));
  EXPECT_EQ(fail(Outcome::protocol).outcome, Outcome::protocol);

  begin();
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(transfer.take_head_line("HTTP/1.1 100 Continue\r\n", at(11)));
    ASSERT_TRUE(transfer.take_head_line("\r\n", at(11)));
  }
  ASSERT_TRUE(transfer.take_head_line("HTTP/1.1 200 OK\r\n", at(11)));
  ASSERT_FALSE(transfer.take_head_line(std::string(2000, 'a'), at(11)));
  const FetchResult result = fail(Outcome::protocol);
  EXPECT_NE(result.error.find("4096"), std::string::npos);
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.response_head, "");
}

TEST_F(TransferTest, TrailersOverTheLimitLeaveTheBody) {
  answer("HTTP/1.1 200 OK\r\n\r\n", "all of it");
  ASSERT_FALSE(transfer.take_head_line(std::string(5000, 'a'), at(11)));
  const FetchResult result = fail(Outcome::protocol);
  EXPECT_EQ(result.outcome, Outcome::fetched);
  EXPECT_EQ(result.truncated, "length");
  EXPECT_EQ(result.body, "all of it");
}

TEST_F(TransferTest, TheCodingOfTheTransferMayAddAsMuchAsABodyMayHave) {
  answer("HTTP/1.1 200 OK\r\n\r\n", "x");
  const std::size_t allowed = web::mib(1).n + Permits::kInitialWeight.n + 1;
  for (std::size_t wire = 0; wire < allowed / 1000; ++wire) ASSERT_TRUE(transfer.take_wire(1000));
  ASSERT_FALSE(transfer.take_wire(1000));
  const FetchResult result = fail(Outcome::put_back);
  EXPECT_EQ(result.outcome, Outcome::fetched);
  EXPECT_EQ(result.truncated, "length");
  EXPECT_EQ(result.body, "x");

  begin();
  transfer.take_head_line("HTTP/1.1 200 OK\r\n", at(11));
  transfer.take_head_line("\r\n", at(11));
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(transfer.take_wire(web::kib(100).n));
    ASSERT_EQ(transfer.take_body(std::string(web::kib(100).n, 'x')), Took::all);
  }
  EXPECT_TRUE(transfer.take_wire(web::mib(1).n)) << "what the body has is not counted";
}

TEST_F(TransferTest, ABodyAtTheLimitIsWholeAndOneByteMoreIsCut) {
  answer("HTTP/1.1 200 OK\r\n\r\n", std::string(web::mib(1).n, 'x'));
  FetchResult result = finish();
  EXPECT_EQ(result.body.size(), web::mib(1).n);
  EXPECT_EQ(result.truncated, "");

  begin();
  answer("HTTP/1.1 200 OK\r\n\r\n", std::string(web::mib(1).n - 1, 'x'));
  EXPECT_EQ(transfer.take_body("yz"), Took::stop);
  result = fail(Outcome::protocol);
  EXPECT_EQ(result.outcome, Outcome::fetched);
  EXPECT_EQ(result.truncated, "length");
  EXPECT_EQ(result.body.size(), web::mib(1).n);
  EXPECT_EQ(result.body.back(), 'y');
}

TEST_F(TransferTest, ACutBodyFailsA2xxAndKeepsWhatArrived) {
  for (const auto& [how, mark] : {std::pair(Outcome::timeout, "time"), std::pair(Outcome::reset, "disconnect")}) {
    begin();
    answer("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", "12345");
    const FetchResult result = fail(how);
    EXPECT_EQ(result.outcome, how);
    EXPECT_EQ(result.truncated, mark);
    EXPECT_EQ(result.body, "12345");
    EXPECT_EQ(result.status, 200);
  }
}

TEST_F(TransferTest, AnyOtherStatusStandsThoughItsBodyWasCut) {
  for (const auto& [line, outcome] :
       {std::pair("404 No", Outcome::http_4xx), std::pair("429 Slow", Outcome::rate_limited),
        std::pair("301 Go\r\nLocation: /x", Outcome::redirected)}) {
    begin();
    answer("HTTP/1.1 " + std::string(line) + "\r\n\r\n", "part");
    const FetchResult result = fail(Outcome::reset);
    EXPECT_EQ(result.outcome, outcome);
    EXPECT_EQ(result.truncated, "disconnect");
  }
}

TEST_F(TransferTest, AHeadThatNeverEndedIsNoAnswer) {
  transfer.mark_sent(at(10), {});
  ASSERT_TRUE(transfer.take_head_line("HTTP/1.1 404 Not Found\r\n", at(11)));
  const FetchResult result = fail(Outcome::reset);
  EXPECT_EQ(result.outcome, Outcome::reset);
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.truncated, "");
}

TEST_F(TransferTest, WeReserveByWhatArrivedAndNotByWhatIsAnnounced) {
  answer("HTTP/1.1 200 OK\r\n\r\n");
  transfer.expect_body(web::mib(1));
  ASSERT_EQ(transfer.take_body(std::string(10'000, 'x')), Took::all);
  EXPECT_EQ(permits.weight(), web::kib(64));
  ASSERT_EQ(transfer.take_body(std::string(100'000, 'x')), Took::all);
  EXPECT_EQ(permits.weight(), web::kib(128));
}

TEST_F(TransferTest, TheLastStepIsTheAnnouncedLengthOrTheLimit) {
  answer("HTTP/1.1 200 OK\r\n\r\n");
  transfer.expect_body({300'000});
  ASSERT_EQ(transfer.take_body(std::string(300'000, 'x')), Took::all);
  EXPECT_EQ(permits.weight().n, 300'000u);
  FetchResult result = finish();
  EXPECT_LE(result.body.capacity(), 300'000u + 1);
  result.permit.release();

  begin();
  answer("HTTP/1.1 200 OK\r\n\r\n");
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(transfer.take_body(std::string(1000, 'x')), Took::all);
  EXPECT_EQ(permits.weight(), web::mib(1));
  result = finish();
  EXPECT_LE(result.body.capacity(), result.permit.weight().n);
}

TEST_F(TransferTest, ABodyWaitsForMemoryAndTakesTheSameBytesLater) {
  Permits small(2, web::kib(128 + 1024), web::mib(1));
  auto other = small.try_acquire();
  FetchRequest request;
  request.address = *web::parse_address("192.0.2.1", 80);
  request.permit = std::move(*small.try_acquire());
  transfer.begin(std::move(request), {web::mib(1), web::kib(4)});
  ASSERT_TRUE(other->grow(web::kib(128)));  // the one that may overdraw
  answer("HTTP/1.1 200 OK\r\n\r\n", std::string(60'000, 'a'));
  const std::string more(10'000, 'b');
  EXPECT_EQ(transfer.take_body(more), Took::wait);
  EXPECT_FALSE(transfer.make_room());
  other.reset();
  EXPECT_TRUE(transfer.make_room());
  EXPECT_EQ(transfer.take_body(more), Took::all);
  const FetchResult result = finish();
  EXPECT_EQ(result.body, std::string(60'000, 'a') + more);
}

TEST_F(TransferTest, ATimeoutThatOurOwnMemoryCausedBlamesNobody) {
  Permits small(2, web::kib(128 + 1024), web::mib(1));
  auto other = small.try_acquire();
  FetchRequest request;
  request.address = *web::parse_address("192.0.2.1", 80);
  request.permit = std::move(*small.try_acquire());
  transfer.begin(std::move(request), {web::mib(1), web::kib(4)});
  ASSERT_TRUE(other->grow(web::kib(128)));
  answer("HTTP/1.1 200 OK\r\n\r\n");
  EXPECT_EQ(transfer.take_body(std::string(100'000, 'b')), Took::wait);
  const FetchResult result = fail(Outcome::timeout);
  EXPECT_EQ(result.outcome, Outcome::put_back);
  EXPECT_TRUE(result.sent_anything);
  EXPECT_EQ(result.status, 0);
}

TEST_F(TransferTest, OurOwnStopsAreNobodysFailure) {
  using Stop = Transfer::Stop;
  const std::pair<Stop, Outcome> rows[] = {{Stop::not_allowed, Outcome::put_back},
                                           {Stop::resend, Outcome::put_back},
                                           {Stop::cut, Outcome::put_back},
                                           {Stop::forbidden, Outcome::forbidden_address}};
  for (const auto& [stop, outcome] : rows) {
    begin();
    transfer.stop(stop);
    const FetchResult result = fail(Outcome::connect);
    EXPECT_EQ(result.outcome, outcome);
    EXPECT_NE(result.error, "");
  }
}

}  // namespace
}  // namespace crawler
