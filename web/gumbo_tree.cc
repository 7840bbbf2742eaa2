#include "web/gumbo_tree.h"

#include <assert.h>
#include <gumbo.h>
#include <setjmp.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "web/gumbo_arena.h"

namespace web {
namespace {

// One run of gumbo: what its allocator needs to know, and the way out.
struct Parse {
  GumboArena* arena = nullptr;
  std::chrono::nanoseconds (*cpu_now)() = nullptr;
  std::chrono::nanoseconds deadline{};
  std::chrono::nanoseconds last_look{};
  unsigned until_look = 0;  // allocations
  bool in_haste = false;    // allocations have become far apart: look at the clock at each
  TreeResult result = TreeResult::read;
  jmp_buf way_out;
};

constexpr unsigned kAllocationsPerLook = 256;      // about 20 us apart on an ordinary page
constexpr std::chrono::milliseconds kSlowLook{5};  // so long for those is haste

thread_local Parse* running = nullptr;  // within gumbo only

[[noreturn]] void leave(Parse& parse, TreeResult result) {
  parse.result = result;
  longjmp(parse.way_out, 1);
}

void look_at_clock(Parse& parse) {
  const auto now = parse.cpu_now();
  if (now >= parse.deadline) leave(parse, TreeResult::out_of_time);
  parse.in_haste = parse.in_haste || now - parse.last_look > kSlowLook;
  parse.last_look = now;
  parse.until_look = parse.in_haste ? 1 : kAllocationsPerLook;
}

void* allocate(void* userdata, std::size_t size) {
  Parse& parse = *static_cast<Parse*>(userdata);
  if (--parse.until_look == 0 && parse.cpu_now != nullptr) look_at_clock(parse);
  void* taken = parse.arena->take(size);
  if (taken == nullptr) leave(parse, TreeResult::out_of_memory);
  return taken;
}

void deallocate(void* userdata, void* piece) {
  static_cast<Parse*>(userdata)->arena->give_back(piece);
}

// Null where the parse was left. Nothing in this frame has a destructor: longjmp would not run it.
const GumboOutput* run_gumbo(Parse& parse, const char* text, std::size_t size) {
  GumboOptions options = kGumboDefaultOptions;
  options.allocator = allocate;
  options.deallocator = deallocate;
  options.userdata = &parse;
  options.max_errors = 0;
  options.stop_on_first_error = false;
  running = &parse;
  if (setjmp(parse.way_out) != 0) {
    running = nullptr;
    return nullptr;
  }
  const GumboOutput* output = gumbo_parse_with_options(&options, text, size);
  running = nullptr;
  return output;
}

// Our tags by gumbo's.
const std::array<HtmlTag, GUMBO_TAG_LAST>& tag_table() {
  static const auto table = [] {
    std::array<HtmlTag, GUMBO_TAG_LAST> tags{};
    for (int tag = 0; tag < GUMBO_TAG_LAST; ++tag) {
      tags[static_cast<std::size_t>(tag)] = html_tag(gumbo_normalized_tagname(static_cast<GumboTag>(tag)));
    }
    return tags;
  }();
  return table;
}

HtmlTag tag_of(const GumboElement& element) {
  HtmlTag tag = HtmlTag::other;
  if (element.tag != GUMBO_TAG_UNKNOWN) {
    tag = tag_table()[element.tag];
  } else if (element.tag_namespace == GUMBO_NAMESPACE_SVG) {
    GumboStringPiece name = element.original_tag;
    gumbo_tag_from_original_text(&name);
    tag = html_tag({name.data, name.length});
  }
  if (element.tag_namespace == GUMBO_NAMESPACE_HTML) return tag;
  return element.tag_namespace == GUMBO_NAMESPACE_SVG && is_of_svg(tag) ? tag : HtmlTag::other;
}

std::string_view text_of(const GumboElement& element) {
  const GumboVector& children = element.children;
  const auto* text = children.length > 0 ? static_cast<const GumboNode*>(children.data[0]) : nullptr;
  const bool is_text = text != nullptr && (text->type == GUMBO_NODE_TEXT || text->type == GUMBO_NODE_WHITESPACE);
  return is_text ? text->v.text.text : "";
}

void give_element(const GumboElement& gumbo, HtmlCollector& page) {
  HtmlElement element;
  element.tag = tag_of(gumbo);
  if (element.tag == HtmlTag::title) return page.title(text_of(gumbo));
  if (element.tag == HtmlTag::style && page.wants().requisites) page.css(text_of(gumbo));
  if (gumbo.attributes.length == 0) return;
  for (unsigned i = 0; i < gumbo.attributes.length; ++i) {
    const auto& attribute = *static_cast<const GumboAttribute*>(gumbo.attributes.data[i]);
    auto name = html_attribute(element.tag, attribute.name, page.wants());
    if (!name || *name == HtmlAttributeName::xlink_href) continue;  // gumbo calls it href, where it is one
    if (attribute.attr_namespace == GUMBO_ATTR_NAMESPACE_XLINK) name = HtmlAttributeName::xlink_href;
    element[*name] = attribute.value;
  }
  page.element(element);
}

const GumboVector* children_of(const GumboNode& node) {
  if (node.type == GUMBO_NODE_ELEMENT) return &node.v.element.children;
  return node.type == GUMBO_NODE_DOCUMENT ? &node.v.document.children : nullptr;  // a template's are no content
}

// In document order, without recursion.
bool walk(const GumboNode& root, int max_depth, HtmlCollector& page) {
  struct Level {
    const GumboVector* nodes;
    unsigned next;
  };
  std::vector<Level> path{{children_of(root), 0}};
  while (!path.empty()) {
    Level& level = path.back();
    if (level.next == level.nodes->length) {
      path.pop_back();
      continue;
    }
    const auto& node = *static_cast<const GumboNode*>(level.nodes->data[level.next++]);
    if (node.type == GUMBO_NODE_ELEMENT) give_element(node.v.element, page);
    const GumboVector* children = children_of(node);
    if (children == nullptr || children->length == 0) continue;
    if (path.size() >= static_cast<std::size_t>(max_depth)) return false;
    path.push_back({children, 0});
  }
  return true;
}

}  // namespace

TreeResult read_gumbo_tree(std::string_view html, const HtmlLimits& limits, HtmlCollector& page) {
  Parse parse;
  parse.arena = &GumboArena::borrow(limits.memory.n);
  parse.cpu_now = limits.cpu_now;
  parse.until_look = kAllocationsPerLook;
  if (parse.cpu_now != nullptr) {
    parse.last_look = parse.cpu_now();
    parse.deadline = parse.last_look + limits.cpu;
  }
  const GumboOutput* output = run_gumbo(parse, html.data(), html.size());
  if (output == nullptr) return parse.result;
  return walk(*output->document, limits.depth, page) ? TreeResult::read : TreeResult::too_deep;
}

std::string decode_by_gumbo(std::string_view text, bool in_attribute) {
  constexpr std::size_t kRoom = 1 << 20;
  std::string html = in_attribute ? "<wbr title=\"" : "<title>";
  html += text;
  html += in_attribute ? "\">" : "</title>";
  Parse parse;
  parse.arena = &GumboArena::borrow(kRoom);
  const GumboOutput* output = run_gumbo(parse, html.data(), html.size());
  if (output == nullptr) return std::string(text);
  const GumboElement* element = &output->root->v.element;  // <html>: its first child is <head>, the other <body>
  for (const unsigned place : {in_attribute ? 1U : 0U, 0U}) {
    if (element->children.length <= place) return std::string(text);
    element = &static_cast<const GumboNode*>(element->children.data[place])->v.element;
  }
  if (!in_attribute) return std::string(text_of(*element));
  const GumboAttribute* title = gumbo_get_attribute(&element->attributes, "title");
  return title != nullptr ? title->value : std::string(text);
}

void forget_gumbo_tree() {
  GumboArena::borrow(0);
}

}  // namespace web

// What a failed assertion calls, gumbo's among them: Debian builds it with assertions, and a page can make them fail.
// One within a parse ends that parse alone; any other ends the program, as ever.
extern "C" void __assert_fail(const char* assertion, const char* file, unsigned line, const char* function) noexcept {
  if (web::running != nullptr) web::leave(*web::running, web::TreeResult::faulty);
  std::fprintf(stderr, "%s:%u: %s: Assertion `%s' failed.\n", file, line, function, assertion);
  std::abort();
}
