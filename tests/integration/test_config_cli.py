"""The command line and the settings: what is refused, with which exit code, and what the line says."""
import json
import os
import pathlib
import re
import tomllib

import harness

SYSTEM_CONFIG = pathlib.Path("/etc/decorum/config.toml")


def ask(bench, *argv, code=0, stdin=None):
    """Runs the program to its end; (stdout, stderr). Commands without a Redis and a network end at once."""
    text = bench.tmp / "stdin"
    text.write_text(stdin or "")
    with open(text, "rb") as file:
        process = bench.run(*argv, stdin=file)
        got = process.wait(20 * bench.patience)
    assert got == code, f"{argv}: exit {got} instead of {code}: {process.err()}"
    return process.out(), process.err()


def flat(table, prefix=""):
    for key, value in table.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


def test_every_command_has_help(bench):
    overview, _ = ask(bench, "--help")
    commands = re.findall(r"^  (\w+)  ", overview[overview.index("Subcommands:"):], re.M)
    assert {"crawl", "serve", "seed", "status", "pause", "resume", "stop", "config", "eval", "warc"} <= set(commands)
    for command in commands:
        text, _ = ask(bench, command, "--help")
        assert "Usage: decorum " + command in text, text
    version, _ = ask(bench, "--version")
    assert re.fullmatch(r"decorum \d+\.\d+\.\d+\n", version), version


def test_wrong_usage_is_2(bench):
    for argv in ([], ["nosuch"], ["crawl"], ["crawl", "--nosuch"], ["config"], ["eval", "nosuch"], ["warc", "verify"],
                 ["crawl", "--quiet", "--json", "http://127.0.0.1/"], ["seed", "--config"],
                 ["crawl", "--seeds", "missing.txt", "--contact", "a@example.org"]):
        _, error = ask(bench, *argv, code=2)
        assert error.strip(), argv


def test_loopback_needs_leave_and_names_the_flag(bench):
    for url in ("http://127.0.0.1/", "127.1.2.3:8080", "http://localhost/", "https://a.localhost/"):
        _, error = ask(bench, "crawl", url, "--contact", "a@example.org", code=2)
        assert "add --allow 127.0.0.0/8" in error, error
    _, error = ask(bench, "crawl", "http://[::1]/", code=2)
    assert "add --allow ::1/128" in error, error


def test_strangers_are_not_asked_without_a_contact(bench):
    _, error = ask(bench, "crawl", "192.0.2.1", code=2)
    assert "add --contact" in error, error


def test_a_bad_flag_is_usage_and_a_bad_setting_is_config(bench):
    allowed = ["crawl", "http://127.0.0.1/", "--allow", "127.0.0.0/8"]
    _, error = ask(bench, *allowed, "--delay", "soon", code=2)
    assert "--delay: politeness.delay:" in error, error
    _, error = ask(bench, *allowed, "--set", "politeness.delay=soon", code=4)
    assert "--set: politeness.delay:" in error, error
    _, error = ask(bench, "crawl", "http://127.0.0.1/", "--allow", "127.0.0.0", "--allow", "local", code=2)
    assert '"local" is no CIDR' in error, error


def test_a_bad_file_names_file_line_and_key(bench):
    config = bench.tmp / "bad.toml"
    for text, line, key in (("[politeness]\n\ndealy = \"1s\"\n", 3, "politeness.dealy"),
                            ("[fetch]\nretries = \"3\"\n", 2, "fetch.retries"),
                            ("[redis]\nmode = \"both\"\n", 2, "redis.mode"),
                            ("[[host]]\nmatch = \"a\"\nspeed = 1\n", 3, "host.speed")):
        config.write_text(text)
        for argv in (["config", "check"], ["serve"], ["crawl", "http://127.0.0.1/"], ["seed", "a.example"], ["status"]):
            _, error = ask(bench, *argv, "--config", config, code=4)
            assert error.startswith(f"decorum: {config}:{line}: {key}: "), error
            assert error.count("\n") == 1, error
    for argv in (["serve"], ["config", "show"]):
        _, error = ask(bench, *argv, "--config", bench.tmp / "none.toml", code=4)
        assert "none.toml: cannot be read: No such file or directory" in error, error


def test_show_is_toml_that_says_where_values_come_from(bench):
    config = bench.tmp / "some.toml"
    config.write_text("[fetch]\nretries = 7\n\n[admin]\ntoken = \"secret\"\n")
    text, _ = ask(bench, "config", "show", "--config", config, "--set", "politeness.delay=0.2s")
    values = dict(flat(tomllib.loads(text)))
    assert values["fetch.retries"] == 7 and values["politeness.delay"] == "200ms", text
    assert values["parse.sitemaps"] is True and values["scope.max_depth"] == 20, "the defaults of serve"
    assert f"retries = 7  # {config}:2" in text and 'delay = "200ms"  # --set' in text, text
    assert "secret" not in text
    entries, _ = ask(bench, "config", "show", "--json", "--of", "crawl", "--config", config)
    values = {entry["key"]: entry for entry in json.loads(entries)}
    assert values["scope.max_depth"]["value"] == '"none"' and values["redis.mode"]["value"] == '"embedded"', entries
    assert values["fetch.retries"]["origin"] == f"{config}:2"


def test_the_shipped_file_holds_the_defaults(bench):
    shipped = bench.source / "config.toml"
    out, _ = ask(bench, "config", "check", "--config", shipped)
    assert out == f"{shipped}: good\n", out
    empty = bench.tmp / "empty.toml"
    empty.write_text("")
    defaults = dict(flat(tomllib.loads(ask(bench, "config", "show", "--config", empty)[0])))
    for key, value in flat(tomllib.loads(shipped.read_text())):
        assert defaults[key] == value, key


def test_the_default_file_is_the_one_beside(bench):
    if SYSTEM_CONFIG.exists():
        raise harness.Skip(f"{SYSTEM_CONFIG} comes first")
    (bench.tmp / "config.toml").write_text("[fetch]\nretries = 7\n")
    text, _ = ask(bench, "config", "show")
    assert "retries = 7  # ./config.toml:2" in text, text


def test_zero_delay_is_warned_about(bench):
    out, _ = ask(bench, "config", "check", "--set", "politeness.delay=0s")
    assert out.startswith("warning: politeness.delay is 0s"), out


def test_without_a_daemon_the_levers_say_where_they_looked(bench):
    port = harness.free_port()
    for lever in ("status", "pause", "resume", "stop"):
        _, error = ask(bench, lever, "--admin", f"127.0.0.1:{port}", code=1)
        assert f"127.0.0.1:{port} (--admin: " in error, error
    _, error = ask(bench, "status", "--out", "nowhere", code=1)
    assert "nowhere/run.json" in error, error
    os.environ["DECORUM_ADMIN"] = f"127.0.0.1:{port}"
    _, error = ask(bench, "status", "--set", f"admin.listen=127.0.0.1:{port}", code=1)
    del os.environ["DECORUM_ADMIN"]
    for place in ("($DECORUM_ADMIN: ", "./crawl/run.json", "(admin.listen"):
        assert place in error, error


def test_seeds_reach_the_inbox(bench):
    redis = bench.redis()
    file = bench.tmp / "seeds.txt"
    file.write_text("# comment\n\n  c.example/x  \nmailto:me@c.example\n")
    out, _ = ask(bench, "seed", "http://a.example/", "b.example:8080", "-", "--file", file, "--set",
                 f"redis.url={redis.url}/2", "--set", "redis.namespace=other", stdin='{"url":"http://d.example/"}\n')
    assert out == "5 seeds put into other:seeds\n", out
    assert redis.cli("-n", "2", "LRANGE", "other:seeds", "0", "-1").splitlines() == [
        "mailto:me@c.example", "https://c.example/x", '{"url":"http://d.example/"}', "https://b.example:8080",
        "http://a.example/"]


def test_many_seeds_go_in_batches(bench):
    redis = bench.redis()
    file = bench.tmp / "seeds.txt"
    file.write_text("".join(f"http://a.example/{i}\n" for i in range(2500)))
    ask(bench, "seed", "--file", file, "--set", f"redis.url={redis.url}")
    assert redis.cli("LLEN", "decorum:seeds") == "2500"


def test_seeding_without_redis_is_8(bench):
    _, error = ask(bench, "seed", "a.example", "--set", f"redis.url=redis://me:secret@127.0.0.1:{harness.free_port()}",
                   code=8)
    assert "Connection refused" in error and "secret" not in error, error
    redis = bench.redis()
    redis.cli("CONFIG", "SET", "requirepass", "right")
    _, error = ask(bench, "seed", "a.example", "--set", f"redis.url=redis://default:wrong@127.0.0.1:{redis.port}",
                   code=8)
    assert "WRONGPASS" in error, error
    ask(bench, "seed", "a.example", "--set", f"redis.url=redis://default:right@127.0.0.1:{redis.port}")


if __name__ == "__main__":
    harness.main(globals())
