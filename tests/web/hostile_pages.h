// Pages that are made to cost a reader as much as they can, of any size.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace web {

inline std::string repeated(std::string_view part, std::size_t bytes) {
  std::string text;
  text.reserve(bytes + part.size());
  while (text.size() < bytes) text += part;
  return text;
}

// `part` with each '#' a number that counts up.
inline std::string numbered(std::string_view part, std::size_t bytes) {
  std::string text;
  text.reserve(bytes + 2 * part.size());
  for (std::size_t n = 0; text.size() < bytes; ++n) {
    for (const char c : part) c == '#' ? text += std::to_string(n) : text += c;
  }
  return text;
}

struct HostilePage {
  const char* name;
  std::function<std::string(std::size_t bytes)> make;
  const char* fields = "";  // of the answer's head
};

namespace hostile {

inline HostilePage again(const char* name, const std::string& part, const std::string& before = "",
                         const char* fields = "") {
  return {name, [part, before](std::size_t bytes) { return before + repeated(part, bytes); }, fields};
}
inline HostilePage counted(const char* name, const std::string& part, const std::string& before = "",
                           const char* fields = "") {
  return {name, [part, before](std::size_t bytes) { return before + numbered(part, bytes); }, fields};
}
// Tags with a value of 8 KB, the longest that is read, made of `part`.
inline HostilePage valued(const char* name, const std::string& open, const std::string& part, const std::string& close,
                          const std::string& before = "", const char* fields = "") {
  return {name,
          [=](std::size_t bytes) {
            std::string value;
            for (std::size_t n = 0; value.size() + 2 * part.size() < 8000; ++n) value += numbered(part, 1);
            return before + numbered(open + value + close, bytes);
          },
          fields};
}

}  // namespace hostile

inline std::vector<HostilePage> hostile_pages() {
  using hostile::again, hostile::counted, hostile::valued;
  constexpr const char* kLatin = "Content-Type: text/html; charset=iso-8859-2\r\n";
  constexpr const char* kChinese = "Content-Type: text/html; charset=gb18030\r\n";
  constexpr const char* kJapanese = "Content-Type: text/html; charset=iso-2022-jp\r\n";
  constexpr const char* kUtf8 = "Content-Type: text/html; charset=utf-8\r\n";
  return {
      // Links
      counted("links", "<p>text <a href=#>x</a>"),
      counted("links without text", "<a href=#>"),
      counted("links to hosts", "<a href=//h#.example/?q=%41>"),
      counted("links to hosts in Unicode", "<a href=//\u00FC\u4E2D#.example/>", "", kUtf8),
      valued("long hosts in Unicode", "<a href='//#", "\u00FC\u4E2D", ".example/'>", "", kUtf8),
      valued("long hosts of many labels", "<a href='//#", "\u00FC.", ".example/'>", "", kUtf8),
      valued("long paths", "<a href='/#/", "a/../", "'>"),
      valued("long paths of dots", "<a href='/#/", "./%2e/", "'>"),
      valued("long queries that the charset lacks", "<a href='?#", "&hearts;&spades;", "'>", "", kLatin),
      valued("a long base", "<a href=#><base href='/", "base/", "'>"),
      counted("a long base and short links", "<a href=#>", "<base href='/" + std::string(8000, 'b') + "/'>"),
      again("bases", "<base href=/x/>"),
      counted("titles", "<title>#</title>"),
      again("titles with references", "<title>&</title>"),
      again("refreshes", "<meta http-equiv=refresh content='1;url=x'>"),
      counted("robots directives", "<meta name=robots content='#, all'>"),
      counted("forms", "<form action=#></form>"),
      // Requisites
      counted("srcset", "<img srcset='#a 1x, #b 2x,#c 100w'>"),
      valued("long srcset", "<img srcset='#", ",a# 1x", "'>"),
      valued("long srcset in error", "<img srcset='#", " (", "'>"),
      again("one srcset", "a 1x,b 2x, ", "<img srcset='"),
      counted("style attributes", "<p style='a:url(#)'>"),
      valued("long style attributes", "<p style='", "a:url(#)", "'>"),
      again("style attributes of escapes", "<p style='\\75rl(\\61)'>"),
      counted("a style of URLs", "a{b:url(#)}", "<style>"),
      again("a style of one URL", "<", "<style>a{b:url(\""),
      counted("a style of brackets in URLs", "url(\"<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<#\")", "<style>"),
      again("a style of escapes", "\\75\\52 l(\\61)", "<style>"),
      again("a style of data", "url(data:image/png;base64,AAAA)", "<style>"),
      again("a style of bad strings", "'\n\"\n", "<style>"),
      again("a style of bad URLs", "url('x' y", "<style>"),
      again("a style of image sets", "image-set('a' (", "<style>"),
      again("a style of comments", "/*", "<style>"),
      counted("styles", "<style>@import '#'</style>"),
      counted("scripts", "<script src=#></script>"),
      counted("images of SVG", "<svg><image href=#></svg>"),
      counted("a URL in each attribute",
              "<table background=a#><video src=b# poster=c# style='d:url(e#)'><link rel=icon href=f#>"),
      // Markup
      again("opening brackets", "<"),
      again("empty end tags", "</>"),
      again("tags cut off", "<a "),
      again("comments that stay open", "<!--"),
      again("dashes", "-", "<!--"),
      again("doctypes", "<!DOCTYPE html>"),
      again("CDATA", "<![CDATA[x]]>"),
      again("CDATA in SVG", "<![CDATA[<a href=x>]]>", "<svg>"),
      again("zeros", std::string("\0", 1)),
      again("an attribute that stays open", "x", "<a title=\""),
      counted("attributes", "a#=1 ", "<a "),
      counted("attributes in each tag", "<a a#=1 b#=2 c# d# e# href=x#>"),
      again("scripts in scripts", "<!--<script>", "<script>"),
      again("end tags of no script", "</scrip", "<script>"),
      again("references", "&amp;"),
      again("long references", "&CounterClockwiseContourIntegral;"),
      valued("references in links", "<a href='?#", "&notin;&copy=", "'>"),
      counted("unknown references in links", "<a href='?&a#b;&c#d'>"),
      valued("numbers in links", "<a href='?#", "&#x4e2d;", "'>"),
      // Trees
      again("nested blocks", "<div>"),
      again("nested unknown elements", "<blink>"),
      again("nested formatting", "<font><b><nobr>"),
      again("nested formatting and blocks", "<font><blink>"),
      again("formatting in its own way", "<a><blink></a>"),
      again("formatting closed far away", "<font><blink></font>"),
      again("nested tables", "<table>"),
      again("nested cells", "<table><tr><td>"),
      again("text beside cells", "x<i><td>", "<table>"),
      counted("links beside cells", "<a href=#>", "<table>"),
      again("formatting beside cells", "<font>x", "<table>"),
      again("nested lists", "<ul><li>"),
      again("nested buttons", "<form><button>"),
      again("nested selections", "<select><option><optgroup>"),
      again("options", "<option>", "<select>"),
      again("nested SVG", "<svg><g>"),
      again("SVG and HTML in turns", "<svg><foreignObject>"),
      again("SVG that ends", "<svg><p>"),
      again("MathML and HTML in turns", "<math><mi>"),
      again("nested templates", "<template>"),
      again("templates in tables", "<table><template><tr>"),
      again("frames", "<frame src=x>", "<frameset>"),
      again("nested framesets", "<frameset>"),
      again("bodies", "<body background=x><html>"),
      again("isindex", "<isindex prompt=x>"),
      again("nested objects", "<object><a href=x>"),
      again("end tags of nothing", "</p></br></x>"),
      {"a tree out of time, then a dear scan",
       [](std::size_t bytes) {
         const std::string slow = repeated("<blink>", bytes / 150) + repeated("</x>", bytes / 7);
         return slow + numbered("<a href=//\u00FC\u4E2D#.example/>", bytes / 14) +
                repeated("<title>&</title>", bytes - slow.size() - bytes / 14);
       },
       kUtf8},
      again("end tags across", "</blink><blink><x>"),
      again("ruby", "<ruby><rtc><rt>"),
      again("plain text", "<a href=x>", "<plaintext>"),
      // Charsets
      again("no gb18030", "\xFF", "", kChinese),
      again("gb18030 of four bytes", "\x81\x30\x81\x30", "", kChinese),
      again("no iso-2022-jp", "\x1B$B\xFF\x1B(B", "", kJapanese),
      again("escapes of iso-2022-jp", "\x1B$B0!\x1B(B", "", kJapanese),
      again("UTF-16", std::string("<\0a\0>\0-\x4E", 8), "\xFF\xFE"),
      again("UTF-16 of lone surrogates", "\x12\xD8", "\xFF\xFE"),
      again("no UTF-8", "\xE2\x82", "", kUtf8),
      again("links of no UTF-8", "<a href='\xFF'>", "", kUtf8),
      again("late declarations", "<meta name=x>"),
      again("text of no charset", "\xE1\xE9 \x8D\xF3\xBE "),
  };
}

}  // namespace web
