# SPDX-License-Identifier: GPL-2.0-or-later
"""Would the tests notice? Applies each small fault of mutations.txt to a copy
of the tree, one at a time, and asks the tests. Run by `make mutate`.

The unit tests come first, without sanitizers and in one process, so that they
take seconds. What passes there goes on: engine/ to the unit tests under
sanitizers, formats/ and store/ to tests/store, kamailio/ to the integration
tests that the entry names. The first failure ends it: caught. A fault that
hangs the tests is caught, too; one that does not compile is an error.

Environment: ROOM=engine|store|kamailio, ONLY=part of a file's name or of what
it breaks, JOBS=copies that work at once, QUICK=1 asks the unit tests only
and without sanitizers, KAMAILIO_SRC as for make.
"""

import contextlib
import filecmp
import json
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
ROOM, ONLY = os.environ.get("ROOM", ""), os.environ.get("ONLY", "")
# a room asked alone has copies of its own: two rooms may be asked at once
OUT = os.path.join(ROOT, "build", "mutate", ROOM)
M = "modules/reputation"
LEAST = {"engine": 0.90, "store": 0.80, "kamailio": 0.80}
ROOMS = {"engine": "engine", "formats": "store", "store": "store",
         "kamailio": "kamailio"}
# in place of Makefile's UNIT_SANITIZE; a fault may leave a variable unused
PLAIN = "-w"
SANITIZED = ("-w -fsanitize=address,undefined -fno-sanitize-recover=all"
             " -fno-omit-frame-pointer")
QUICK = os.environ.get("QUICK")
BUILD_LIMIT, UNIT_LIMIT, SLOW_LIMIT = 600, 120, 900


class Mutation:
    def __init__(self, file, tests, line):
        self.file, self.tests, self.line = file, tests, line
        self.why, self.old, self.new = "", [], []
        self.result = self.by = None
        self.test = ""
        self.seconds = 0

    @property
    def room(self):
        return ROOMS[self.file.split("/")[0]]

    def apply(self, text):
        """The text with this fault in it; what is not there once is an
        error of the table."""
        words = " ".join(self.old).split()
        pattern = r"\s+".join(re.escape(word) for word in words)
        new = "\n".join(self.new)
        text, n = re.subn(pattern, lambda _: new, text)
        if n != 1:
            sys.exit(f"mutations.txt:{self.line}: {self.file} has the old "
                     f"text {n} times")
        return text


def read_table(path):
    table, comment = [], True
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            line = line.rstrip("\n")
            if not line.strip():
                comment = True  # until a file is named
            elif line[0] not in "#-+":
                file_name, *tests = line.split()
                table.append(Mutation(file_name, tests, number))
                comment = False
            elif not comment and line[0] == "#":
                table[-1].why = line[1:].strip()
            elif line[0] != "#":
                part = table[-1].old if line[0] == "-" else table[-1].new
                part.append(line[1:].strip())
    for m in table:
        with open(os.path.join(ROOT, M, m.file), encoding="utf-8") as file:
            m.apply(file.read())
    return table


class Copy:
    """A copy of the tree with a build directory of its own."""

    def __init__(self, number):
        self.number = number
        self.root = os.path.join(OUT, f"tree{number}")
        self.log_path = os.path.join(OUT, f"tree{number}.log")
        self.log = open(self.log_path, "w+", encoding="utf-8",
                        errors="replace")
        src = os.environ.get("KAMAILIO_SRC") or "build/kamailio/src"
        self.kamailio_src = os.path.abspath(os.path.join(ROOT, src))

    def make_tree(self):
        """The tracked files as they stand. One that is there already and the
        same keeps its time, so that a second run builds little."""
        files = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True,
                               stdout=subprocess.PIPE, text=True).stdout
        for name in files.split("\0"):
            source, copy = os.path.join(ROOT, name), os.path.join(self.root,
                                                                  name)
            if not os.path.isfile(source):
                continue
            os.makedirs(os.path.dirname(copy), exist_ok=True)
            if not (os.path.exists(copy)
                    and filecmp.cmp(source, copy, shallow=False)):
                shutil.copyfile(source, copy)
            shutil.copymode(source, copy)

    def run(self, command, limit, **env):
        """True: it passed. False: it failed, or took too long. pytest's 5,
        no test of that name, is a fault of the table."""
        self.log.write(f"\n$ {' '.join(command)}\n")
        self.log.flush()
        with subprocess.Popen(command, cwd=self.root, start_new_session=True,
                              stdin=subprocess.DEVNULL, stdout=self.log,
                              stderr=self.log,
                              env={**os.environ, **env}) as process:
            try:
                code = process.wait(limit)
                if "pytest" in command and code == 5:
                    raise LookupError("no test is named so")
                return code == 0
            except subprocess.TimeoutExpired:
                self.log.write("took too long\n")
                os.killpg(process.pid, signal.SIGKILL)
                return False

    def make(self, *what):
        return self.run(["make", "--no-print-directory", *what], BUILD_LIMIT)

    def build_unit(self, sanitized=False):
        kind = "sanitized" if sanitized else "plain"
        flags = SANITIZED if sanitized else PLAIN
        return self.make(f"build/{kind}/unit/gcc/run", f"BUILD=build/{kind}",
                         f"UNIT_SANITIZE={flags}")

    def unit(self, sanitized=False):
        if sanitized:
            return self.run(["build/sanitized/unit/gcc/run"], SLOW_LIMIT)
        return self.run(["build/plain/unit/gcc/run"], UNIT_LIMIT,
                        CK_FORK="no")

    def build_driver(self):
        """tests/store's driver, out of the unit tests' sanitized objects."""
        objects = "build/sanitized/unit/gcc"
        rooms = " ".join(f"{objects}/{M}/{room}" for room in
                         ("engine", "formats", "store"))
        script = (
            f"d={objects}/tests/store/driver.o; mkdir -p $(dirname $d) && "
            "flags='-fsanitize=address,undefined' && "
            f"{{ [ -e $d ] || gcc -std=gnu11 -D_GNU_SOURCE -O1 -w $flags"
            f" -I{M} -Itests/unit -c tests/store/driver.c -o $d; }} && "
            f"gcc $flags -o {objects}/driver $(find {rooms} -name '*.o')"
            f" {objects}/tests/unit/mem.o $d"
            f" $({M}/build-aux/libraries.sh libs) -lm -lpthread")
        return self.run(["sh", "-c", script], BUILD_LIMIT)

    def store(self, names):
        """The tests that the entry names, then the others."""
        pytest = [sys.executable, "-m", "pytest", "-x", "-q", "-p",
                  "no:cacheprovider", "tests/store"]
        env = {"STORE_DRIVER": os.path.join(
            self.root, "build/sanitized/unit/gcc/driver")}
        chosen = " or ".join(names)
        if chosen and not self.run(pytest + ["-k", chosen], SLOW_LIMIT, **env):
            return False
        rest = ["-k", f"not ({chosen})"] if chosen else []
        return self.run(pytest + ["-n", "3"] + rest, SLOW_LIMIT, **env)

    def build_module(self):
        return self.make("module", "replay",
                         f"KAMAILIO_SRC={self.kamailio_src}")

    def integration(self, files):
        return self.run(
            [sys.executable, "-m", "pytest", "-x", "-q", "-p",
             "no:cacheprovider", "-n", "2", "--dist", "loadfile",
             *[f"tests/integration/{f}" for f in files]], SLOW_LIMIT,
            REPUTATION_MODULE=os.path.join(self.root, M, "reputation.so"),
            REPUTATION_REPLAY=os.path.join(self.root,
                                           "build/reputation-replay"))

    # ---- one mutation ----------------------------------------------------

    def objects_of(self, file):
        stem = f"{M}/{os.path.splitext(file)[0]}.o"
        short = f"{os.path.splitext(file)[0]}.o"
        return [p for p in (f"{self.root}/build/plain/unit/gcc/{stem}",
                            f"{self.root}/build/sanitized/unit/gcc/{stem}",
                            f"{self.root}/build/obj/{short}")
                if os.path.exists(p)]

    def judge(self, m):
        source = os.path.join(self.root, M, m.file)
        kept = [source, *self.objects_of(m.file)]
        for path in kept:
            shutil.copy2(path, path + ".kept")
        self.log.write(f"\n==== {m.file}: {m.why}\n")
        start, began = self.log.tell(), time.monotonic()
        try:
            with open(source, encoding="utf-8") as file:
                text = m.apply(file.read())
            with open(source, "w", encoding="utf-8") as file:
                file.write(text)
            m.result, m.by = self.ask(m)
        except LookupError as error:
            m.result, m.by = "error", str(error)
        finally:
            for path in kept:
                os.replace(path + ".kept", path)
            if m.file.endswith(".h"):   # all that includes it is made anew
                os.utime(source)
            for linked in ("build/plain/unit/gcc/run", f"{M}/reputation.so",
                           "build/sanitized/unit/gcc/run"):
                with contextlib.suppress(FileNotFoundError):
                    os.remove(os.path.join(self.root, linked))
        m.seconds = round(time.monotonic() - began)
        m.test = self.failed_since(start) if m.result == "caught" else ""

    def failed_since(self, start):
        """The test that the log names as failed, if it names one."""
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            log.seek(start)
            text = log.read()
        for pattern in (r"^tests/unit/(\w+)\.c:\d+:[FE]:\w+:(\w+):",
                        r"^(?:FAILED|ERROR) \S*/(\w+)\.py::(\S+)"):
            found = re.search(pattern, text, re.M)
            if found:
                return " ".join(found.groups())
        return ""

    def ask(self, m):
        """The result, and by which tests."""
        if m.room == "kamailio":
            if self.has_unit_tests(m.file):
                if not self.build_unit():
                    return "error", "does not compile"
                if not self.unit():
                    return "caught", "unit"
            if not self.build_module():
                return "error", "does not compile"
            return self.verdict(self.integration(m.tests), "integration")
        if not self.build_unit():
            return "error", "does not compile"
        if not self.unit():
            return "caught", "unit"
        if QUICK:
            return "survived", ""
        if not self.build_unit(sanitized=True):
            return "error", "does not compile under sanitizers"
        if m.room == "engine":
            return self.verdict(self.unit(sanitized=True), "sanitizers")
        if not self.build_driver():
            return "error", "does not link"
        return self.verdict(self.store(m.tests), "tests/store")

    def has_unit_tests(self, file):
        """Is this file of kamailio/ built into the unit tests?"""
        return os.path.exists(os.path.join(
            self.root, "build/plain/unit/gcc", M, file[:-1] + "o"))

    @staticmethod
    def verdict(passed, by):
        return ("survived", "") if passed else ("caught", by)

    def prepare(self, table):
        """Everything is built, and all that may be asked passes without any
        fault; the slow tests are asked of the first copy only."""
        rooms = {m.room for m in table}
        slow = self.number == 1 and not QUICK
        ready = self.build_unit() and self.unit()
        if rooms & {"engine", "store"} and not QUICK:
            ready = ready and self.build_unit(sanitized=True)
        if "engine" in rooms and slow:
            ready = ready and self.unit(sanitized=True)
        if "store" in rooms and slow:
            ready = ready and self.build_driver() and self.store([])
        if "kamailio" in rooms:
            ready = ready and self.build_module()
        if "kamailio" in rooms and slow:
            ready = ready and self.integration(sorted({
                file for m in table if m.room == "kamailio"
                for file in m.tests}))
        if not ready:
            sys.exit(f"the tree itself does not pass: see {self.log_path}")


# ---- all of them -----------------------------------------------------------

def copies(n, table):
    """One is built; the others are copied from it, or brought up to date."""
    made = []
    for number in range(1, n + 1):
        copy = Copy(number)
        if made and not os.path.exists(copy.root):
            shutil.copytree(made[0].root, copy.root, symlinks=True)
        else:
            copy.make_tree()
            copy.prepare(table)
        made.append(copy)
    return made


def run_all(table, trees):
    waiting = queue.Queue()
    for m in table:
        waiting.put(m)
    lock = threading.Lock()

    def work(copy):
        while True:
            try:
                m = waiting.get_nowait()
            except queue.Empty:
                return
            copy.judge(m)
            with lock:
                by = f" ({m.by})" if m.by else ""
                print(f"{m.result + by:22} {m.seconds:4} s  {m.file}: {m.why}",
                      flush=True)

    threads = [threading.Thread(target=work, args=(c,)) for c in trees]
    for t in threads:
        t.start()
    for t in threads:
        t.join()


def report(table, seconds, whole):
    ok = True
    print()
    for room, least in LEAST.items():
        of_room = [m for m in table if m.room == room]
        caught = sum(m.result == "caught" for m in of_room)
        if of_room:
            share = caught / len(of_room)
            good = share >= least
            ok = ok and (good or not whole)
            print(f"{room}: {caught} of {len(of_room)} caught, "
                  f"{share:.0%}{'' if good else f'; less than {least:.0%}'}")
    for m in table:
        if m.result != "caught":
            ok = ok and m.result != "error"
            print(f"{m.result}: {m.file}: {m.why} {m.by}")
    print(f"{seconds / 60:.0f} minutes")
    with open(os.path.join(OUT, "report.json"), "w", encoding="utf-8") as file:
        json.dump({"seconds": round(seconds), "mutations": [
            {"room": m.room, "file": m.file, "why": m.why, "result": m.result,
             "by": m.by, "test": m.test, "seconds": m.seconds}
            for m in table]}, file, indent=1)
    return ok


def main():
    if len(sys.argv) > 1:  # --help, too: nothing is to begin then
        sys.exit(__doc__)
    jobs = int(os.environ.get("JOBS") or os.cpu_count() or 1)
    table = [m for m in read_table(os.path.join(HERE, "mutations.txt"))
             if ROOM in ("", m.room) and (ONLY in m.file or ONLY in m.why)]
    if not table:
        sys.exit("no mutation of that room and name")
    os.makedirs(OUT, exist_ok=True)
    began = time.monotonic()
    trees = copies(min(jobs, len(table)), table)
    run_all(table, trees)
    seconds = time.monotonic() - began
    sys.exit(0 if report(table, seconds, whole=not ONLY) else 1)


if __name__ == "__main__":
    main()
