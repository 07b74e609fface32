# SPDX-License-Identifier: GPL-2.0-or-later
"""Child processes, free ports, and waiting for something to become true."""

import ctypes
import os
import random
import signal
import socket
import subprocess
import time

# s for what comes within a moment on an idle machine: only a test that fails
# waits so long
PATIENCE = 60.0
_claims = []    # sockets whose names say which ports are given out
_libc = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG = 1


class Timeout(AssertionError):
    """A condition did not become true in time."""


def wait_until(condition, timeout=PATIENCE, interval=0.02, what=None):
    """Poll `condition` until it returns something true, and return that.
    A LookupError, as is an RPC fault 404, means: not there yet."""
    deadline = time.monotonic() + timeout
    while True:
        missing = None
        try:
            value = condition()
            if value:
                return value
        except LookupError as error:
            missing = error
        if time.monotonic() >= deadline:
            raise Timeout(f"not within {timeout} s: "
                          f"{_told(what) or condition}") from missing
        time.sleep(interval)


def _told(what):
    """What was waited for: a text, or a function that gives one."""
    try:
        return what() if callable(what) else what
    except LookupError as error:
        return repr(error)


def _ours(port):
    """Claim a port among all test runs of the machine, until we end."""
    claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        claim.bind(f"\0reputation-tests-port-{port}")
    except OSError:
        claim.close()
        return False
    _claims.append(claim)
    return True


def free_port():
    """A port that is free for UDP and TCP on 127.0.0.1, given out once. Not
    of those that the kernel gives to whoever asks for any."""
    while True:
        port = random.randrange(10000, 32000)
        try:
            for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
                with socket.socket(socket.AF_INET, kind) as sock:
                    sock.bind(("127.0.0.1", port))
        except OSError:
            continue
        if _ours(port):
            return port


def _die_with_parent():
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


class Process:
    """One child process, its output in a file, ended by its own pid."""

    def __init__(self, argv, log_path, cwd=None, env=None):
        self.argv = [str(a) for a in argv]
        self.log_path = log_path
        with open(log_path, "ab") as log:
            self._popen = subprocess.Popen(
                self.argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                cwd=cwd, env=env, start_new_session=True,
                preexec_fn=_die_with_parent)

    @property
    def pid(self):
        return self._popen.pid

    @property
    def returncode(self):
        return self._popen.poll()

    def running(self):
        return self._popen.poll() is None

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return log.read()

    def signal(self, number):
        if self.running():
            os.kill(self.pid, number)

    def wait(self, timeout):
        return self._popen.wait(timeout)

    def stop(self, timeout=PATIENCE):
        """SIGTERM, then SIGKILL. Returns the exit status."""
        if self.running():
            self.signal(signal.SIGCONT)
            self.signal(signal.SIGTERM)
            try:
                self.wait(timeout)
            except subprocess.TimeoutExpired:
                self.kill()
        return self.returncode

    def kill(self):
        self.signal(signal.SIGKILL)
        self._popen.wait(10)
        return self.returncode
