"""What the architecture tests share: the tracked files of the house and how a failure is told."""
import pathlib
import re
import subprocess
import sys

SKIPPED = 77
FOLDERS = ("web", "frontier", "limiter", "storage", "crawler", "admin", "cli")


def arguments():
    if len(sys.argv) != 3:
        sys.exit(f"usage: {sys.argv[0]} SOURCE_DIR BUILD_DIR")
    return pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()


def tracked(source, *patterns):
    """The files git tracks (all files where this is no checkout), as paths relative to the root, those that exist."""
    done = subprocess.run(["git", "-C", source, "ls-files", "-z"], capture_output=True, text=True)
    if done.returncode == 0:
        names = [pathlib.PurePosixPath(name) for name in done.stdout.split("\0") if name]
    else:
        names = [path.relative_to(source) for path in source.rglob("*")
                 if path.is_file() and not path.relative_to(source).parts[0].startswith(("build", ".git"))]
    return sorted(name for name in names
                  if (source / name).is_file() and (not patterns or any(name.match(p) for p in patterns)))


def sanitized(build):
    cache = build / "CMakeCache.txt"
    return cache.exists() and re.search(r"^DECORUM_SANITIZE:\w+=.+$", cache.read_text(), re.M) is not None


def verdict(problems, passed):
    """Ends the test: every problem on a line of its own."""
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problems" if problems else passed)
    sys.exit(1 if problems else 0)


def skip(reason):
    print(reason)
    sys.exit(SKIPPED)
