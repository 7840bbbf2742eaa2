// Character references as the tokenizer decodes them (HTML 13.2.5.72 and following), for text that no tree was built
// of. Not thread-safe; one per page, whose text outlives it. Linear in the text, but that it borrows this thread's
// arena of gumbo, which has the table of names: once for each name that is not among the usual ones, and for no more
// names than there are.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

namespace web {

class HtmlReferences {
 public:
  // `raw` as the value of an attribute, which is in UTF-8.
  std::string in_attribute(std::string_view raw);

  // `raw` as the beginning of a <title>, where a name needs no ';' whatever follows it.
  static std::string in_title(std::string_view raw);

 private:
  bool take_name(std::string_view& rest, std::string& out);
  std::string_view meaning(std::string_view reference);

  std::unordered_map<std::string_view, std::string>
      rare_;  // "&hearts;" -> what it means; itself where it means nothing
};

}  // namespace web
