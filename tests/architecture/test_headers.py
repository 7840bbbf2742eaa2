"""Every header compiles alone, with the flags its folder is built with (one without sources: with those of cli/, which
sees every folder). Unchanged ones are not compiled again."""
import concurrent.futures
import hashlib
import json
import re
import shlex
import subprocess

import house

ABOUT_FILES = re.compile(r"^-(?:o|MF|MT|MQ)$")


def flags_by_folder(build):
    """The compiler and flags of each folder's first source, without the file names, from compile_commands.json."""
    flags = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        words = shlex.split(entry["command"])
        if words[0].endswith("ccache"):
            words = words[1:]
        kept, skip = [], False
        for word in words:
            if skip or word in ("-c", "-MD", "-MMD", entry["file"]):
                skip = False
            elif ABOUT_FILES.match(word):
                skip = True
            else:
                kept.append(word)
        folder = entry["file"].rsplit("/", 1)[0]
        flags.setdefault(folder, (kept, entry["directory"]))
    return flags


def fingerprint(command, files):
    mark = hashlib.sha256(repr(command).encode())
    for file in sorted(files):
        try:
            mark.update(file.encode() + open(file, "rb").read())
        except OSError:
            return None
    return mark.hexdigest()


def compile_alone(source, cache, name, flags, directory):
    """The compiler's complaint about this header, None where there is none."""
    stamp, needs = cache / (str(name).replace("/", "+") + ".json"), cache / (str(name).replace("/", "+") + ".d")
    command = [*flags, f"-I{source}", "-fsyntax-only", "-MMD", "-MF", str(needs), "-MT", "x", "-x", "c++", "-"]
    if stamp.exists():
        known = json.loads(stamp.read_text())
        if known["mark"] == fingerprint(command, known["files"]):
            return None
    text = f'#include "{name}"\n#include "{name}"\n'  # twice: the guard works
    done = subprocess.run(command, input=text, capture_output=True, text=True, cwd=directory, timeout=120)
    if done.returncode != 0:
        return f"{name} does not compile alone:\n{done.stderr[:2000]}"
    files = [word for word in needs.read_text().replace("\\\n", " ").split()[1:] if word != "-"]
    files = [file for file in files if file.startswith("/")]
    stamp.write_text(json.dumps({"mark": fingerprint(command, files), "files": files}))
    return None


def main():
    source, build = house.arguments()
    if not (build / "compile_commands.json").exists():
        house.skip("there is no compile_commands.json")
    if house.sanitized(build):
        house.skip("a sanitizer's build compiles the same headers as the plain one")
    cache = build / "headers-alone"
    cache.mkdir(exist_ok=True)
    known = flags_by_folder(build)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        waiting = []
        for name in house.tracked(source, "*.h"):
            flags = known.get(str(source / name.parent)) or known[str(source / "cli")]
            waiting.append(pool.submit(compile_alone, source, cache, name, *flags))
        problems = [found for found in (job.result() for job in waiting) if found]
    house.verdict(problems, f"{len(waiting)} headers compile alone")


main()
