// Path, query and fragment of a URL as the states of the URL standard build them (section 4.4).
// Pure functions over bytes; any thread.
#pragma once

#include <string>
#include <string_view>

namespace web {

// A path is held as it is written: one '/' and a segment, again and again.

// Appends the segments of `text`, which '/' and '\' part; "." and ".." in every spelling are carried out.
// `file` keeps a drive letter ("C:") where it is.
void append_path(std::string& path, std::string_view text, bool file);

// Drops the last segment (the standard's "shorten a URL's path").
void shorten_path(std::string& path, bool file);

// Whether `text` starts with a drive letter that ends there or at '/', '\', '?', '#'.
bool starts_with_drive_letter(std::string_view text);
// Whether `text` is a letter and ':' or '|'.
bool is_drive_letter(std::string_view text);

// `text` as a query; `charset` (a WHATWG label) matters only where it is not ASCII.
std::string encoded_query(std::string_view text, std::string_view charset);
std::string encoded_fragment(std::string_view text);

}  // namespace web
