// Names that name servers answered: a few, each of another registrable domain. Where a name has no answer, one of them
// is asked again, which tells name servers that are down from a name whose own servers are.
// Pure: time comes in as an argument. One for the process; its holder locks it.
#pragma once

#include <string>
#include <vector>

#include "limiter/time.h"

namespace limiter {

class KnownNames {
 public:
  // `fresh_until`: until then a cache on the way may answer. A full list takes a new domain in place of one in doubt,
  // or of its oldest after an hour: so there are names in it that no cache has any more.
  void add(const std::string& name, TimePoint fresh_until, TimePoint now);

  // It has no answer now, whosever fault that is. Until it is added again the others are better.
  void doubt(const std::string& name);

  // One of another registrable domain than `name` has. They take turns, those that are not in doubt first, of these
  // those that are no longer fresh. Empty: there is none.
  std::string next_beside(const std::string& name, TimePoint now);
  bool has_one_beside(const std::string& name) const;

 private:
  struct Known {
    std::string domain, name;
    TimePoint added, fresh_until;
    TimePoint asked = TimePoint::min();
    bool in_doubt = false;
  };
  std::vector<Known> names_;
};

}  // namespace limiter
