"""What the service manager is told, read from a notify socket of our own."""
import os
import signal
import socket
import time

import harness


class Manager:
    """Listens as systemd does, and keeps every assignment with its time."""

    def __init__(self, address):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(address)
        self.socket.setblocking(False)
        self.heard = []

    def assignments(self, name):
        while True:
            try:
                message = self.socket.recv(65536).decode()
            except BlockingIOError:
                break
            now = time.monotonic()
            self.heard += [(now, *line.split("=", 1)) for line in message.splitlines()]
        return [(when, value) for when, key, value in self.heard if key == name]


def start(bench, manager, address, redis_url, **env):
    port = harness.free_port()
    config = bench.tmp / "serve.toml"
    config.write_text(f'[redis]\nurl = "{redis_url}"\n[storage]\ndir = "{bench.tmp}/data"\n'
                      f'[admin]\nlisten = "127.0.0.1:{port}"\n')
    argv = [bench.decorum, "serve", "--config", config]
    environment = {**os.environ, "NOTIFY_SOCKET": address, **env}
    process = harness.Process(argv, bench.tmp, "serve", cwd=bench.tmp, env=environment)
    bench.processes.append(process)
    return process


def test_ready_comes_with_redis_and_not_before(bench):
    address = str(bench.tmp / "notify")
    manager = Manager(address)
    port = harness.free_port()
    daemon = start(bench, manager, address, f"redis://127.0.0.1:{port}")
    harness.stays(lambda: daemon.alive() and not manager.assignments("READY"), 1, "no READY without Redis")
    bench.redis(port=port)
    harness.wait_until(lambda: manager.assignments("READY"), 10 * bench.patience, "READY=1")
    assert manager.assignments("READY")[0][1] == "1"
    harness.wait_until(lambda: manager.assignments("STATUS"), 10 * bench.patience, "a STATUS line")
    assert not manager.assignments("STOPPING")
    daemon.signal(signal.SIGTERM)
    assert daemon.wait(20 * bench.patience) == 0, daemon.err()
    assert manager.assignments("STOPPING"), manager.heard
    assert len(manager.assignments("READY")) == 1


def test_the_watchdog_is_fed_while_the_loops_tick(bench):
    address = "@decorum-notify-" + bench.tmp.name
    manager = Manager("\0" + address[1:])
    allowed = 1.5
    daemon = start(bench, manager, address, bench.redis().url, WATCHDOG_USEC=str(int(allowed * 1e6)))
    harness.wait_until(lambda: len(manager.assignments("WATCHDOG")) >= 6, 20 * bench.patience, "six WATCHDOG=1")
    times = [when for when, _ in manager.assignments("WATCHDOG")]
    gaps = [later - earlier for earlier, later in zip(times, times[1:])]
    assert max(gaps) < allowed * bench.patience, gaps
    assert daemon.terminate(20 * bench.patience) == 0, daemon.err()


def test_without_a_watchdog_there_is_no_feeding(bench):
    address = str(bench.tmp / "notify")
    manager = Manager(address)
    daemon = start(bench, manager, address, bench.redis().url, WATCHDOG_USEC="300000", WATCHDOG_PID="1")
    harness.wait_until(lambda: manager.assignments("READY"), 20 * bench.patience, "READY=1")
    harness.stays(lambda: daemon.alive() and not manager.assignments("WATCHDOG"), 1, "no WATCHDOG for another process")
    assert daemon.terminate(20 * bench.patience) == 0, daemon.err()


if __name__ == "__main__":
    harness.main(globals())
