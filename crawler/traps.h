// Recognises links that lead into endless many: deep or repeating paths, endless queries, calendars, copies of one
// page. What a path shows by itself is judged by itself; the rest by what was fetched of the same pattern, in bounded
// memory, so that it is exact until that is full and begins anew with the process. Time plays no part. Lives on its
// worker's thread and knows the hosts of its worker; owned by the worker.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "crawler/config.h"
#include "crawler/generations.h"
#include "crawler/url_shape.h"
#include "web/url.h"

namespace crawler {

enum class Trap { segments, repeated, queries, calendar, duplicates };  // in the order of kTraps (counters.h)

class Traps {
 public:
  // `hash_key` keeps outsiders from making patterns collide.
  Traps(const Config::Traps& limits, std::uint64_t hash_key, std::size_t patterns = 1u << 15)
      : limits_(limits), hash_key_(hash_key), queries_(patterns), numbers_(patterns), contents_(patterns) {}

  struct Link {
    const web::Url& url;
    const web::Url& via;  // the page it was found on
    int depth;
  };
  struct Verdict {
    std::string rule;  // "traps.queries = 1000 of /search"; empty: it is none
    bool low = false;  // it is likely to be a copy: its priority is low
  };
  Verdict judge(const Link& link) const;

  // A link was fetched to its end. `content` tells bodies apart; 0: none that counts.
  void fetched(const Link& link, std::uint64_t content);

  static Trap kind_of(std::string_view rule);

 private:
  struct Queries {                        // of one path
    std::int64_t texts = 0, numeric = 0;  // weighed: what is new counts less
  };
  struct Numbers {  // of one pattern
    int least_depth = 0;
    std::int64_t ahead = 0, back = 0;  // dates that were found on the page of an earlier or of a later one; weighed
    bool known = false;
  };
  struct Contents {  // of one pattern
    std::array<std::uint64_t, 8> last{};
    int next = 0;
    int copies = 0;  // since the last content that was new
  };

  bool is_new(const web::Url& url, std::uint64_t content);
  std::uint64_t id_of(std::string_view pattern) const;
  bool in_queries(const Link& link, Verdict& verdict) const;
  bool in_calendar(const Link& link, Verdict& verdict) const;
  bool in_duplicates(const Link& link, Verdict& verdict) const;

  Config::Traps limits_;
  std::uint64_t hash_key_;
  Generations<Queries> queries_;
  Generations<Numbers> numbers_;
  Generations<Contents> contents_;
  bool queries_full_ = false, dates_full_ = false, copies_found_ = false;  // before that no link needs to be looked at
};

}  // namespace crawler
