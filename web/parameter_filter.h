// Takes parameters out of URLs that name a session and not a page.
// Const after construction; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "web/url.h"

namespace web {

class ParameterFilter {
 public:
  // A rule is a name in any case, "*" at its end standing for any further letters ("aspsessionid*"). "sid/16" takes the
  // parameter only where its value is a token: at least so many letters and digits and nothing else, mixed as by
  // chance. What consists of words, a number, or a UUID with its dashes, names a page.
  explicit ParameterFilter(const std::vector<std::string>& rules);
  static bool is_rule(std::string_view text);

  // From the query ("?id=5&sid=...") and from the segments of the path ("/a;jsessionid=.../b"). What is left stays as
  // it is, in its order; a query of which nothing is left goes. False: there was none, and nothing was changed.
  bool strip(Url& url) const;

 private:
  struct Rule {
    std::string name;  // lower-case
    bool prefix = false;
    std::size_t token = 0;  // least length of the value; 0: any value
  };
  bool takes(std::string_view parameter) const;
  bool strip_query(Url& url) const;
  bool strip_path(std::string& path) const;

  std::vector<Rule> rules_;
};

}  // namespace web
