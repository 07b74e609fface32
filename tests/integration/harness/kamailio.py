# SPDX-License-Identifier: GPL-2.0-or-later
"""A Kamailio of our own, with any configuration file, on a free port."""

import itertools
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from .process import PATIENCE, Process, free_port, wait_until

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..",
                                    ".."))
CFG = os.path.join(ROOT, "kamailio-cfg")
TEST_CFG = os.path.join(ROOT, "tests", "integration", "cfg")
STOCK_MODULES = os.environ.get("KAMAILIO_MODULES") or next(
    (d for d in ("/usr/lib/x86_64-linux-gnu/kamailio/modules",
                 "/usr/lib/aarch64-linux-gnu/kamailio/modules",
                 "/usr/lib64/kamailio/modules", "/usr/lib/kamailio/modules")
     if os.path.isdir(d)), "")
BAD_LINE = re.compile(r"^ *\d+\(\d+\) (ERROR|CRITICAL|ALERT|BUG|EMERGENCY)\b"
                      r"|: BUG:|AddressSanitizer|segfault|core was generated")
# what the core's TCP processes say when one ends before another
CORE_ENDING = r"<core> .*receive_fd\(\): EOF on"
LEAK = re.compile(r"qm_sums.*count= *(\d+) size= *(\d+) bytes from "
                  r"(reputation: .*)")

# core settings that make Kamailio list, as it ends, what is still allocated
MEMORY_REPORT = """memdbg=5
memlog=2
mem_summary=12
"""


class Fault(Exception):
    """An RPC fault."""

    def __init__(self, code, message):
        super().__init__(f"{code} {message}")
        self.code = code
        self.message = message


class Absent(Fault, LookupError):
    """Fault 404: no such pool, number or route. A pool of Redis is absent
    until the proxy has read it."""


def module_path():
    """The directory of the module under test (REPUTATION_MODULE names the
    file), else that of the source tree."""
    module = os.environ.get("REPUTATION_MODULE") or os.path.join(
        ROOT, "modules", "reputation", "reputation.so")
    return os.path.dirname(os.path.abspath(module))


def has_tls():
    """Whether the module under test speaks TLS to Redis."""
    with open(os.path.join(module_path(), "reputation.so"), "rb") as module:
        return b"TLS needs hiredis" not in module.read()


def define(name, value):
    """One -A argument: numbers and bare words as they are, True = defined,
    strings in the quotes of the configuration language."""
    if value is True:
        return name
    if isinstance(value, str) and not value.startswith(
            ("udp:", "tcp:", "tls:")):
        return f'{name}="{value}"'
    return f"{name}={value}"


def _signal(pids, number):
    """To those of them that are there."""
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass


class Kamailio:
    """`cfg`: a path, or a file name in kamailio-cfg/ or tests' cfg/.
    `defines`: NAME=value for -A. `allow_errors`: regular expressions of log
    lines that the test expects. `leak_check`: fail stop() when the module
    still holds shared memory at the end. `settings`: lines that follow the
    configuration. `clock`: a Clock that the module goes by."""

    def __init__(self, cfg="outbound.cfg", allow_errors=(), leak_check=False,
                 start=True, children=2, text=None, settings="",
                 extra_argv=(), clock=None, environment=None, **defines):
        self.directory = tempfile.mkdtemp(prefix="rep-kam-")
        self.port = free_port()
        self.address = ("127.0.0.1", self.port)
        self.cfg = self._find(cfg, text)
        self.allow_errors = [CORE_ENDING, *allow_errors]
        self.leak_check = leak_check
        self.settings = settings + (MEMORY_REPORT if leak_check else "")
        self.extra_argv = list(extra_argv)
        self.clock = clock
        self.environment = environment or {}
        self.defines = {"LISTEN": f"udp:127.0.0.1:{self.port}",
                        "CHILDREN": children, **defines}
        self.log_path = os.path.join(self.directory, "kamailio.log")
        self.process = None
        self._ids = itertools.count(1)
        self._log_start = 0
        if start:
            self.start()

    def _find(self, cfg, text):
        if text is not None:
            path = os.path.join(self.directory, "test.cfg")
            with open(path, "w", encoding="utf-8") as out:
                out.write(text)
            return path
        for directory in ("", CFG, TEST_CFG):
            path = os.path.join(directory, cfg)
            if os.path.exists(path):
                return os.path.abspath(path)
        raise FileNotFoundError(cfg)

    # ----- running -----------------------------------------------------------

    def argv(self):
        cfg = self.cfg
        argv = ["kamailio"]
        if self.settings:
            cfg = os.path.join(self.directory, "settings.cfg")
            with open(cfg, "w", encoding="utf-8") as out:
                out.write(f'#!KAMAILIO\ninclude_file "{self._without_space()}"\n'
                          + self.settings)
        if self.leak_check:
            argv += ["-x", "qm", "-X", "qm"]
        argv += ["-f", cfg, "-L", f"{module_path()}:{STOCK_MODULES}",
                 "-Y", os.path.join(self.directory, "run"),
                 "-w", os.path.dirname(self.cfg), "-DD", "-E",
                 "-m", "128", "-M", "16"]
        for name, value in self.defines.items():
            argv += ["-A", define(name, value)]
        return argv + self.extra_argv

    def env(self):
        """None: ours. With REPUTATION_PRELOAD (make test-asan): sanitizers
        that write into our directory. With a clock: that too."""
        preload = os.environ.get("REPUTATION_PRELOAD", "")
        ours = dict(self.environment)
        if self.clock:
            preload = f"{preload}:{self.clock.library}".strip(":")
            ours["REPUTATION_CLOCK"] = self.clock.path
        if not preload:
            return {**os.environ, **ours} if ours else None
        reports = f":log_path={self.directory}/sanitizer"
        return {**os.environ, "LD_PRELOAD": preload, **ours,
                **{name: os.environ.get(name, "") + reports
                   for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS")}}

    def _without_space(self):
        """A path of the configuration for include_file, which takes none
        with a space."""
        link = os.path.join(self.directory, "cfg")
        if not os.path.islink(link):
            os.symlink(os.path.dirname(self.cfg), link)
        return os.path.join(link, os.path.basename(self.cfg))

    def start(self, timeout=PATIENCE):
        self._log_start = os.path.getsize(self.log_path) \
            if os.path.exists(self.log_path) else 0
        self.process = Process(self.argv(), self.log_path, env=self.env(),
                               cwd=os.path.dirname(self.cfg))
        wait_until(self._ready, timeout, what=self.log)
        return self

    def _ready(self):
        if not self.process.running():
            raise RuntimeError("kamailio ended:\n" + self.log())
        try:
            return self.rpc("core.uptime") is not None
        except OSError:
            return False

    def check_config(self):
        """kamailio -c: (exit status, all that it said)."""
        done = subprocess.run([*map(str, self.argv()), "-c"], timeout=PATIENCE,
                              env=self.env(),
                              cwd=os.path.dirname(self.cfg), text=True,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)
        return done.returncode, done.stdout

    def run_to_end(self, timeout=PATIENCE):
        """Start it where it is expected to end by itself: (status, log)."""
        process = Process(self.argv(), self.log_path, env=self.env(),
                          cwd=os.path.dirname(self.cfg))
        try:
            process.wait(timeout)
        except subprocess.TimeoutExpired:
            process.stop()
            return 0, process.log()
        return process.returncode, process.log()

    def stop(self, check=True):
        """End it; then its exit status, its log and its memory must be
        clean."""
        if self.process is None:
            return
        status = self._terminate()
        self.process = None
        if check:
            assert status == 0, f"exit status {status}\n{self.log()[-4000:]}"
            bad = self.bad_lines()
            assert not bad, "unexpected in the log:\n" + "\n".join(bad[:20])
            if self.leak_check:
                leaks = self.leaks()
                assert not leaks, "not freed:\n" + "\n".join(leaks)

    def _terminate(self):
        """SIGTERM, and again while it does not end: to the first process,
        which drops a signal behind one that it has not looked at yet; then to
        children that are left, for a timer process of the core misses one that
        comes just before it waits."""
        self.process.signal(signal.SIGTERM)
        for _ in range(int(PATIENCE)):
            try:
                return self.process.wait(1)
            except subprocess.TimeoutExpired:
                _signal(self._children() if self._ending()
                        else [self.process.pid], signal.SIGTERM)
        return self._kill_all()

    def _ending(self):
        """Whether its first process has told the others to end: then it
        catches SIGALRM. Before, one that ends is an alert in its log."""
        with open(f"/proc/{self.process.pid}/status",
                  encoding="ascii") as status:
            caught = re.search(r"^SigCgt:\s*([0-9a-f]+)", status.read(), re.M)
        return bool(int(caught[1], 16) >> (signal.SIGALRM - 1) & 1)

    def _kill_all(self):
        children = self._children()
        status = self.process.kill()
        _signal(children, signal.SIGKILL)
        return status

    def kill(self):
        """SIGKILL to every process of it, as a power cut would."""
        self._kill_all()
        self.process = None
        shutil.rmtree(os.path.join(self.directory, "run"),
                      ignore_errors=True)

    def _children(self):
        path = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        try:
            with open(path, encoding="ascii") as listing:
                return [int(pid) for pid in listing.read().split()]
        except OSError:
            return []

    def remove(self):
        reports = self.sanitizer_reports()
        if not os.environ.get("REP_KEEP"):
            shutil.rmtree(self.directory, ignore_errors=True)
        assert not reports, "\n".join(reports)

    def sanitizer_reports(self):
        reports = []
        for name in sorted(os.listdir(self.directory)):
            if name.startswith("sanitizer."):
                with open(os.path.join(self.directory, name),
                          encoding="utf-8", errors="replace") as report:
                    reports.append(report.read())
        return reports

    # ----- its log -----------------------------------------------------------

    def log(self):
        """What it said since the last start."""
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            log.seek(self._log_start)
            return log.read()

    def logged(self, pattern):
        """The log lines in which `pattern` is found."""
        return [line for line in self.log().splitlines()
                if re.search(pattern, line)]

    def wait_log(self, pattern, timeout=PATIENCE):
        return wait_until(lambda: self.logged(pattern), timeout,
                          what=lambda: f"log line {pattern!r} in\n"
                          + self.log()[-3000:])

    def bad_lines(self):
        return [line for line in self.log().splitlines()
                if BAD_LINE.search(line) and
                not any(re.search(p, line) for p in self.allow_errors)]

    def leaks(self):
        """Shared memory that the module still held as the last process
        ended: the summary after the last headline of that kind."""
        _, found, report = self.log().rpartition("still-in-use summary (shm)")
        assert found, "no memory report in the log"
        return [line for line in report.splitlines() if LEAK.search(line)]

    # ----- RPC ---------------------------------------------------------------

    @property
    def ctl(self):
        return os.path.join(self.directory, "run", "kamailio_ctl")

    def rpc(self, method, *arguments):
        """JSON-RPC over jsonrpcs' datagram socket; raises Fault."""
        request_id = next(self._ids)
        request = {"jsonrpc": "2.0", "method": method, "id": request_id}
        if arguments:
            request["params"] = list(arguments)
        reply_path = os.path.join(self.directory, f"rpc.{request_id}")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
            sock.settimeout(PATIENCE)
            sock.bind(reply_path)
            try:
                sock.sendto(json.dumps(request).encode(), os.path.join(
                    self.directory, "run", "kamailio_rpc.sock"))
                reply = json.loads(self._answer(sock))
            finally:
                os.unlink(reply_path)
        if "error" in reply:
            code, message = reply["error"]["code"], reply["error"]["message"]
            raise (Absent if code == 404 else Fault)(code, message)
        return reply["result"]

    def _answer(self, sock):
        """What comes, unless the proxy ends. One that is only slow is waited
        for: an answer that nobody takes is an error in its log."""
        deadline = time.monotonic() + PATIENCE
        sock.settimeout(1)
        while True:
            try:
                return sock.recv(1 << 20).rstrip(b"\0")
            except socket.timeout:
                if not self.process.running() or time.monotonic() > deadline:
                    raise

    def kamcmd(self, *arguments):
        """What kamcmd prints: (exit status, text)."""
        done = subprocess.run(["kamcmd", "-s", f"unix:{self.ctl}",
                               *map(str, arguments)], timeout=PATIENCE,
                              text=True,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)
        return done.returncode, done.stdout
