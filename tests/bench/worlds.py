#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the judge does with traffic of many kinds, through the replay tool.

    worlds.py [--quick] [--only WORD]... [--set FIELD=VALUE]... [--json FILE]

Each row is a made-up log (traffic.c) judged by reputation-replay, the module's
own path. The policy is the default one; a row may set its own (see `rows`).
The first four days of a log are left out: a pool is learned then.
"""

import argparse
import json
import math
import os
from concurrent.futures import ThreadPoolExecutor

from measures import (Log, Rivals, delay, fresh, interval, part, shared)

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
LEARNED = 4  # days
EVERY = 10000  # calls, the default of false_bench_every
# A judged call costs some us: calls of a row, full and quick.
CALLS = {False: 1500000, True: 170000}
SAMPLES = {False: 200, True: 30}  # bad numbers of a row

HEALTHY = dict(answered=.25, short=.02, declined=.08, unwanted=.003,
               blocked=.004, ambiguous=.005, busy=.08, noanswer=.558)

MID = ["--spread", "500", "--lists", "200"]
STRONG = ["--spread", "200", "--lists", "50", "--shared-half", ".3",
          "--redials", ".5"]
MILD = ["--spread", "500", "--lists", "200", "--shared-half", ".1",
        "--redials", ".5"]

INTERVALS = [
    ("independent, alike", []),
    ("numbers differ, 1000", ["--spread", "1000"]),
    ("numbers differ, 500", ["--spread", "500"]),
    ("numbers differ, 200", ["--spread", "200"]),
    ("lists differ, 200", ["--lists", "200"]),
    ("lists differ, 50", ["--lists", "50"]),
    ("numbers 500, lists 200", MID),
    ("half shares effects, sd 0.1", ["--shared-half", ".1"]),
    ("half shares effects, sd 0.3", ["--shared-half", ".3"]),
    ("redials", ["--redials", ".5"]),
    ("numbers 200, lists 50", STRONG[:4]),
    ("all, mild", MILD),
    ("all, strong", STRONG),
    ("all, strong, no redials", STRONG[:6]),
    ("common: hours", ["--hours", ".5"]),
    ("common: week", ["--week"]),
    ("common: random walk", ["--walk", ".1"]),
    ("common: bursts", ["--burst", "30"]),
    ("round the clock", ["--around-the-clock"]),
    ("answered 5%, declined 15%", ["--answered", ".05", "--declined", ".15"]),
    ("answered 70%, declined 1%", ["--answered", ".7", "--declined", ".01"]),
    ("calls on two routes", ["--routes", "2"]),
    ("3 numbers", ["--numbers", "3"]),
    ("2,000 numbers, 10 calls a day", ["--numbers", "2000", "--day-calls",
                                       "10"]),
]
BUSY = [(1000, 20), (5000, 10)]  # calls a day and number, numbers

# How a number goes bad; a log-likelihood ratio of log(10000) takes so long.
BAD = [
    ("blocked 30%", "blocked:.3", "blocked"),
    ("blocked 10%", "blocked:.1", "blocked"),
    ("blocked 5%", "blocked:.05", "blocked"),
    ("declined 30%", "declined:.3", "rejected"),
    ("unwanted 5%", "unwanted:.05", "rejected"),
    ("answers x 0.4", "answered:x.4", "labelled"),
    ("label", "label", "labelled"),
    ("ramp to blocked 20%", "ramp", "blocked"),
]
# Delays' tables: the name of the same traffic's row of intervals, traffic.
DELAYS = [
    ("independent", "independent, alike", []),
    ("500, lists 200", "numbers 500, lists 200", MID),
    ("200", "numbers differ, 200", ["--spread", "200"]),
]
# A number that was benched is not heard of again.
SILENT = ["rest_seconds=2592000", "rest_max=2592000"]

THREE = ["--pools", "3", "--routes", "3", "--networks", "3"]
TEN = ["--numbers", "10"]
# A row, its traffic, the cause, and words of the alarm that names it rightly.
CAUSES = [
    ("one pool: bad list", [], "list", ["this pool"]),
    ("one pool: labels", [], "labels", ["this pool"]),
    ("a pool of 10: bad list", TEN, "list", ["this pool"]),
    ("a pool of 10: labels", TEN, "labels", ["this pool"]),
    ("three pools: bad list", THREE, "list", ["this pool"]),
    ("three pools: outage", THREE, "outage", ["route r0"]),
    ("three pools: network", THREE, "network", ["network n0"]),
    ("three pools: labels", THREE, "labels", ["several"]),
]
# Of pools that go bad as a whole, and of numbers bad from their first call.
BURNT = [("answers x 0.4", "answered:x.4"), ("blocked 10%", "blocked:.1"),
         ("blocked 30%", "blocked:.3"), ("unwanted 10%", "unwanted:.1"),
         ("declined 50%", "declined:.5")]
FIRST = [("blocked 100%", "blocked:.9999", "blocked"),
         ("blocked 30%", "blocked:.3", "blocked"),
         ("declined 50%", "declined:.5", "rejected"),
         ("unwanted 10%", "unwanted:.1", "rejected")]
QUIET = [("one pool", []), ("a pool of 10", TEN), ("three pools", THREE),
         ("one pool, all, strong", STRONG)]


def busy(day, numbers):
    return ["--day-calls", str(day), "--numbers", str(numbers)]


def pool_calls(traffic):
    """Calls a day of a pool."""
    said = dict(zip(traffic, traffic[1:]))
    return int(said.get("--numbers", 50)) * int(said.get("--day-calls", 100))



def bad_mix(bad):
    mix = dict(HEALTHY)

    def put(outcome, share):
        rest = (1 - share) / (1 - mix[outcome])
        for c in mix:
            mix[c] *= rest
        mix[outcome] = share

    if bad == "label":
        answered, declined = mix["answered"] / 2, mix["declined"] * 2.5
        put("answered", answered)
        put("declined", declined)
    elif bad == "ramp":
        return None
    else:
        outcome, value = bad.split(":")
        put(outcome, mix[outcome] * float(value[1:]) if value[0] == "x"
            else float(value))
    return mix


def ideal(bad):
    """Calls of log(every) / KL; None for what goes bad slowly."""
    mix = bad_mix(bad)
    if not mix:
        return None
    return math.log(EVERY) / sum(
        p * math.log(p / HEALTHY[c]) for c, p in mix.items())


class Bench:
    def __init__(self, args):
        self.args = args
        self.settings = args.set
        self.replay = args.replay
        self.traffic, self.rivals = (
            os.path.join(args.tools, x) for x in ("traffic", "rivals"))
        self.threads = ThreadPoolExecutor(args.jobs)
        self.calls = args.calls or CALLS[args.quick]
        self.samples = args.samples or SAMPLES[args.quick]
        self.out = {}

    def row(self, table, name, traffic, n, of, *more, settings=(),
            learned=LEARNED):
        """`n` logs of this traffic; the row's figures are those of `of`."""
        if self.args.only and not any(
                w in table + ": " + name for w in self.args.only):
            return
        logs = [self.threads.submit(
            Log, self, traffic, [*settings, *self.settings], learned,
            self.args.seed * 1000 + k) for k in range(max(1, round(n)))]
        self.out.setdefault(table, {})[name] = logs, of, more

    def intervals(self):
        for name, traffic in INTERVALS:
            day = pool_calls(traffic)
            days = min(34 if self.args.quick else 64,
                       LEARNED + self.calls // day)
            days = max(days, LEARNED + 4)
            self.row("intervals", name, [*traffic, "--days", str(days)],
                     min(50, self.calls / (day * (days - LEARNED))), interval)
        for day, numbers in BUSY:
            self.row("intervals", "%s calls a day" % day, [
                *busy(day, numbers), "--days", str(LEARNED + max(4, round(
                    self.calls / 4 / (day * numbers))))], 4, interval)

    def delays(self):
        for table, world, traffic in DELAYS:
            rivals = Rivals(self, [*traffic, "--days", "254"],
                            lambda world=world: self.measured(world))
            for name, bad, reason in BAD:
                every = 1 if ideal(bad) and ideal(bad) < 60 else 2
                self.row("delays, " + table, name, [
                    *traffic, "--bad", bad, "--bad-numbers", "10", "--onset",
                    "4", "--every", str(every), "--days",
                    str(14 + 10 * every)], self.samples / 10, delay, reason,
                    ideal(bad), rivals, settings=SILENT)
        for day, numbers in BUSY:
            table = "%d calls a day" % day
            rivals = Rivals(self, [*busy(day, numbers), "--days", str(
                LEARNED + 1000000 // (day * numbers))],
                lambda table=table: self.measured(table))
            for name, bad, reason in BAD[:1] + BAD[3:6]:
                self.row("delays, " + table, name, [
                    *busy(day, numbers), "--bad", bad, "--bad-numbers", "4",
                    "--onset", "4", "--every", ".5", "--days", "7"],
                    self.samples / 8 * (1000 / day) ** .5, delay, reason,
                    ideal(bad), rivals, settings=SILENT)

    def measured(self, world):
        """The judge's interval in this world."""
        known = self.out.get("intervals", {}).get(world)
        return known["interval"] if known else 1.25 * EVERY

    def new_pools(self):
        for numbers in "50", "3", "1":
            traffic = ["--numbers", numbers, "--days", "3"]
            n = self.samples / (10 if numbers == "50" else 1)
            self.row("new pools", numbers + " numbers", traffic, n, fresh,
                     learned=0)
            for name, bad, reason in FIRST:
                self.row("bad from its first call, %s numbers" % numbers, name,
                         [*traffic, "--bad", bad, "--onset", "0"],
                         self.samples / 5, delay, reason, None, None,
                         settings=SILENT, learned=0)

    def parts(self):
        for name, bad in BURNT:
            self.row("the whole pool goes bad", name, [
                "--bad", bad, "--bad-share", "1", "--onset", "6", "--days",
                "10"], self.samples / 40, part)
        for share in .3, .6:
            for how in [], ["--scattered"]:
                for name, bad, _ in BAD[1:7]:
                    self.row("a part goes bad, %.0f%%%s" % (
                        100 * share, ", scattered" if how else ", a block"),
                        name, ["--bad", bad, "--bad-share", str(share),
                               "--onset", "6", "--days", "10", *how],
                        self.samples / 40, part)

    def causes(self):
        n = self.samples / 50
        for name, traffic, cause, wanted in CAUSES:
            self.row("shared causes", name, [
                *traffic, "--cause", cause, "--days", "31"], n, shared, wanted)
        for name, traffic in QUIET:
            self.row("false alarms", name, [*traffic, "--days", "34"], n,
                     shared, [])

    def run(self):
        self.intervals()
        self.delays()
        self.new_pools()
        self.parts()
        self.causes()
        for table, rows in self.out.items():
            print("\n%s" % table)
            for name, (logs, of, more) in rows.items():
                row = of([x.result() for x in logs], *more)
                rows[name] = row
                print("  %-28s %s" % (name, show(row)), flush=True)
        if self.args.json:
            with open(self.args.json, "w", encoding="ascii") as f:
                json.dump(self.out, f, indent=1)


PERCENT = ("resting", "resting_se", "probation_failed", "right", "found",
           "within_24h", "within_96h", "alarmed", "failed")


def show(row):
    def one(key, x):
        if key in PERCENT:
            return "%.1f%%" % (100 * x)
        return "%.2f" % x if abs(x) < 10 and x != int(x) else "%.0f" % x

    return "  ".join("%s %s" % (k, one(k, v)) for k, v in row.items())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", action="append", default=[],
                        help="rows with this in 'table: row'; repeatable")
    parser.add_argument("--set", action="append", default=[],
                        help="of the replay tool; repeatable")
    parser.add_argument("--calls", type=int, help="of an interval's row")
    parser.add_argument("--samples", type=int, help="bad numbers of a row")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--json")
    parser.add_argument("--replay", default=os.environ.get(
        "REPUTATION_REPLAY", TOP + "/build/reputation-replay"))
    parser.add_argument("--tools", default=TOP + "/build/bench",
                        help="where traffic and rivals are")
    Bench(parser.parse_args()).run()


if __name__ == "__main__":
    main()
