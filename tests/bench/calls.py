#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Instructions of a call, by callgrind: what a SIP worker of Kamailio spends
on it, plain, with the module, and with scripts that do without it; and what the
module's own processes spend a second. With --check: whether a call with the
module takes more than it did.

The same on any machine, whatever else it does: times are not. A worker is
counted from its warm state on. With the memory manager tlsf: what qm, the
default, takes to find free memory depends on how that happens to be cut up."""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, "..", "integration"))
# pylint: disable=wrong-import-position
import load                                          # noqa: E402
from harness.kamailio import Kamailio                # noqa: E402
from harness.redis_server import Redis               # noqa: E402
from harness.sipp import Sipp                        # noqa: E402

# by the last digit of the callee, so that each run has the same calls
REPLIES = (("[0-4]", 480, "Temporarily Unavailable"),
           ("5", 486, "Busy Here"), ("6", 603, "Decline"), (None, 200, "OK"))
NUMBERS = 1000
RATE = 10           # calls a second: callgrind makes all some fifty times slower
FIRST, WARM, CALLS = 10, 50, 200
TRIES = 5
REST = 10           # s without calls
CHECKED = ("pick", "apply")
GROWS = 0.03        # more is a fault


class Counted(Kamailio):
    """A Kamailio of which callgrind counts every process."""

    def argv(self):
        return ["valgrind", "--tool=callgrind", "--trace-children=yes",
                "--callgrind-out-file=" + os.path.join(
                    self.directory, "count.%p"), *super().argv()]

    def dump(self, keep=None):
        """Instructions by process since the last dump: {pid: count}. `keep`:
        {pid: path} for profiles that are wanted."""
        for pid in self.pids():
            subprocess.run(["callgrind_control", "-d", str(pid)], check=True,
                           capture_output=True, timeout=60)
        counts = {}
        for name in os.listdir(self.directory):
            found = re.fullmatch(r"count\.(\d+)\.\d+", name)
            if found:
                path = os.path.join(self.directory, name)
                with open(path, encoding="utf-8", errors="replace") as out:
                    total = re.search(r"^(?:totals|summary): (\d+)",
                                      out.read(), re.M)
                if int(found[1]) in (keep or {}):
                    shutil.move(path, keep[int(found[1])])
                else:
                    os.remove(path)
                counts[int(found[1])] = int(total[1])
        return counts

    def pids(self):
        return [self.process.pid, *load.children_of(self.process.pid)]

    def named(self):
        listed = self.rpc("core.ps")
        return dict(zip(map(int, listed[::2]), map(str, listed[1::2])))


class Bench:
    """Redis and a carrier, and a proxy for each variant, all at once."""

    def __init__(self, options):
        self.profiles = options.profiles
        self.calls = options.calls
        self.rest = REST if not options.check else 0
        self.directory = tempfile.mkdtemp(prefix="rep-calls-")
        self.numbers = [f"+1202{n:07d}" for n in range(2000000,
                                                       2000000 + NUMBERS)]
        self.redis = self.carrier = None

    def __enter__(self):
        try:
            self.redis = Redis()
            load.seed(self.redis, self.numbers)
            self.carrier, self.port = load.carrier_start(
                self.directory, load.carrier_scenario(REPLIES, by_digit=True))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.carrier:
            self.carrier.stop(3)
        if self.redis:
            self.redis.remove()
        shutil.rmtree(self.directory, ignore_errors=True)

    def _dial(self, node, first, count, rate=RATE):
        """Whether all went well and no message was sent again: those would be
        counted. Nobody is to be called twice."""
        callees = [f"+1303{n % 10000000:07d}"
                   for n in range(first, first + count)]
        dialer = Sipp(node.address, callees, rate=rate, talk_ms=load.TALK_MS,
                      limit=RATE * 20, timeout=count / rate + 90)
        try:
            good = dialer.wait(count / rate + 100) == 0
            again = int(dialer.statistics().get("Retransmissions(C)") or 1)
        finally:
            dialer.stop()
        time.sleep(3)       # short calls are settled, transactions end
        return good and not again

    def run(self, name, defines):
        """(instructions of the worker a call, of the module's own processes a
        second: at rest, and with RATE calls a second)."""
        node = Counted(os.path.join(HERE, "proxy.cfg"), children=1,
                       CARRIER=f"127.0.0.1:{self.port}",
                       extra_argv=["-x", "tlsf", "-X", "tlsf"],
                       **load.settings(self.redis, name, self.numbers),
                       **defines, start=False)
        try:
            node.start(timeout=90)
            load.wait_loaded(node, name, self.numbers, 60)
            return self._count(node, name)
        finally:
            node.stop(check=False)
            node.remove()

    def _profiles(self, names, variant):
        """Where the profiles of the worker and of our processes go."""
        if not self.profiles:
            return {}
        return {pid: os.path.join(self.profiles, f"{variant}.{what}")
                for pid, name in names.items()
                for what in ["worker" if "receiver" in name else
                             "_".join(name.lower().split())[:20]]
                if "receiver" in name or name.startswith("REPUTATION")}

    def _count(self, node, variant):
        names = node.named()
        # callgrind is at its slowest where code runs for the first time
        self._dial(node, 0, FIRST, rate=3)
        for turn in range(TRIES):
            first = FIRST + turn * (WARM + self.calls)
            self._dial(node, first, WARM)
            chosen = load.numbered(self.redis, node, variant)
            node.dump()
            begun = time.monotonic()
            good = self._dial(node, first + WARM, self.calls)
            lasted = time.monotonic() - begun
            busy = node.dump(self._profiles(names, variant))
            if good:
                break
        else:
            raise RuntimeError("messages are sent again: too slow a machine")
        chosen = None if chosen is None else \
            load.numbered(self.redis, node, variant) - chosen
        if chosen not in (None, self.calls):
            raise RuntimeError(f"{variant}: {chosen} calls had a caller ID")
        worker = sum(n for pid, n in busy.items()
                     if "receiver" in names.get(pid, "")) / self.calls
        if not self.rest:
            return {"call": worker}
        begun = time.monotonic()
        time.sleep(self.rest)
        rest, idle = node.dump(), time.monotonic() - begun
        own = [sum(n for pid, n in counts.items()
                   if names.get(pid, "").startswith("REPUTATION")) / seconds
               for counts, seconds in ((rest, idle), (busy, lasted))]
        return {"call": worker, "rest": own[0], "busy": own[1]}


def report(counts, calls):
    print("\nInstructions (callgrind); one worker; %d calls" % calls)
    print(f"{'':<44}{'a call':>10}{'own processes a second: at rest':>34}"
          f"{'at %d calls/s' % RATE:>15}")
    for name, _, text in load.VARIANTS:
        if name in counts:
            c = counts[name]
            print(f"{text:<44}{c['call']:>10,.0f}"
                  f"{c['rest']:>34,.0f}{c['busy']:>15,.0f}")
    ratios = {}
    for over, under in load.RATIOS:
        if over in counts and under in counts:
            ratios[f"{over}/{under}"] = \
                counts[over]["call"] / counts[under]["call"]
            print(f"{over + ' / ' + under:<44}"
                  f"{ratios[f'{over}/{under}']:>10.3f}")
    return ratios


def kamailio():
    """Its version, "5.6" for instance: another one takes other paths."""
    said = subprocess.run(["kamailio", "-v"], check=True, capture_output=True,
                          text=True).stdout
    return re.search(r"kamailio (\d+\.\d+)", said).group(1)


def check(counts, path):
    """Whether each of ours takes no more than `path` says it did, by what a
    plain proxy takes in the same run: another Kamailio or C library moves all
    alike."""
    with open(path, encoding="ascii") as figures:
        figures = json.load(figures)
    was = figures["instructions"]
    if figures["kamailio"] != kamailio():
        print(f"{path} is of Kamailio {figures['kamailio']}: not checked with"
              f" {kamailio()}")
        return True
    scale = was["plain"]["call"] / counts["plain"]["call"]
    good = True
    for name in CHECKED:
        now, before = counts[name]["call"] * scale, was[name]["call"]
        grown = now / before - 1
        good = good and grown <= GROWS
        print(f"{name:<8}{now:>10,.0f} instructions a call, {path} says"
              f" {before:,.0f}: {grown:+.1%}"
              + ("" if grown <= GROWS else f", more than {GROWS:.0%}"))
    if not good:
        print(f"{path}: where this is meant to be so, write the file anew:\n"
              "  CHECK=--write tests/bench/run.sh check")
    return good


def write(path, counts, **more):
    with open(path, "w", encoding="ascii") as out:
        json.dump({"instructions": counts, **more}, out, indent=1)
        out.write("\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", help="of these variants")
    parser.add_argument("--calls", type=int, default=CALLS)
    parser.add_argument("--profiles", metavar="DIR",
                        help="keep them there, for callgrind_annotate")
    parser.add_argument("--check", metavar="FILE", help="plain and ours only:"
                        f" fail if a call takes over {GROWS:.0%} more than"
                        " this file says")
    parser.add_argument("--write", action="store_true",
                        help="with --check: write the file instead")
    parser.add_argument("json", nargs="?")
    options = parser.parse_args()
    only = options.only or (("plain", *CHECKED) if options.check else None)
    wanted = [(name, defines) for name, defines, _ in load.VARIANTS
              if not only or name in only]
    with Bench(options) as bench, ThreadPoolExecutor(len(wanted)) as threads:
        jobs = {name: threads.submit(bench.run, name, defines)
                for name, defines in wanted}
        counts = {name: job.result() for name, job in jobs.items()}
    if options.check and options.write:
        write(options.check, {name: {"call": round(one["call"])}
                              for name, one in counts.items()},
              kamailio=kamailio())
    elif options.check:
        sys.exit(not check(counts, options.check))
    else:
        ratios = report(counts, options.calls)
        if options.json:
            write(options.json, counts, ratio=ratios)


if __name__ == "__main__":
    main()
