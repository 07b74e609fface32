#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Many calls a second through a real proxy, by sipp on both sides: each is
counted once and as what it was, nothing is left of it, and the log is clean."""

import argparse
import collections
import os
import shutil
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path[:0] = [os.path.join(HERE, "..", "integration"),
                os.path.join(HERE, "..", "bench")]
# pylint: disable=wrong-import-position
from harness import view                                   # noqa: E402
from harness.kamailio import Kamailio                      # noqa: E402
from harness.process import wait_until                     # noqa: E402
from harness.redis_server import Redis                     # noqa: E402
from harness.sipp import Sipp                              # noqa: E402
from load import TALK_MS, carrier_scenario, carrier_start  # noqa: E402

# what the carrier answers: chance of each that no one before it got
REPLIES = (("0.10", 404, "Not Found"), ("0.10", 408, "Request Timeout"),
           ("0.25", 486, "Busy Here"), ("0.10", 503, "Service Unavailable"),
           ("0.25", 603, "Decline"), ("0.10", 607, "Unwanted"),
           ("0.10", 608, "Rejected"), (None, 200, "OK"))
# the 503 goes on as a 500 (RFC 3261 16.7)
OUTCOMES = {200: "answered", 404: "baddest", 408: "noanswer", 486: "busy",
            500: "failed", 603: "declined", 607: "unwanted", 608: "blocked"}
NUMBERS = [f"+1202{n:07d}" for n in range(2000000, 2000200)]
# observe: the numbers stay in use whatever the callees say
SETTINGS = """debug=2
loadmodule "kex.so"
modparam("reputation", "mode", "observe")
"""


class Proxy:
    def __init__(self):
        self.directory = tempfile.mkdtemp(prefix="rep-load-")
        self.redis = self.carrier = self.node = None

    def __enter__(self):
        try:
            self._start()
        except BaseException:
            self._end(check=False)
            raise
        return self

    def __exit__(self, kind, *_):
        self._end(check=kind is None)

    def _start(self):
        self.redis = Redis()
        self.redis.seed("bench", NUMBERS, {"warmup": ""})
        self.carrier, port = carrier_start(
            self.directory, carrier_scenario(REPLIES, ring_ms=50))
        self.node = Kamailio(
            os.path.join(HERE, "..", "bench", "proxy.cfg"), children=4,
            CARRIER=f"127.0.0.1:{port}", REDIS=self.redis.url, SHORT_CALL=1,
            MAX_NUMBERS=10000, WITH_APPLY=True, settings=SETTINGS,
            leak_check=True, extra_argv=["-m", "512"])
        view.wait_numbers(self.node, "bench", NUMBERS)

    def _end(self, check):
        try:
            if self.node:
                self.node.stop(check=check)
                self.node.remove()
        finally:
            if self.carrier:
                self.carrier.stop(3)
            if self.redis:
                self.redis.remove()
            shutil.rmtree(self.directory, ignore_errors=True)

    # ----- one load -----------------------------------------------------------

    def dial(self, rate, seconds):
        """({outcome: what sipp saw}, calls/s that it reached)"""
        callees = [f"+1303{n % 10000000:07d}" for n in range(rate * seconds)]
        sipp = Sipp(self.node.address, callees, rate=rate, talk_ms=TALK_MS,
                    limit=rate * 20, timeout=seconds * 10 + 60)
        try:
            began = time.monotonic()
            status = sipp.wait(seconds * 10 + 70)
            lasted = time.monotonic() - began
            # the last one is over only after it rang, and talked
            begun = max(lasted - TALK_MS / 1000, seconds)
            said = sipp.statistics()
            assert status == 0, f"sipp ended with {status}: " \
                f"{said.get('FailedCall(C)')} calls failed\n" \
                + sipp.errors()[:2000]
            finals = sipp.finals()
            print(f"    {len(callees)} calls in {begun:.1f} s, "
                  f"{said.get('Retransmissions(C)')} messages sent again")
            return {OUTCOMES[code]: n for code, n in finals.items()}, \
                len(callees) / begun
        finally:
            sipp.stop()

    def idle(self):
        """Until no transaction is left, nor anything of a call."""
        view.wait_idle(self.node, 60)
        wait_until(lambda: self.node.rpc("tm.stats")["current"] == 0, 60,
                   what="tm has no transaction")

    def counted(self):
        total = collections.Counter()
        for counts in view.pool_counts(self.node, "bench").values():
            total.update(counts)
        return total

    def memory(self):
        """{whose: bytes in use}: shared memory, the module's part of it, and
        each process's own."""
        used = {"shared": self.node.rpc("core.shmmem")["used"],
                "the module's": self._of_module()}
        for process in self.node.rpc("pkg.stats"):
            used[f"process {process['desc']} {process['pid']}"] = \
                process["used"]
        return used

    def _of_module(self):
        status, text = self.node.kamcmd("mod.stats", "reputation", "shm")
        assert status == 0, text
        total, = [line.split(":")[1] for line in text.splitlines()
                  if line.strip().startswith("Total")]
        return int(total)


def compare(counted, seen):
    print(f"{'outcome':<12}{'sipp saw':>10}{'counted':>10}")
    for outcome in sorted(set(counted) | set(seen)):
        print(f"{outcome:<12}{seen.get(outcome, 0):>10}"
              f"{counted.get(outcome, 0):>10}")
    print(f"{'all':<12}{sum(seen.values()):>10}{sum(counted.values()):>10}")
    assert counted == seen, "the counts are not what sipp saw"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=2000, help="calls a second")
    parser.add_argument("--seconds", type=int, default=30)
    options = parser.parse_args()
    calls = options.rate * options.seconds
    with Proxy() as proxy:
        # all that is made once is there after that
        proxy.dial(min(options.rate, 1000), 10)
        proxy.idle()
        before, counts = proxy.memory(), proxy.counted()
        seen, reached = proxy.dial(options.rate, options.seconds)
        proxy.idle()
        after, counted = proxy.memory(), proxy.counted() - counts
        compare(counted, seen)
        assert sum(seen.values()) == calls
        grown = {whose: n - before[whose] for whose, n in after.items()}
        print("memory in use, before and after:")
        for whose in ("shared", "the module's"):
            print(f"  {whose:<14}{before[whose]:>12}{after[whose]:>12}")
        worst = max((w for w in grown if w.startswith("process")),
                    key=grown.get)
        print(f"  most of a process: {grown[worst]:+} ({worst})")
        # a byte a call would be a leak
        leaks = {whose: n for whose, n in grown.items() if n >= calls}
        assert not leaks, f"grown: {leaks}"
    print(f"{calls} calls at {reached:.0f}/s ({options.rate}/s asked for): "
          "counts exact, no leak, nothing in the log")


if __name__ == "__main__":
    main()
