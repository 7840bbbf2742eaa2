#include "crawler/redirect.h"

#include <gtest/gtest.h>

#include <string>

namespace crawler {
namespace {

const web::Url kFrom = *web::parse_url("https://a.example/x");

frontier::Request after(int status, const std::string& method, const char* to = "https://a.example/y") {
  frontier::Request request{
      .method = method,
      .headers = {{"Content-Type", "a/b"}, {"AUTHORIZATION", "secret"}, {"X-Api-Key", "secret"}, {"Accept", "a/b"}}};
  if (method == "POST") request.body = "body";
  return request_after_redirect(std::move(request), status, kFrom, *web::parse_url(to));
}

TEST(Redirect, APostBecomesAGetUnlessTheMethodIsToStay) {
  for (const int status : {301, 302, 303}) {
    const frontier::Request request = after(status, "POST");
    EXPECT_EQ(request.method, "GET") << status;
    EXPECT_EQ(request.body, "") << status;
    EXPECT_EQ(request.headers.size(), 3U) << "the body's type went with it: " << status;
  }
  for (const int status : {307, 308}) {
    EXPECT_EQ(after(status, "POST").method, "POST") << status;
    EXPECT_EQ(after(status, "POST").body, "body") << status;
  }
}

TEST(Redirect, HeadAndGetStayWhatTheyAre) {
  for (const int status : {301, 302, 303, 307, 308}) {
    EXPECT_EQ(after(status, "HEAD").method, "HEAD") << status;
    EXPECT_EQ(after(status, "GET").method, "GET") << status;
  }
}

TEST(Redirect, WhatProvesWhoWeAreStaysAtItsOrigin) {
  const auto has_secret = [](const frontier::Request& request) {
    for (const auto& [name, value] : request.headers) {
      if (value == "secret") return true;
    }
    return false;
  };
  EXPECT_TRUE(has_secret(after(307, "POST")));
  EXPECT_FALSE(has_secret(after(307, "POST", "https://b.example/")));
  EXPECT_FALSE(has_secret(after(302, "GET", "http://a.example/y")));
  EXPECT_EQ(after(307, "POST", "https://b.example/").headers.size(), 2U) << "what it is and what is wanted go along";
}

}  // namespace
}  // namespace crawler
