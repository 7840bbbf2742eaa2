"""The tree holds nothing left over: no open ends, no paths of one machine, no build results, no stray white space."""
import re

import house

# Spelled in pieces, so that this file is clean too.
OPEN_ENDS = re.compile(r"\b(?:" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")) + r")\b|"
                       r"\bnot " + "implemented", re.I)
MACHINE = re.compile(r"(?<![\w.])/(?:work|root|farm|home|Users)/\w|/tmp/(?:build|bash)[-_]\w")
LEFT_OVER = ("*.o", "*.a", "*.so", "*.pyc", "*.orig", "*.rej", "*.swp", "*~", "*.log", "core")
TEXT = ("*.h", "*.cc", "*.py", "*.lua", "*.sh", "*.md", "*.toml", "*.txt", "*.html", "*.service", "*.conf", "*.json",
        "*.yml", "*.cmake", "Makefile", ".ci/*", ".clang-format", ".gitignore")
ANY_WHITE_SPACE = ("*.md",)  # two blanks at a line's end mean something there


def problems_of(name, text):
    problems = []
    for number, line in enumerate(text.split("\n"), 1):
        if found := OPEN_ENDS.search(line):
            problems.append(f"{name}:{number}: {found.group()}")
        if found := MACHINE.search(line):
            problems.append(f"{name}:{number}: a path of one machine: {found.group()}")
        if line != line.rstrip() and not any(name.match(pattern) for pattern in ANY_WHITE_SPACE):
            problems.append(f"{name}:{number}: white space at the line's end")
    if text and not text.endswith("\n"):
        problems.append(f"{name}: no line end at the end")
    return problems


root, _ = house.arguments()
found = [f"{name}: left over" for name in house.tracked(root, *LEFT_OVER)]
checked = house.tracked(root, *TEXT)
for file in checked:
    try:
        found += problems_of(file, (root / file).read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        found.append(f"{file}: is not UTF-8")
house.verdict(found, f"{len(checked)} files are clean")
