// What the words of a `rel` mean to a crawler, of an element or of a Link field.
// Pure functions over bytes; any thread.
#pragma once

#include <optional>
#include <string_view>

#include "web/html.h"

namespace web {

bool is_nofollow(std::string_view rel);  // nofollow, ugc, sponsored

// What leads to another page: canonical, next, prev, alternate.
std::optional<LinkSource> link_of_rel(std::string_view rel);

// What the page is shown with: stylesheet, icon, manifest, preload.
std::optional<LinkSource> requisite_of_rel(std::string_view rel);

}  // namespace web
