#include "web/html_rel.h"

#include "web/html_directives.h"

namespace web {

bool is_nofollow(std::string_view rel) {
  return has_token(rel, "nofollow") || has_token(rel, "ugc") || has_token(rel, "sponsored");
}

std::optional<LinkSource> link_of_rel(std::string_view rel) {
  if (has_token(rel, "canonical")) return LinkSource::link_canonical;
  if (has_token(rel, "next")) return LinkSource::link_next;
  if (has_token(rel, "prev") || has_token(rel, "previous")) return LinkSource::link_prev;
  if (has_token(rel, "alternate") && !has_token(rel, "stylesheet")) return LinkSource::link_alternate;
  return std::nullopt;
}

std::optional<LinkSource> requisite_of_rel(std::string_view rel) {
  if (has_token(rel, "stylesheet")) return LinkSource::stylesheet;
  if (has_token(rel, "icon") || has_token(rel, "apple-touch-icon")) return LinkSource::icon;
  if (has_token(rel, "manifest")) return LinkSource::manifest;
  if (has_token(rel, "preload") || has_token(rel, "modulepreload")) return LinkSource::preload;
  return std::nullopt;
}

}  // namespace web
