#include "admin/pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace admin {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Policy, ScriptAndStyleAreAllowedByTheirHash) {
  const std::string policy = content_security_policy("<style>abc</style><p>x</p><script>abc</script><script></script>");
  EXPECT_THAT(policy, HasSubstr("script-src 'sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=' "
                                "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';"));
  EXPECT_THAT(policy, HasSubstr("style-src 'sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=';"));
  EXPECT_THAT(policy, HasSubstr("default-src 'none'"));
  EXPECT_THAT(policy, HasSubstr("frame-ancestors 'none'"));
  EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
}

TEST(Policy, WithoutScriptNoneMayRun) {
  EXPECT_THAT(content_security_policy("<p>x</p>"), HasSubstr("script-src 'none';"));
}

TEST(StatusPage, FetchesNothingFromElsewhere) {
  const std::string html(StatusPage().html());
  for (const char* source :
       {"src=", "@import", "url(", "innerHTML", "insertAdjacentHTML", "document.write", " style=\"", "onclick="}) {
    EXPECT_THAT(html, Not(HasSubstr(source)));
  }
  EXPECT_THAT(html, HasSubstr("prefers-color-scheme: dark"));
  EXPECT_THAT(html, HasSubstr("prefers-reduced-motion"));
  EXPECT_THAT(html, HasSubstr("aria-live=\"polite\""));
}

TEST(StatusText, TellsTheStateTheBooksAndWhatIsWrong) {
  crawler::Status status;
  status.state = "paused";
  status.version = "1.2.3";
  status.mode = "serve";
  status.uptime_s = 3725;
  status.books = {21, 1, 2, 3, 5, 10};
  status.why_idle = "Paused.";
  status.redis.error = "refused\x1b[2J";
  status.workers = {{0, 0, 0, 2, 0, 0, 0}, {1, 0, 0, 3, 0, 0, 0}};
  status.warnings = {"AOF is off"};
  const std::string text = status_text(status, 64);
  EXPECT_THAT(text, HasSubstr("decorum     1.2.3 serve, paused\n"));
  EXPECT_THAT(text, HasSubstr("up          1h 02m\n"));
  EXPECT_THAT(text, HasSubstr("21 discovered = 1 queued + 2 in flight + 3 waiting + 5 done + 10 refused\n"));
  EXPECT_THAT(text, HasSubstr("requests    5 of 64 in flight\n"));
  EXPECT_THAT(text, HasSubstr("warning     AOF is off\n"));
  EXPECT_THAT(text, HasSubstr("refused?[2J\n"));  // no escape sequence reaches the terminal
  status.books_imbalance = 2;
  EXPECT_THAT(status_text(status, 64), HasSubstr("(off by 2)"));
}

}  // namespace
}  // namespace admin
