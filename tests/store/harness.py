# SPDX-License-Identifier: GPL-2.0-or-later
"""A real redis-server and drivers (a book and a store each) for tests."""

import glob
import json
import os
import random
import signal
import socket
import subprocess
import tempfile
import threading
import time

import redis

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DRIVER = os.environ.get("STORE_DRIVER") \
    or os.path.join(ROOT, "build", "store", "driver")


def build_driver():
    """Compile the driver when a source is newer than it."""
    if os.environ.get("STORE_DRIVER"):
        return DRIVER
    m = os.path.join(ROOT, "modules", "reputation")
    sources = sorted(
        glob.glob(f"{m}/engine/*/*.c") + glob.glob(f"{m}/formats/*.c")
        + glob.glob(f"{m}/store/*.c")
    ) + [f"{ROOT}/tests/unit/mem.c", f"{ROOT}/tests/store/driver.c"]
    headers = glob.glob(f"{m}/**/*.h", recursive=True)
    if os.path.exists(DRIVER):
        made = os.path.getmtime(DRIVER)
        if all(os.path.getmtime(f) <= made for f in sources + headers):
            return DRIVER
    os.makedirs(os.path.dirname(DRIVER), exist_ok=True)
    command = [
        os.environ.get("CC", "gcc"), "-std=gnu11", "-D_GNU_SOURCE", "-g",
        "-O1", "-Wall", "-Wextra", "-Werror",
        "-fsanitize=address,undefined", "-fno-sanitize-recover=all",
        f"-I{m}", f"-I{ROOT}/tests/unit",
        "-o", DRIVER + ".new", *sources,
        "-lhiredis", "-ljson-c", "-lm", "-lpthread",
    ]
    subprocess.run(command, check=True)
    os.rename(DRIVER + ".new", DRIVER)
    return DRIVER


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(check, timeout=10.0, step=0.02):
    """The first true value of check(); fails with the last one."""
    end = time.monotonic() + timeout
    while True:
        value = check()
        if value:
            return value
        assert time.monotonic() < end, f"waited {timeout} s: {check.__doc__}"
        time.sleep(step)


class Redis:
    """A server of our own; config as a list of command-line options."""

    def __init__(self, *options, port=None):
        self.port = port or free_port()
        self.dir = tempfile.mkdtemp(prefix="rep-store-")
        self.socket = os.path.join(self.dir, "redis.sock")
        self.options = list(options)
        self.process = None
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1",
             "--dir", self.dir, "--unixsocket", self.socket, "--save", "",
             *self.options],
            stdout=open(os.path.join(self.dir, "log"), "a"),
            stderr=subprocess.STDOUT,
        )
        self.client = redis.Redis(port=self.port, decode_responses=True)
        wait_for(self._answers)

    def _answers(self):
        """redis-server answers"""
        try:
            return self.client.ping()
        except redis.AuthenticationError:
            return True
        except redis.RedisError:
            return False

    def signal(self, number):
        os.kill(self.process.pid, number)

    def kill(self):
        self.signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process.poll() is None:
            self.signal(signal.SIGCONT)
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.kill()
        subprocess.run(["rm", "-rf", self.dir], check=False)

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}"


class Driver:
    """One proxy's book and store."""

    def __init__(self, url, node, interval=50, pool_file="", prefix="",
                 **environment):
        self.lock = threading.Lock()
        self.log_path = tempfile.mkstemp(prefix=f"rep-{node}-")[1]
        self.process = subprocess.Popen(
            [DRIVER, url, node, str(interval), pool_file, prefix],
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
        """the driver is connected"""
        return self.status()["link"] == "connected"

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        """End it as a proxy ends; leaks and errors fail the test."""
        if self.process.poll() is None:
            self.process.stdin.close()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()
                raise
        text = self.log()
        os.unlink(self.log_path)
        return self.process.returncode, text


class Thief:
    """A TCP proxy that now and then swallows a reply and hangs up: the
    command was carried out, and the client cannot know."""

    def __init__(self, port, one_in):
        self.target, self.one_in, self.stolen = port, one_in, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.ending = False
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while not self.ending:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.target))
            for ends in ((client, server, False), (server, client, True)):
                threading.Thread(
                    target=self._carry, args=ends, daemon=True).start()

    def _carry(self, source, sink, replies):
        try:
            while data := source.recv(65536):
                if replies and self.one_in \
                        and random.randrange(self.one_in) == 0:
                    self.stolen += 1
                    break
                sink.sendall(data)
        except OSError:
            pass
        for s in (source, sink):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def end(self):
        self.ending = True
        self.listener.close()
