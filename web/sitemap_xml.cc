#include "web/sitemap_xml.h"

#include <expat.h>

#include <utility>

#include "web/bounded_heap.h"
#include "web/xml_charset.h"

namespace web {
namespace {

constexpr std::size_t kLongestToken = 256 << 10;
constexpr int kMostEntities = 32;  // at each reference to an external one expat goes through them all
constexpr XML_Memory_Handling_Suite kMemory = {bounded_malloc, bounded_realloc, bounded_free};

}  // namespace

class SitemapXml::Parser {
 public:
  Parser(SitemapElements& elements, const SitemapLimits& limits) : elements_(elements), heap_{limits.memory.n} {
    const BoundedHeapUse use(heap_);
    parser_ = XML_ParserCreate_MM(nullptr, &kMemory, nullptr);
    if (parser_ == nullptr) return;
    XML_SetUserData(parser_, this);
    XML_SetElementHandler(parser_, on_start, on_end);
    XML_SetCharacterDataHandler(parser_, on_text);
    XML_SetEntityDeclHandler(parser_, on_entity);
    XML_SetAttlistDeclHandler(parser_, on_attlist);
    XML_SetExternalEntityRefHandler(parser_, on_reference);
    // Entities that nothing declares (&nbsp;) are then read as nothing, not as a fault.
    XML_UseForeignDTD(parser_, XML_TRUE);
  }
  ~Parser() {
    if (parser_ != nullptr) XML_ParserFree(parser_);
  }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  bool feed(std::string_view piece) {
    const BoundedHeapUse use(heap_);
    if (!begun_ && parser_ != nullptr) {
      begun_ = true;
      charset_ = XmlCharset::declared_by(piece);
      if (charset_) XML_SetEncoding(parser_, "UTF-8");
    }
    take(piece, false);
    return !stopped_;
  }

  void finish() {
    const BoundedHeapUse use(heap_);
    if (!stopped_) take({}, true);
  }

  const std::string& error() const { return error_; }

 private:
  static Parser& self(void* data) { return *static_cast<Parser*>(data); }

  static void on_start(void* data, const char* name, const char** attributes) {
    self(data).unless_stopped([&](SitemapElements& elements) { return elements.start(name, attributes); });
  }
  static void on_end(void* data, const char*) {
    self(data).unless_stopped([](SitemapElements& elements) { return elements.end(); });
  }
  static void on_text(void* data, const char* text, int length) {
    self(data).unless_stopped([&](SitemapElements& elements) {
      elements.text({text, static_cast<std::size_t>(length)});
      return true;
    });
  }

  // External entities have no value: they are never read, which is safe where they are few.
  static void on_entity(void* data, const char*, int is_parameter, const char* value, int, const char*, const char*,
                        const char*, const char*) {
    Parser& parser = self(data);
    if (value != nullptr || is_parameter != 0) parser.stop("its DTD declares entities, which are not expanded");
    if (++parser.entities_ > kMostEntities) parser.stop("its DTD declares too many entities");
  }
  // Read as nothing.
  static int on_reference(XML_Parser parser, const char*, const char*, const char*, const char*) {
    self(XML_GetUserData(parser)).unless_stopped([](SitemapElements& elements) { return elements.external_entity(); });
    return XML_STATUS_OK;
  }
  static void on_attlist(void* data, const char*, const char*, const char*, const char*, int) {
    self(data).stop("its DTD declares attributes, which are not supplied");
  }

  // After a stop expat may still have an event or two to tell of.
  template <typename Event>
  void unless_stopped(Event event) {
    if (stopped_ || event(elements_)) return;
    stop({});
  }

  void stop(std::string why) {
    if (stopped_) return;
    stopped_ = true;
    error_ = std::move(why);
    XML_StopParser(parser_, XML_FALSE);
  }

  void take(std::string_view piece, bool last) {
    const std::string_view text = charset_ ? charset_->convert(piece, last) : piece;
    parse(text, last);
    fed_ += text.size();
    const XML_Index at = stopped_ ? 0 : XML_GetCurrentByteIndex(parser_);
    if (!stopped_ && at >= 0 && fed_ - static_cast<std::size_t>(at) > kLongestToken + text.size()) {
      stop("a tag or comment longer than " + std::to_string(kLongestToken) + " bytes");
    }
  }

  void parse(std::string_view piece, bool last) {
    if (parser_ == nullptr) {
      stopped_ = true;
      error_ = "no memory";
      return;
    }
    if (XML_Parse(parser_, piece.data(), static_cast<int>(piece.size()), last ? 1 : 0) != XML_STATUS_ERROR) return;
    if (stopped_) return;
    stopped_ = true;
    const XML_Error code = XML_GetErrorCode(parser_);
    if (code == XML_ERROR_NO_MEMORY) {
      error_ = "nested too deep, or with too many names, to be read";
      return;
    }
    error_ = "line " + std::to_string(XML_GetCurrentLineNumber(parser_)) + ", column " +
             std::to_string(XML_GetCurrentColumnNumber(parser_) + 1) + ": " + XML_ErrorString(code);
  }

  SitemapElements& elements_;
  BoundedHeap heap_;
  XML_Parser parser_ = nullptr;
  std::unique_ptr<XmlCharset> charset_;
  std::size_t fed_ = 0;  // of what is given to expat
  bool begun_ = false;
  int entities_ = 0;  // declared
  bool stopped_ = false;
  std::string error_;
};

SitemapXml::SitemapXml(SitemapElements& elements, const SitemapLimits& limits)
    : parser_(std::make_unique<Parser>(elements, limits)) {}

SitemapXml::~SitemapXml() = default;

bool SitemapXml::feed(std::string_view piece) {
  return parser_->feed(piece);
}

void SitemapXml::finish() {
  parser_->finish();
}

const std::string& SitemapXml::error() const {
  return parser_->error();
}

}  // namespace web
