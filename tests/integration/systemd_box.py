"""A real systemd in namespaces of its own, for tests of the unit: as root, without touching the machine it runs on.

The box sees the machine's programs read-only; /tmp, /run, /var and /dev are its own, /etc is a copy, kernel settings
cannot be written. It checks that before systemd starts. The network is the machine's, so that loopback servers can be
reached.
"""
import os
import pathlib
import shutil
import signal
import subprocess

import harness

# Pid 1 of the box; $1 is the folder with etc/ and usr/local/. Whatever fails ends it before systemd starts.
BOOT = r"""
set -eu
root=$1
mount --make-rprivate /
mount --bind "$root/etc" /etc
mount --bind "$root/usr/local" /usr/local
mount -t proc proc /proc
while read -r _ point _; do
  case "$point" in /etc|/proc|/proc/*|/sys/fs/cgroup|/sys/fs/cgroup/*|/dev|/dev/*) continue ;; esac
  mount -o remount,bind,ro "$point"
done < /proc/self/mounts
mount --bind /proc/sys /proc/sys && mount -o remount,bind,ro /proc/sys
[ ! -e /proc/sysrq-trigger ] || mount --bind /dev/null /proc/sysrq-trigger
for own in /tmp /run /var; do mount -t tmpfs -o mode=755 tmpfs "$own"; done
mkdir -m 1777 /var/tmp; mkdir /var/lib /var/cache /var/log
mount -t tmpfs -o mode=755 tmpfs /dev
mknod -m 666 /dev/null c 1 3; mknod -m 666 /dev/zero c 1 5; mknod -m 666 /dev/full c 1 7
mknod -m 666 /dev/random c 1 8; mknod -m 666 /dev/urandom c 1 9; mknod -m 666 /dev/tty c 5 0
mkdir -m 1777 /dev/shm; mkdir /dev/pts; ln -s pts/ptmx /dev/ptmx; ln -s /proc/self/fd /dev/fd
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts /dev/pts
# Of the machine's own services nothing is started, whatever a target wants.
for wants in /lib/systemd/system/*.wants; do mount -t tmpfs -o mode=755 tmpfs "$wants"; done
mkdir -p /run/systemd/system
for unit in systemd-journald.service systemd-journald.socket systemd-journald-dev-log.socket dbus.service dbus.socket \
    systemd-tmpfiles-clean.timer systemd-tmpfiles-setup.service systemd-networkd-wait-online.service; do
  ln -s /dev/null "/run/systemd/system/$unit"
done
printf '[Unit]\nDescription=Nothing but what the test asks for\n' > /run/systemd/system/box.target
for place in / /usr /usr/local /root /home /srv /opt /proc/sys/kernel/hostname; do
  [ -e "$place" ] || continue
  if [ -d "$place" ]; then written="$place/.decorum-box"; else written="$place"; fi
  if (: >> "$written") 2>/dev/null; then echo "the box could write to $place" >&2; exit 1; fi
done
export container=other
exec /lib/systemd/systemd --system --unit=box.target --log-target=console --show-status=no
"""


class Box:
    """Boots on entry, gone on exit. `root` holds what `make install DESTDIR=root` put there."""

    def __init__(self, bench, root):
        self.bench, self.root = bench, root
        self.cgroups = []

    def __enter__(self):
        if os.geteuid() != 0:
            raise harness.Skip("a systemd of our own needs root")
        if self.bench.sanitized:
            raise harness.Skip("the sanitizers' leak check makes a system call that the unit forbids")
        for tool in ("unshare", "nsenter", "systemctl"):
            harness.program(tool)
        if not os.access("/lib/systemd/systemd", os.X_OK):
            raise harness.Skip("systemd is not installed")
        etc = self.root / "etc"
        installed = self.root / "installed-etc"
        etc.rename(installed)
        shutil.copytree("/etc", etc, symlinks=True, ignore_dangling_symlinks=True)
        for wants in [*etc.glob("systemd/system/*.wants"), *etc.glob("systemd/system/*.requires")]:
            shutil.rmtree(wants)
        shutil.rmtree(etc / "decorum", ignore_errors=True)
        shutil.copytree(installed, etc, dirs_exist_ok=True)
        (self.root / "boot.sh").write_text(BOOT)
        self._make_cgroups()
        argv = ["unshare", "-m", "-p", "-f", "-C", "-u", "-i", "--kill-child=KILL", "sh", self.root / "boot.sh", self.root]
        self.log = self.bench.tmp / "systemd.log"
        with open(self.log, "wb") as log:
            self.outer = subprocess.Popen([str(a) for a in argv], stdin=subprocess.DEVNULL, stdout=log,
                                          stderr=subprocess.STDOUT, preexec_fn=self._enter_cgroups)
        try:
            harness.wait_until(self._booted, 30, "systemd has started")
        except AssertionError:
            self.__exit__()
            raise harness.Skip(f"systemd does not start in namespaces here: {self.log.read_text()[-300:]}") from None
        return self

    def __exit__(self, *_):
        self.outer.send_signal(signal.SIGKILL)  # --kill-child takes the box with it
        self.outer.wait(20)
        for cgroup in self.cgroups:
            for folder, _, _ in os.walk(cgroup, topdown=False):
                harness.wait_until(lambda path=folder: self._removed(path), 10, f"{folder} is empty")

    @staticmethod
    def _removed(cgroup):
        try:
            os.rmdir(cgroup)
        except OSError:
            return not os.path.exists(cgroup)
        return True

    def _make_cgroups(self):
        """A group of its own in every hierarchy that takes one, so that the box leaves nothing behind in ours."""
        for line in pathlib.Path("/proc/self/cgroup").read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            mounts = [controllers.removeprefix("name=")] if controllers else ["unified", "."]
            for mount in mounts:
                parent = pathlib.Path("/sys/fs/cgroup") / mount / path.lstrip("/")
                if controllers != "cpuset" and (parent / "cgroup.procs").exists():
                    self.cgroups.append(parent / f"decorum-box-{os.getpid()}")
                    self.cgroups[-1].mkdir()
                    break

    def _enter_cgroups(self):
        for group in self.cgroups:
            (group / "cgroup.procs").write_text(str(os.getpid()))

    def _pid(self):
        children = pathlib.Path(f"/proc/{self.outer.pid}/task/{self.outer.pid}/children").read_text().split()
        return children[0] if children else None

    def _booted(self):
        if self.outer.poll() is not None:
            raise AssertionError("the box ended")
        return self._pid() and self.run("systemctl", "is-system-running").stdout.strip() in ("running", "degraded")

    def run(self, *argv, timeout=60):
        """A command in the box."""
        enter = ["nsenter", "-t", self._pid() or "0", "-m", "-p", "-u", "-i", "-C"]
        return subprocess.run([*enter, *map(str, argv)], capture_output=True, text=True, timeout=timeout)

    def systemctl(self, *argv, code=0):
        done = self.run("systemctl", *argv)
        assert code is None or done.returncode == code, f"systemctl {argv}: {done.returncode} {done.stderr}"
        return done.stdout.strip()

    def show(self, unit, name):
        return self.systemctl("show", unit, "-p", name, "--value")
