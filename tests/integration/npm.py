"""Programs from npm that check our work from outside. They are kept in a cache below the build folder, and a test that
wants one is skipped where node, npm or their registry cannot be had."""
import shutil
import subprocess

import harness


def installed(bench, name, *packages):
    """The folder node_modules with these packages (name@version), in a cache of this name."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise harness.Skip(f"{program} is not installed; it runs {', '.join(packages)}")
    cache = bench.build / f"npm-{name}"
    modules, stamp = cache / "node_modules", cache / "installed"
    if stamp.exists() and stamp.read_text().split() == list(packages):
        return modules
    cache.mkdir(exist_ok=True)
    command = ["npm", "install", "--prefix", str(cache), "--no-audit", "--no-fund", "--ignore-scripts", "--cache",
               str(cache / "cache"), *packages]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    except subprocess.TimeoutExpired:
        raise harness.Skip(f"{packages} could not be installed within two minutes") from None
    if done.returncode != 0:
        raise harness.Skip(f"{packages} could not be installed: {done.stderr.strip()[-300:]}")
    stamp.write_text("\n".join(packages))
    return modules
