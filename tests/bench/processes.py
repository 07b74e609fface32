#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the module's own two processes take a second, timer and Redis: at rest,
by pools and numbers, and under calls.

  processes.py [--worlds 1x1000,1000x10] [--rates 0,100,1000] [--seconds 30]
               [--callgrind] [JSON]

CPU time is that of the kernel's scheduler (/proc/PID/schedstat), wake-ups are
voluntary context switches. --callgrind counts instructions as well, on a proxy
of its own, at rest alone: the same on any machine, times are not."""

import argparse
import json
import os
import re
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, "..", "integration"))
# pylint: disable=wrong-import-position
import calls                                         # noqa: E402
import load                                          # noqa: E402
from harness.kamailio import Kamailio                # noqa: E402
from harness.process import wait_until               # noqa: E402
from harness.redis_server import Redis               # noqa: E402
from harness.sipp import Sipp                        # noqa: E402

OURS = ("TIMER", "REDIS")
FIRST = 12022000000
SETTLE = 20     # s: what loading leaves to be written


def fill(client, pools, numbers):
    """Pools bench, bench1, …; each number stands in one of them."""
    for pool in range(pools):
        name = f"bench{pool or ''}"
        with client.pipeline(transaction=False) as pipe:
            first = FIRST + pool * numbers
            for some in range(first, first + numbers, 10000):
                pipe.hset(f"rep:numbers:{{{name}}}", mapping={
                    f"+{n}": "{}" for n in
                    range(some, min(some + 10000, first + numbers))})
            pipe.hset(f"rep:policy:{{{name}}}", mapping={
                "max_benched_share": "1", "min_available": "0"})
            pipe.sadd("rep:pools", name)
            pipe.execute()


def ours(node):
    """{"TIMER": pid, "REDIS": pid}"""
    listed = node.rpc("core.ps")
    return {str(name).split()[1]: int(pid)
            for pid, name in zip(listed[::2], listed[1::2])
            if str(name).startswith("REPUTATION ")}


def used(pids):
    """{process: (CPU s, times that it woke)}"""
    state = {}
    for name, pid in pids.items():
        with open(f"/proc/{pid}/status", encoding="ascii") as status:
            woke = re.search(r"^voluntary_ctxt_switches:\s*(\d+)",
                             status.read(), re.M)
        state[name] = load.cpu_seconds([pid]), int(woke[1])
    return state


class World:
    """A Redis with so many pools, and a proxy that knows all their numbers."""

    def __init__(self, pools, numbers, counted=False):
        self.pools, self.numbers = pools, numbers
        self.kind = calls.Counted if counted else Kamailio
        self.redis = self.node = self.carrier = None
        self.counted = counted

    def __enter__(self):
        try:
            self.redis = Redis()
            fill(self.redis.client, self.pools, self.numbers)
            self.carrier, port = load.carrier_start(
                self.redis.directory, load.carrier_scenario(calls.REPLIES, by_digit=True))
            total = self.pools * self.numbers
            self.node = self.kind(
                os.path.join(HERE, "proxy.cfg"), WITH_PICK=True,
                CARRIER=f"127.0.0.1:{port}", REDIS=self.redis.url,
                SHORT_CALL=load.SHORT_CALL, MAX_NUMBERS=total + 1000,
                extra_argv=["-x", "tlsf", "-X", "tlsf", "-m",
                            str(128 + self.pools // 4 + total // 2000)],
                start=False)
            self.node.start(timeout=120)
            wait_until(lambda: self.node.rpc("reputation.stats")["numbers"]
                       == total, 300, 1, what="numbers")
            time.sleep(SETTLE)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.node:
            self.node.stop(check=False)
            self.node.remove()
        if self.carrier:
            self.carrier.stop(3)
        if self.redis:
            self.redis.remove()

    def _dial(self, rate, seconds):
        callees = [f"+1303{n % 10000000:07d}" for n in range(rate * seconds)]
        dialer = Sipp(self.node.address, callees, rate=rate,
                      talk_ms=load.TALK_MS, limit=rate * 10,
                      timeout=seconds + 60)
        try:
            load.check("processes", dialer, dialer.wait(seconds + 70))
        finally:
            dialer.stop()

    def _times(self, rate, seconds):
        pids, before, begun = ours(self.node), None, time.monotonic()
        before = used(pids)
        if rate:
            self._dial(rate, seconds)
        else:
            time.sleep(seconds)
        lasted, after = time.monotonic() - begun, used(pids)
        return {name: {"us": (after[name][0] - before[name][0]) / lasted * 1e6,
                       "woke": (after[name][1] - before[name][1]) / lasted}
                for name in OURS}

    def measure(self, rate, seconds):
        row = {"pools": self.pools, "numbers": self.numbers, "rate": rate,
               **self._times(rate, seconds)}
        if rate:
            row["a_call"] = sum(row[name]["us"] for name in OURS) / rate
        return row

    def instructions(self, seconds, profiles=None):
        """{process: instructions a second}"""
        pids = ours(self.node)
        keep = {pid: os.path.join(profiles, f"{name}.{self.pools}x{self.numbers}")
                for name, pid in pids.items()} if profiles else {}
        self.node.dump()
        begun = time.monotonic()
        time.sleep(seconds)
        counts = self.node.dump(keep)
        return {name: counts[pid] / (time.monotonic() - begun)
                for name, pid in pids.items()}


def show(row):
    print(f"{row['pools']:6} {row['numbers']:8} {row['rate']:8}" + "".join(
        f"{row[name]['us']:10.0f} {row[name]['woke']:8.1f}"
        f" {row.get('instructions', {}).get(name, 0):14,.0f}"
        for name in OURS)
        + (f"{row['a_call']:10.2f}" if "a_call" in row else ""), flush=True)


def sizes(text):
    return [tuple(map(int, one.split("x"))) for one in text.split(",")]


def whole_numbers(text):
    return [int(n) for n in text.split(",")]


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    p.add_argument("--worlds", type=sizes, metavar="POOLSxNUMBERS,…",
                   default=sizes("1x10,1x1000,1x100000,50x1000,1000x10"))
    p.add_argument("--rates", type=whole_numbers, default=[0, 100, 1000],
                   help="calls a second; those to the first world's pool only")
    p.add_argument("--seconds", type=int, default=30)
    p.add_argument("--callgrind", action="store_true")
    p.add_argument("--profiles", metavar="DIR",
                   help="keep them there, for callgrind_annotate")
    p.add_argument("json", nargs="?")
    args = p.parse_args()
    rows = []
    print(f"{'':24}{'timer: us/s':>11}{'woke/s':>8}{'instructions/s':>15}"
          f"{'Redis: us/s':>12}{'woke/s':>7}{'instructions/s':>15}{'us a call':>10}")
    print(" pools  numbers  calls/s")
    for pools, numbers in args.worlds:
        counts = {}
        if args.callgrind:
            with World(pools, numbers, counted=True) as world:
                counts = world.instructions(args.seconds, args.profiles)
        with World(pools, numbers) as world:
            for rate in args.rates:
                row = world.measure(rate, args.seconds)
                if not rate and counts:
                    row["instructions"] = counts
                rows.append(row)
                show(row)
    if args.json:
        with open(args.json, "w", encoding="ascii") as out:
            json.dump(rows, out, indent=1)
            out.write("\n")


if __name__ == "__main__":
    main()
