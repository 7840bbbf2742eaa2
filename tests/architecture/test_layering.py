"""The edges between folders, and who may include which foreign library (docs/architecture.md).

A folder includes only the folders below it and only its own foreign libraries; within a folder one file speaks to one
foreign library, and one library is spoken to from one family of files (NAME, NAME_more), or from the nouns named in HOMES.
"""
import collections
import re

import house

MAY_INCLUDE = {
    "web": set(),
    "frontier": {"web"},
    "limiter": {"web"},
    "storage": {"web"},
    "crawler": {"web", "frontier", "limiter", "storage"},
    "admin": {"web", "frontier", "limiter", "storage", "crawler"},
    "cli": {"web", "frontier", "limiter", "storage", "crawler", "admin"},
}

# Foreign library -> how its headers begin.
LIBRARIES = {
    "gumbo": ("gumbo.h", "tag_enum.h"),
    "expat": ("expat.h",),
    "libpsl": ("libpsl.h",),
    "libidn2": ("idn2.h",),
    "iconv": ("iconv.h",),
    "uchardet": ("uchardet.h", "uchardet/"),
    "zlib": ("zlib.h",),
    "brotli": ("brotli/",),
    "zstd": ("zstd.h",),
    "hiredis": ("hiredis",),
    "xxhash": ("xxhash.h",),
    "libdeflate": ("libdeflate.h",),
    "openssl": ("openssl/",),
    "libcurl": ("curl/",),
    "c-ares": ("ares",),
    "libuv": ("uv.h", "uv/"),
    "toml++": ("toml++/", "toml.hpp"),
    "cpp-httplib": ("httplib.h",),
    "json": ("nlohmann/",),
    "CLI11": ("CLI/",),
    "spdlog": ("spdlog/", "fmt/"),
}

MAY_USE = {
    "web": {"gumbo", "expat", "libpsl", "libidn2", "iconv", "uchardet", "zlib", "brotli", "zstd"},
    "frontier": {"hiredis", "libuv", "xxhash", "zstd"},
    "limiter": set(),
    "storage": {"libdeflate", "zlib", "openssl"},
    "crawler": {"libcurl", "c-ares", "libuv", "toml++", "json", "spdlog"},
    "admin": {"cpp-httplib", "json", "openssl", "spdlog"},
    "cli": {"CLI11", "json", "spdlog", "libcurl", "hiredis"},  # blocking clients of a running daemon and its Redis
}

# Everywhere in their folders: the event loop a folder lives on, the log, and JSON, which has no state to hide.
COMMON = {("crawler", "libuv"), ("frontier", "libuv"), ("crawler", "spdlog"), ("admin", "spdlog"), ("cli", "spdlog"),
          ("crawler", "json"), ("admin", "json"), ("cli", "json"), ("cli", "CLI11")}

# Where a library's face has more than one noun.
HOMES = {("frontier", "hiredis"): {"redis_socket", "reply"}}  # the connection, and the view of an answer

# What reads a clock.
CLOCKS = re.compile(r"(?:steady|system|high_resolution)_clock::now\s*\(|\bclock_gettime\s*\(|\bgettimeofday\s*\(|"
                    r"\bstd::time\s*\(|(?<![\w:.>])time\s*\(\s*(?:nullptr|NULL|0)\s*\)")
CLOCKLESS = ("web", "frontier", "limiter", "storage")

# What verifies the deciders may know nothing of them.
INDEPENDENT = re.compile(r"cli/audit_\w+\.(?:h|cc)")
DECIDERS = ("limiter/", "crawler/scheduler", "crawler/host.", "crawler/dispatcher", "crawler/lines")

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]', re.M)


def library_of(header):
    for library, beginnings in LIBRARIES.items():
        if header.startswith(beginnings):
            return library
    return None


def is_foreign_path(header):
    """A header with a suffix or folder that the C++ library does not have and no system folder explains."""
    system = ("sys/", "netinet/", "arpa/", "linux/", "net/", "bits/")
    return "/" in header and not header.startswith(system)


def check_file(folder, name, text):
    """Problems of one file, and the foreign libraries it includes."""
    problems, used = [], set()
    for bracket, header in INCLUDE.findall(text):
        top = header.split("/")[0]
        library = library_of(header)
        if INDEPENDENT.fullmatch(str(name)) and header.startswith(DECIDERS):
            problems.append(f"{name}: includes {header}, which it is there to verify")
        if bracket == '"' and top in house.FOLDERS and "/" in header:
            if top != folder and top not in MAY_INCLUDE[folder]:
                problems.append(f"{name}: includes {header}, but {folder}/ may not know {top}/")
        elif library is not None:
            used.add(library)
            if library not in MAY_USE[folder]:
                problems.append(f"{name}: includes {header}, but {folder}/ may not use {library}")
        elif bracket == '"' and "/" in header:
            problems.append(f"{name}: includes {header}, which is none of our folders")
        elif bracket == "<" and is_foreign_path(header):
            problems.append(f"{name}: includes {header}, a library this test does not know")
    apart = {library for library in used if (folder, library) not in COMMON}
    if len(apart) > 1:
        problems.append(f"{name}: includes {', '.join(sorted(apart))}; one foreign library, one file")
    if folder in CLOCKLESS:
        for found in CLOCKS.finditer(strip_comments(text)):
            problems.append(f"{name}: reads a clock ({found.group().strip()}); time is passed in")
    return problems, apart


def strip_comments(text):
    return re.sub(r"//[^\n]*|/\*.*?\*/", "", text, flags=re.S)


def family_roots(stems):
    """The shortest stems of which the others are continuations: {"gzip", "gzip_stream"} -> {"gzip"}."""
    return {stem for stem in stems if not any(stem.startswith(other + "_") for other in stems)}


def check(source):
    problems, homes = [], collections.defaultdict(set)
    for folder in house.FOLDERS:
        for name in house.tracked(source, f"{folder}/*.h", f"{folder}/*.cc"):
            if name.parts[0] != folder:
                continue
            found, libraries = check_file(folder, name, (source / name).read_text())
            problems += found
            for library in libraries:
                homes[folder, library].add(name.stem)
    for (folder, library), stems in sorted(homes.items()):
        roots = family_roots(stems)
        if len(roots) > 1 and not roots <= HOMES.get((folder, library), set()):
            problems.append(f"{folder}/: {library} is included by {', '.join(sorted(stems))}; "
                            "one foreign library, one .cc (or files named NAME, NAME_more)")
    return problems


def prove_itself():
    """The test finds what it must: each line here is a broken rule."""
    assert check_file("web", "x", '#include "storage/segment.h"')[0]
    assert check_file("limiter", "x", '#include <gumbo.h>')[0]
    assert check_file("storage", "x", '#include <spdlog/spdlog.h>')[0]
    assert check_file("web", "x", '#include <zlib.h>\n#include <zstd.h>')[0]
    assert check_file("web", "x", 'auto t = std::chrono::steady_clock::now();')[0]
    assert check_file("web", "x", '#include <boost/url.hpp>')[0]
    assert check_file("cli", "cli/audit_rules.cc", '#include "limiter/host_limiter.h"')[0]
    assert not check_file("crawler", "x", '#include <uv.h>\n#include <curl/curl.h>\n#include "web/url.h"')[0]
    assert not check_file("web", "x", '// steady_clock::now() is not read here')[0]
    assert family_roots({"gzip", "gzip_stream", "digest"}) == {"gzip", "digest"}


if __name__ == "__main__":
    prove_itself()
    root, _ = house.arguments()
    house.verdict(check(root), "the folders keep to their edges")
