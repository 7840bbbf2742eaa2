"""Every tracked source is formatted as .clang-format says."""
import re
import shutil
import subprocess

import house

root, _ = house.arguments()
formatter = shutil.which("clang-format") or shutil.which("clang-format-14")
if formatter is None:
    house.skip("clang-format is not installed")
files = [str(name) for name in house.tracked(root, "*.h", "*.cc")]
done = subprocess.run([formatter, "--dry-run", "--Werror", "--style=file", *files], cwd=root, capture_output=True,
                      text=True, timeout=250)
wrong = sorted(set(re.findall(r"^(\S+?):\d+:\d+: error: code should be clang-formatted", done.stderr, re.M)))
if done.returncode != 0 and not wrong:
    wrong = [done.stderr[:2000]]
house.verdict([f"{name}: run clang-format -i on it" for name in wrong], f"{len(files)} files are formatted")
