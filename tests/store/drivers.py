# SPDX-License-Identifier: GPL-2.0-or-later
"""Drivers (a book and a store each) for tests against a real Redis."""

import fcntl
import glob
import json
import os
import subprocess
import tempfile
import threading

from harness.process import wait_until
from harness.redis_server import Redis

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DRIVER = os.environ.get("STORE_DRIVER") \
    or os.path.join(ROOT, "build", "store", "driver")


def flags(kind):
    return subprocess.run(
        [f"{ROOT}/modules/reputation/build-aux/libraries.sh", kind],
        check=True, capture_output=True, text=True).stdout.split()


TLS = "-DREP_TLS" in flags("cflags")
FORGETS = ("--appendonly", "no")


def read(path):
    """The text of a file, "" without one."""
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8") as file:
        return file.read()


def build_driver():
    """Compile the driver when a source is newer than it, or it is of
    another hiredis; one test process does, others wait for it."""
    if os.environ.get("STORE_DRIVER"):
        return DRIVER
    os.makedirs(os.path.dirname(DRIVER), exist_ok=True)
    with open(DRIVER + ".lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return compile_driver()


def compile_driver():
    m = os.path.join(ROOT, "modules", "reputation")
    sources = sorted(
        glob.glob(f"{m}/engine/*/*.c") + glob.glob(f"{m}/formats/*.c")
        + glob.glob(f"{m}/store/*.c")
    ) + [f"{ROOT}/tests/unit/mem.c", f"{ROOT}/tests/store/driver.c"]
    headers = glob.glob(f"{m}/**/*.h", recursive=True)
    used = [*flags("cflags"), *flags("libs")]
    if os.path.exists(DRIVER) and read(DRIVER + ".flags") == repr(used):
        made = os.path.getmtime(DRIVER)
        if all(os.path.getmtime(f) <= made for f in sources + headers):
            return DRIVER
    command = [
        os.environ.get("CC", "gcc"), "-std=gnu11", "-D_GNU_SOURCE", "-g",
        "-O1", "-Wall", "-Wextra", "-Werror",
        "-fsanitize=address,undefined", "-fno-sanitize-recover=all",
        f"-I{m}", f"-I{ROOT}/tests/unit",
        "-o", DRIVER + ".new", *sources,
        *used, "-lm", "-lpthread",
    ]
    subprocess.run(command, check=True)
    os.rename(DRIVER + ".new", DRIVER)
    with open(DRIVER + ".flags", "w", encoding="utf-8") as out:
        out.write(repr(used))
    return DRIVER


def empty_redis(*options, **more):
    """A server that forgets everything as it ends."""
    return Redis(options=(*FORGETS, *options), **more)


class Driver:
    """One proxy's book and store."""

    def __init__(self, url, node, interval=50, pool_file="", prefix="",
                 before=(), **environment):
        """`before`: words before the command, as nsenter with its options."""
        self.lock = threading.Lock()
        self.log_path = tempfile.mkstemp(prefix=f"rep-{node}-")[1]
        self.process = subprocess.Popen(
            [*before, DRIVER, url, node, str(interval), pool_file, prefix],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=open(self.log_path, "w"), text=True, bufsize=1,
            env={**os.environ, **environment},
        )

    def ask(self, *words):
        with self.lock:
            self.process.stdin.write(" ".join(map(str, words)) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        assert line, self.log()
        return json.loads(line)

    def count(self, pool, number, outcome, times=1, route="-"):
        got = self.ask("count", pool, number, route, outcome, times)
        assert got["counted"] == times, got

    def counts(self, pool, number):
        view = self.ask("view", pool, number)
        return view and {k: v for k, v in view["counts"].items() if v}

    def view(self, pool, number):
        return self.ask("view", pool, number)

    def sum(self, pool):
        return self.ask("sum", pool)

    def status(self):
        return self.ask("status")

    def log(self):
        with open(self.log_path) as f:
            return f.read()

    def connected(self):
        return self.status()["link"] == "connected"

    def wait_connected(self):
        wait_until(self.connected, what=lambda: f"connected: {self.log()}")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def signal(self, number):
        self.process.send_signal(number)

    def stop(self):
        """End it as a proxy ends; leaks and errors fail the test."""
        if self.process.poll() is None:
            self.process.stdin.close()
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.kill()
                raise
        text = self.log()
        os.unlink(self.log_path)
        return self.process.returncode, text


def exchanged(*drivers, commands=8):
    """Every driver has been at Redis so often since, an exchange a command
    at least: what was to come has come."""
    until = [d.status()["commands"] + commands for d in drivers]
    wait_until(lambda: all(d.status()["commands"] >= n
                           for d, n in zip(drivers, until)),
               what="exchanges with Redis")


class Traffic(threading.Thread):
    """Calls on a driver until told to stop; `made` says how many."""

    def __init__(self, driver, first, batch=20, numbers=20, pause=0.005,
                 pool="sales"):
        super().__init__(daemon=True)
        self.driver, self.first, self.pool = driver, first, pool
        self.batch, self.numbers, self.pause = batch, numbers, pause
        self.made, self.ending = 0, threading.Event()
        self.start()

    def run(self):
        while not self.ending.wait(self.pause):
            self.made += self.driver.ask(
                "spread", self.pool, self.first, self.numbers,
                self.batch)["counted"]

    def more(self, calls):
        """Until it has made so many more."""
        until = self.made + calls
        wait_until(lambda: self.made >= until, what="traffic")

    def end(self):
        self.ending.set()
        self.join()
        return self.made
