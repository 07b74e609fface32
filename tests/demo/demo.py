# SPDX-License-Identifier: GPL-2.0-or-later
"""make demo: two Kamailio nodes on one Redis, two simulated carriers, a
dialer; three numbers of twenty go bad in three ways. Ends by itself, status 0
only if exactly those three were benched on both nodes and every count agrees
with what the carriers really sent."""

import argparse
import json
import os
import shlex
import signal
import sys
import time
from collections import Counter

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, "..", "integration"))

# pylint: disable=wrong-import-position
from harness import view  # noqa: E402
from harness.carrier import Carrier  # noqa: E402
from harness.kamailio import Kamailio  # noqa: E402
from harness.process import Timeout, wait_until  # noqa: E402
from harness.redis_server import Redis  # noqa: E402
from harness.sipp import Sipp  # noqa: E402
from scene import (NUMBERS, ONSET, POLICY, POOL, RATE,  # noqa: E402
                   SHORT_CALL, TRAFFIC, WAYS, Scene)
from screen import Screen  # noqa: E402

SEED = 603
REFRESH = 0.4     # s
ROUTES = ("carrier-a", "carrier-b")


class Demo:
    def __init__(self, screen, seed):
        self.screen = screen
        self.scene = Scene(seed)
        self.redis = None
        self.nodes = []           # node A, node B
        self.carriers = []
        self.dialers = []
        self.benched = [{}, {}]   # per node: number -> (s, calls, reason)
        self.failures = []

    # ----- the servers -------------------------------------------------------

    def start(self):
        say = self.screen.say
        say("Starting Redis, two carriers and two Kamailio nodes "
            "on free ports of 127.0.0.1.")
        self.redis = Redis()
        self.seed_redis()
        self.carriers = [Carrier(self.scene.take, route) for route in ROUTES]
        for name, first, second in (("a", 0, 1), ("b", 1, 0)):
            # each node prefers another carrier: evidence on both routes
            node = Kamailio(
                "outbound.cfg", start=False, children=2,
                REDIS=self.redis.url, NODE_ID=f"node-{name}",
                CARRIER_A=self.carriers[first].address,
                CARRIER_A_ROUTE=ROUTES[first],
                CARRIER_B=self.carriers[second].address,
                CARRIER_B_ROUTE=ROUTES[second], SHORT_CALL=SHORT_CALL)
            self.nodes.append(node)
            node.start()
        for node in self.nodes:
            view.wait_connected(node)
            view.wait_numbers(node, POOL, NUMBERS)

    def seed_redis(self):
        """What an operator types, shown and done."""
        policy = [str(x) for pair in POLICY.items() for x in pair]
        self.screen.say("\nThe operator's side, by redis-cli:")
        self.redis_cli("SADD", "rep:pools", POOL)
        self.redis_cli("HSET", f"rep:policy:{{{POOL}}}", *policy)
        numbers = [x for number in NUMBERS for x in (number, "{}")]
        self.redis_cli("HSET", f"rep:numbers:{{{POOL}}}", *numbers,
                       shown=4)
        self.screen.say()

    def redis_cli(self, *words, shown=None):
        self.redis.client.execute_command(*words)
        line = " ".join(shlex.quote(w) for w in
                        (words if shown is None else words[:shown + 2]))
        more = "" if shown is None else \
            f" ...   ({(len(words) - 2) // 2} numbers)"
        self.screen.say(f"  redis-cli -p {self.redis.port} {line}{more}")

    def stop(self):
        """Leave nothing running, whatever happened."""
        for dialer in self.dialers:
            self.attempt(dialer.stop)
        for node in self.nodes:
            self.attempt(node.stop)
            node.remove()
        for carrier in self.carriers:
            self.attempt(carrier.close)
        if self.redis is not None:
            self.attempt(self.redis.remove)

    def attempt(self, action):
        try:
            action()
        except Exception as error:  # noqa: BLE001 - the others still end
            self.failures.append(str(error))

    # ----- the traffic -------------------------------------------------------

    def dial(self):
        self.screen.say(
            f"{2 * RATE} calls a second for {TRAFFIC} s; after {ONSET} s "
            f"three of {len(NUMBERS)} numbers go bad.\n")
        self.scene.start()
        for n, node in enumerate(self.nodes):
            callees = [f"+1303{n + 2}{i:06d}" for i in range(RATE * TRAFFIC)]
            self.dialers.append(Sipp(node.address, callees, rate=RATE))
        while any(dialer.running() for dialer in self.dialers):
            if self.scene.onset is None and self.scene.elapsed() >= ONSET:
                self.scene.go_bad()
                for number, (_, how, _) in WAYS.items():
                    self.screen.event(self.scene.elapsed(),
                                      f"{number} goes bad: {how}")
            self.refresh()
            if self.scene.elapsed() > TRAFFIC + 30:
                self.failures.append("the dialers did not end in time")
                return
            time.sleep(REFRESH)
        for dialer in self.dialers:
            if dialer.wait(1) != 0:
                self.failures.append("sipp: a call failed: "
                                     + dialer.errors()[:300])

    def refresh(self):
        listed = [view.numbers(node, POOL) for node in self.nodes]
        now = time.monotonic()
        for n, entries in enumerate(listed):
            for number, entry in entries.items():
                if entry["state"] == "benched" and \
                        number not in self.benched[n]:
                    self.note_bench(n, number, entry["reason"], now)
        health = self.redis.health(POOL)
        rows = [{
            "number": number,
            "states": [entries[number]["state"] for entries in listed],
            "calls": int(listed[0][number]["calls"]),
            "rates": health.get(number, {}).get("rates"),
            "score": float(listed[0][number]["score"]),
            "why": view.reason_of(listed[0][number]),
        } for number in NUMBERS]
        at, calls = self.scene.elapsed(), self.scene.call_count()
        benched = [sum(e["state"] == "benched" for e in entries.values())
                   for entries in listed]
        self.screen.update(
            f"{at:4.0f} s   {calls} calls   benched: node A {benched[0]}, "
            f"node B {benched[1]}", rows,
            f"{at:5.1f} s  {calls} calls, benched on node A {benched[0]}, "
            f"on node B {benched[1]}")

    def note_bench(self, n, number, reason, now):
        since = self.scene.calls_since_onset(number, now) \
            if self.scene.onset and number in WAYS else 0
        at = now - self.scene.started
        self.benched[n][number] = (at, since, reason)
        self.screen.event(at, f"{number} benched on node {'AB'[n]}: "
                          f"{reason}" + (f", after {since} calls"
                                         if number in WAYS else ""))

    # ----- the summary -------------------------------------------------------

    def sent(self):
        """What the carriers sent: {number: {outcome: n}}."""
        total = {number: Counter() for number in NUMBERS}
        for carrier in self.carriers:
            with carrier.lock:
                for number, counter in carrier.sent.items():
                    total.setdefault(number, Counter()).update(counter)
        return {number: dict(counter) for number, counter in total.items()}

    def counted(self):
        """By node A, by node B, in Redis."""
        health = self.redis.health(POOL)
        return [view.pool_counts(node, POOL) for node in self.nodes] + [
            {number: view.nonzero(health.get(number, {}).get("counts"))
             for number in NUMBERS}]

    def check_counts(self):
        """Wait for calls that still hang up, then compare."""
        def agree():
            return all(counts == self.sent() for counts in self.counted())

        try:
            wait_until(agree, 10, 0.3)
        except Timeout:
            self.failures.append(
                "counts differ from what the carriers sent")
        return self.sent(), self.counted()

    def check_benches(self):
        for n, benched in enumerate(self.benched):
            name = f"node {'AB'[n]}"
            for number, (kind, _, _) in WAYS.items():
                if number not in benched:
                    self.failures.append(f"{number} not benched on {name}")
                elif benched[number][2] != kind:
                    # told, not failed: the charts may cross in any order
                    self.screen.say(f"note: {number} on {name}: reason "
                                    f"{benched[number][2]}, not {kind}")
            for number in set(benched) - set(WAYS):
                self.failures.append(f"{number} is healthy, but was "
                                     f"benched on {name}")

    def summary(self):
        say = self.screen.say
        self.refresh()
        sent, counted = self.check_counts()
        say("\nGone bad and benched")
        say(f"  {'number':<14}{'bad at':>8}  {'benched at':<16}"
            f"{'after':<18}reason")
        onset = self.scene.onset - self.scene.started
        for number in WAYS:
            on = [benched.get(number) for benched in self.benched]
            at = ", ".join(f"{b[0]:.1f}" if b else "-" for b in on)
            calls = ", ".join(str(b[1]) if b else "-" for b in on)
            reasons = ", ".join(sorted({b[2] for b in on if b})) or "-"
            say(f"  {number:<14}{onset:>6.1f} s  {at + ' s':<16}"
                f"{calls + ' calls':<18}{reasons}")
        say("  (the first figure is node A's, the second node B's)")

        say("\nCounted, over all numbers")
        say(f"  {'outcome':<12}{'sent':>8}{'node A':>9}{'node B':>9}"
            f"{'Redis':>9}")
        totals = [sum((Counter(c) for c in counts.values()), Counter())
                  for counts in (sent, *counted)]
        for outcome in view.OUTCOMES:
            row = [total[outcome] for total in totals]
            if any(row):
                mark = "" if len(set(row)) == 1 else "   differs"
                say(f"  {outcome:<12}{row[0]:>8}{row[1]:>9}{row[2]:>9}"
                    f"{row[3]:>9}{mark}")
        row = [sum(total.values()) for total in totals]
        say(f"  {'all':<12}{row[0]:>8}{row[1]:>9}{row[2]:>9}{row[3]:>9}")
        self.check_benches()
        for carrier in self.carriers:
            self.failures += carrier.errors[:1]


def interrupted(signum, frame):
    raise KeyboardInterrupt


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", default=SEED,
                        help="of the random draws (%(default)s)")
    parser.add_argument("--json", metavar="FILE",
                        help="write the benches there, too")
    options = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupted)
    demo = Demo(Screen(), options.seed)
    stopped = False
    try:
        demo.start()
        demo.dial()
        demo.summary()
    except KeyboardInterrupt:
        stopped = True
    except Exception as error:  # noqa: BLE001 - told below, after the end
        demo.failures.append(f"{type(error).__name__}: {error}")
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        demo.stop()
    if options.json:
        with open(options.json, "w", encoding="utf-8") as out:
            json.dump({"benched": demo.benched,
                       "failures": demo.failures}, out)
    if stopped:
        print("\nStopped; nothing is left running.")
        return 130
    if demo.failures:
        print("\nFAILED:")
        for failure in demo.failures:
            print(f"  {failure}")
        return 1
    print("\nAs it should be: the three were benched on both nodes, no "
          "healthy number was,\nand every count agrees.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
