"""The service as installed: the unit is sound and tight, and under a real systemd it starts, crawls, restarts, stops."""
import json
import re
import subprocess
import urllib.request

import harness
import systemd_box

UNIT = "decorum.service"


def install(bench, **variables):
    """`make install` of what is built, into a folder."""
    root = bench.tmp / "root"
    argv = ["make", "-C", bench.source, "-o", "build", "install", f"BUILD={bench.build}", f"DESTDIR={root}"]
    argv += [f"{name}={value}" for name, value in variables.items()]
    done = subprocess.run([str(a) for a in argv], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return root


def test_install_puts_things_where_the_prefix_says(bench):
    root = install(bench, PREFIX="/opt/decorum")
    assert (root / "opt/decorum/bin/decorum").stat().st_mode & 0o111
    unit = (root / "etc/systemd/system" / UNIT).read_text()
    assert "ExecStart=/opt/decorum/bin/decorum serve --config /etc/decorum/config.toml\n" in unit
    config = root / "etc/decorum/config.toml"
    assert config.read_text() == (bench.source / "config.toml").read_text()
    config.write_text("# mine\n")
    install(bench, PREFIX="/usr")
    assert config.read_text() == "# mine\n", "an existing config is kept"
    assert "ExecStart=/usr/bin/decorum " in (root / "usr/lib/systemd/system" / UNIT).read_text()


def test_the_unit_is_sound_and_tight(bench):
    analyze = harness.program("systemd-analyze")
    root = install(bench, PREFIX=bench.tmp / "prefix", UNITDIR="/units")
    program = bench.tmp / "prefix/bin/decorum"
    program.parent.mkdir(parents=True)
    program.symlink_to(bench.decorum)
    unit = root / "units" / UNIT
    done = subprocess.run([analyze, "verify", unit], capture_output=True, text=True, timeout=60)
    ours = [line for line in (done.stdout + done.stderr).splitlines() if UNIT in line]
    assert done.returncode == 0 and not ours, ours
    done = subprocess.run([analyze, "security", "--offline=true", "--threshold=15", unit], capture_output=True, text=True,
                          timeout=60)
    assert done.returncode == 0, done.stdout[-500:] + done.stderr
    print(re.search(r"Overall exposure level.*", done.stdout).group(0))


def test_the_service_lives_as_promised(bench):
    redis, web, port = bench.redis(), bench.web(hosts=2, pages=3), harness.free_port()
    root = install(bench)
    config = root / "etc/decorum/config.toml"
    text = config.read_text()
    for key, value in (("url", f'"{redis.url}"'), ("listen", f'"127.0.0.1:{port}"'), ("delay", '"100ms"'),
                       ("contact", f'"{harness.CONTACT}"'), ("allow_addresses", harness.LOOPBACK)):
        text = re.sub(rf"(?m)^{key} = .*", f"{key} = {value}", text, count=1)
    config.write_text(text)

    def status():
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/status", timeout=10) as answer:
            return json.load(answer)

    with systemd_box.Box(bench, root) as box:
        box.systemctl("enable", "--now", UNIT)
        assert box.show(UNIT, "ActiveState") == "active"
        harness.wait_until(lambda: box.show(UNIT, "StatusText"), 20 * bench.patience, "a status text")

        redis.cli("LPUSH", "decorum:seeds", *web.seeds)
        harness.wait_until(lambda: status()["books"]["done"] >= len(web.urls), 30 * bench.patience, "the pages are done")
        kept = box.run("sh", "-c", "ls /var/lib/private/decorum/warc").stdout
        assert ".warc.gz" in kept, kept

        first = box.show(UNIT, "MainPID")
        box.systemctl("kill", "--signal=SIGKILL", UNIT)
        harness.wait_until(lambda: box.show(UNIT, "ActiveState") == "active" and box.show(UNIT, "MainPID") != first,
                           20 * bench.patience, "it was started again")
        assert box.show(UNIT, "NRestarts") == "1"

        box.systemctl("stop", UNIT)
        assert (box.show(UNIT, "ActiveState"), box.show(UNIT, "Result")) == ("inactive", "success")
        assert ".open" not in box.run("sh", "-c", "ls /var/lib/private/decorum/warc").stdout

        box.run("sh", "-c", "echo 'nosuch = 1' > /etc/decorum/config.toml")
        box.systemctl("start", UNIT, code=1)
        harness.stays(lambda: box.show(UNIT, "ActiveState") == "failed", 3, "a bad config is not tried again")
        assert (box.show(UNIT, "ExecMainStatus"), box.show(UNIT, "NRestarts")) == ("4", "0")


def test_it_waits_for_redis_and_stops_while_it_waits(bench):
    root = install(bench)
    config = root / "etc/decorum/config.toml"
    config.write_text(f'[redis]\nurl = "redis://127.0.0.1:{harness.free_port()}"\n'
                      f'[admin]\nlisten = "127.0.0.1:{harness.free_port()}"\n')
    with systemd_box.Box(bench, root) as box:
        box.systemctl("start", "--no-block", UNIT)
        harness.wait_until(lambda: box.show(UNIT, "MainPID") != "0", 20, "it was started")
        harness.stays(lambda: box.show(UNIT, "ActiveState") == "activating", 1, "it waits for Redis")
        box.systemctl("stop", UNIT)
        assert (box.show(UNIT, "ActiveState"), box.show(UNIT, "Result")) == ("inactive", "success")


if __name__ == "__main__":
    harness.main(globals())
