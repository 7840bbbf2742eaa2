// Which encoding a page is written in, and its text as UTF-8, by the Encoding and HTML standards of the WHATWG.
// Pure functions over bytes; any thread. Converters are kept per thread between calls.
//
// An encoding is named by its WHATWG name in lower case ("utf-8", "windows-1252", "shift_jis"). No label that a page
// gives ever reaches iconv: the converters are opened by our own fixed names.
#pragma once

#include <string>
#include <string_view>

namespace web {

// The encoding `label` stands for ("latin1" is "windows-1252"); empty for a label the standard does not know.
std::string_view charset_from_label(std::string_view label);

// The encoding that a byte order mark at the front of `body` tells; empty where there is none.
std::string_view charset_of_bom(std::string_view body);

// The encoding a page is read in. The first of these that says something decides: a byte order mark, the charset of the
// Content-Type (`declared`, may be empty), a declaration within the first 1024 bytes, non-ASCII text that is valid
// UTF-8, a declaration further down, a guess from the bytes; else "windows-1252".
std::string_view detect_charset(std::string_view body, std::string_view declared);

// The declaration within `head` (HTML 13.2.3.2, "prescan a byte stream to determine its encoding"): <meta charset>,
// <meta http-equiv content> or an XML declaration. Empty where there is none. Linear in `head`.
std::string_view prescan_charset(std::string_view head);

// `bytes` as valid UTF-8, without a byte order mark; what is no character of `charset` becomes U+FFFD.
// Returns a view of `bytes` where nothing had to change, else of `storage`. At most 3 bytes come out for one that went
// in.
std::string_view to_utf8(std::string_view bytes, std::string_view charset, std::string& storage);

// The bytes of `text` (UTF-8) in `charset`, for the query of a URL (URL standard, "percent-encode after encoding"): a
// character the encoding lacks becomes "%26%23N%3B", N its number. UTF-16 and "replacement" are written as UTF-8.
std::string encode_query(std::string_view text, std::string_view charset);

}  // namespace web
