#include "storage/http_head.h"

#include <gtest/gtest.h>

namespace storage {
namespace {

std::string stored(std::string_view head, std::uint64_t body_size, bool to_head_request = false) {
  std::string out;
  store_head(head, body_size, to_head_request, out);
  return out;
}

TEST(StoredHead, WhatIsTrueStaysByteForByte) {
  const std::string head =
      "HTTP/1.1 200 OK\r\nserver:  x\r\nContent-Encoding: gzip\r\nContent-LENGTH: 7 \r\nSet-Cookie: "
      "a\r\n\tfolded\r\n\r\n";
  EXPECT_EQ(stored(head, 7), head);
  EXPECT_EQ(stored("HTTP/1.0 200 OK\nA: b\n\n", 9), "HTTP/1.0 200 OK\nA: b\n\n");
}

TEST(StoredHead, ChunkedIsRenamedAndTheLengthAdded) {
  EXPECT_EQ(stored("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nA: b\r\n\r\n", 12),
            "HTTP/1.1 200 OK\r\nX-Crawler-transfer-encoding: chunked\r\nA: b\r\nContent-Length: 12\r\n\r\n");
}

TEST(StoredHead, LengthOfATruncatedBodyIsCorrectedAndTheOldOneKept) {
  EXPECT_EQ(stored("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", 12),
            "HTTP/1.1 200 OK\r\nX-Crawler-Content-Length: 1000\r\nContent-Length: 12\r\n\r\n");
}

TEST(StoredHead, BothAtOnceGiveOneLength) {
  EXPECT_EQ(
      stored("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\nContent-Length: 3\r\n\r\n", 3),
      "HTTP/1.1 200 OK\r\nX-Crawler-Transfer-Encoding: chunked\r\nX-Crawler-Content-Length: 5\r\n"
      "Content-Length: 3\r\n\r\n");
  EXPECT_EQ(stored("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n", 3),
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nX-Crawler-Content-Length: 3\r\n\r\n");
}

TEST(StoredHead, ABodyEndedByCloseNeedsNoLength) {
  EXPECT_EQ(stored("HTTP/1.1 200 OK\r\nA: b\r\n\r\n", 12), "HTTP/1.1 200 OK\r\nA: b\r\n\r\n");
}

TEST(StoredHead, AnswersWithoutBodyKeepTheirLength) {  // RFC 9110 8.6
  const std::string not_modified = "HTTP/1.1 304 Not Modified\r\nContent-Length: 1000\r\n\r\n";
  EXPECT_EQ(stored(not_modified, 0), not_modified);
  const std::string to_head = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n";
  EXPECT_EQ(stored(to_head, 0, true), to_head);
}

TEST(StoredHead, Http2StatusLineBecomesHttp11) {
  std::string out;
  const StoredHead head = store_head("HTTP/2 404 \r\ncontent-type: text/plain\r\n\r\n", 0, false, out);
  EXPECT_EQ(out, "HTTP/1.1 404 \r\ncontent-type: text/plain\r\n\r\n");
  EXPECT_EQ(head.protocol, "h2");
  EXPECT_EQ(head.status, 404);
  EXPECT_EQ(head.content_type, "text/plain");
  EXPECT_EQ(stored("HTTP/3\r\n\r\n", 0), "HTTP/1.1\r\n\r\n");
}

TEST(StoredHead, AHeadThatBreaksOffIsEnded) {
  EXPECT_EQ(stored("HTTP/1.1 200 OK\r\nA: b", 0), "HTTP/1.1 200 OK\r\nA: b\r\n\r\n");
  EXPECT_EQ(stored("HTTP/1.1 200 OK\r\nA: b\r\n", 0), "HTTP/1.1 200 OK\r\nA: b\r\n\r\n");
  EXPECT_EQ(stored("", 0), "");
}

TEST(StoredHead, ContinuationLinesAreNoFields) {
  const std::string head = "HTTP/1.1 200 OK\r\nA: b\r\n Transfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(stored(head, 1), head);
}

TEST(StoredHead, ItsEndIsWhereTheBodyBegins) {
  for (const std::string_view head : {"HTTP/1.1 200 OK\r\nA: b\r\n\r\n", "HTTP/1.1 200 OK\nA: b\n\n",
                                      "HTTP/1.1 200 OK\r\nA: b\r\n\n", "HTTP/1.1 200 OK\nA: b\n\r\n"}) {
    const std::string out = stored(head, 5);
    EXPECT_EQ(head_length(out + "\r\n\r\nx"), out.size());
  }
  EXPECT_EQ(head_length("HTTP/1.1 200 OK\r\nA: b\r\n"), std::nullopt);
}

TEST(StatusOf, ThreeDigitsOrNothing) {
  EXPECT_EQ(status_of("HTTP/1.1 200 OK\r\n"), 200);
  EXPECT_EQ(status_of("HTTP/2 301"), 301);
  EXPECT_EQ(status_of("HTTP/1.1 20"), 0);
  EXPECT_EQ(status_of("HTTP/1.1 2x0 OK"), 0);
  EXPECT_EQ(status_of("HTTP/1.1\r\n200 OK"), 0);
  EXPECT_EQ(status_of("ICY 200 OK"), 0);
  EXPECT_EQ(status_of(""), 0);
}

}  // namespace
}  // namespace storage
