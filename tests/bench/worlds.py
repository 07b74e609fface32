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
import statistics
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
DAY = 86400
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
    ("all, mild", MILD),
    ("all, strong", STRONG),
    ("common: hours", ["--hours", ".5"]),
    ("common: week", ["--week"]),
    ("common: random walk", ["--walk", ".1"]),
    ("common: bursts", ["--burst", "30"]),
    ("round the clock", ["--around-the-clock"]),
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
DELAYS = [
    ("independent", []),
    ("500, lists 200", MID),
    ("200", ["--spread", "200"]),
]


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


# ---- one log -------------------------------------------------------------

class Log:
    """A made-up log and what the replay tool says of it."""

    def __init__(self, bench, traffic, settings, seed):
        self.truth = {"bad": [], "healthy": [], "cause": [], "world": []}
        self.events = []
        with tempfile.NamedTemporaryFile(suffix=".truth") as told:
            made = subprocess.Popen(
                [bench.traffic, *traffic, "--seed", str(seed),
                 "--truth", told.name], stdout=subprocess.PIPE)
            sets = [x for s in settings + bench.settings
                    for x in ("--set", s)]
            judged = subprocess.Popen(
                [bench.replay, "--json", *sets,
                 "--format=csv", "-"], stdin=made.stdout,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            made.stdout.close()
            for line in judged.stdout:
                self.events.append(json.loads(line))
            complaint = judged.stderr.read()
            if made.wait() or judged.wait():
                sys.exit("worlds.py: %s\n%s" % (" ".join(traffic), complaint))
            for line in told:
                fact = json.loads(line)
                self.truth[fact["type"]].append(fact)
        world = self.truth["world"][0]
        self.start = world["start"] + LEARNED * DAY
        self.end = world["start"] + world["days"] * DAY
        self.numbers = world["pools"] * world["numbers"]
        self.bad = {b["number"]: b for b in self.truth["bad"]}
        self.rests = list(self.read_rests())

    def read_rests(self):
        """(number, event, on probation, end of the rest)"""
        before = {}
        for e in self.events:
            if e["event"] == "released":
                before[e["number"]] = e
            if e["event"] == "benched":
                last = before.pop(e["number"], None)
                yield (e["number"], e, bool(
                    last and last["state"] == "probation"
                    and e["calls"] <= 30), min(e["until"], self.end))

    def healthy_calls(self):
        return sum(sum(h["days"][LEARNED:]) for h in self.truth["healthy"])

    def alarms(self):
        return [e for e in self.events if e["event"] == "pool-alarm"]


# ---- rows ----------------------------------------------------------------

def interval(logs):
    """Healthy numbers: calls between false benches, and how much they rest."""
    benches, rested, calls, room, failed, returned = {}, 0, 0, 0, 0, 0
    numbers = 0
    for k, log in enumerate(logs):
        span = log.end - log.start
        healthy = log.numbers - len(log.bad)
        resting = 0
        for number, e, on_probation, until in log.rests:
            if number in log.bad or until < log.start:
                continue
            resting += until - max(e["at"], log.start)
            if e["at"] < log.start:
                continue
            if on_probation:
                failed += 1
            else:
                benches[k, number] = benches.get((k, number), 0) + 1
        returned += sum(e["event"] == "released" and e["at"] >= log.start
                        and e["number"] not in log.bad for e in log.events)
        rested += resting
        room += healthy * span
        numbers += healthy
        calls += log.healthy_calls() * (1 - resting / (healthy * span))
    n = sum(benches.values())
    # numbers are independent of each other, the benches of one are not
    variance = sum(b * b for b in benches.values()) - n * n / numbers
    every = calls / max(n, .7)
    return {"interval": every, "se": every * math.sqrt(variance) / max(n, .7),
            "calls": calls, "benches": n, "resting": rested / room,
            "resting_se": rested / room * math.sqrt(variance) / max(n, .7),
            "probation_failed": failed / max(returned, 1),
            "returns": returned}


def delay(logs, reason, best):
    """Numbers that go bad one by one: calls from the onset to the bench."""
    delays, right, lost = [], 0, 0
    for log in logs:
        for number, bad in log.bad.items():
            mine = [e for x, e, _, until in log.rests if x == number
                    and e["at"] >= log.start]
            if mine and mine[0]["at"] < bad["onset"]:
                lost += 1  # it rested, or had just been back
                continue
            if not mine:
                delays.append((len(bad["calls"]), math.inf))
                continue
            at = mine[0]["at"] + .001
            delays.append((sum(t <= at for t in bad["calls"]),
                           at - bad["onset"]))
            right += mine[0]["reason"] == reason
    calls = sorted(d for d, _ in delays)
    found = sum(math.isfinite(t) for _, t in delays)
    n = len(calls)
    mean = statistics.mean(calls)
    row = {"mean": mean, "se": statistics.stdev(calls) / math.sqrt(n),
           "median": calls[n // 2], "p90": calls[n * 9 // 10],
           "right": right / max(found, 1), "found": found / n, "samples": n,
           "benched_before": lost}
    if best:
        row["ratio"] = mean / best
        row["ratio_se"] = row["se"] / best
    return row


def part(logs):
    """A part of the pool goes bad at once: who is benched in 24 h, in 96 h;
    the healthy ones' false benches beside."""
    n = soon = late = 0
    for log in logs:
        for number, bad in log.bad.items():
            at = min((e["at"] for x, e, _, _ in log.rests if x == number
                      and e["at"] >= bad["onset"]), default=math.inf)
            n += 1
            soon += at <= bad["onset"] + DAY
            late += at <= bad["onset"] + 4 * DAY
    row = interval(logs)
    return {"within_24h": soon / n, "within_96h": late / n, "samples": n,
            "interval": row["interval"], "se": row["se"],
            "benches": row["benches"]}


def names(alarm, wanted):
    return any(w in alarm["detail"] for w in wanted)


def shared(logs, wanted):
    """A cause that all share: is it told, in time, and is it the right one?
    The benches are those that healthy numbers get while it lasts."""
    causes = told = right = false = benches = 0
    pool_days = 0
    for log in logs:
        alarms, used = log.alarms(), set()
        pool_days += (log.end - log.start) / DAY * log.truth["world"][0][
            "pools"]
        for cause in log.truth["cause"]:
            end = cause["at"] + 5400
            near = [a for a in alarms if cause["at"] <= a["at"] <= end]
            causes += 1
            told += bool(near)
            right += any(names(a, wanted) for a in near)
            benches += sum(cause["at"] <= e["at"] <= end
                           for _, e, p, _ in log.rests if not p)
            used |= {id(a) for a in alarms if cause["at"] <= a["at"]
                     <= cause["at"] + 3600 * cause["hours"] + 7200
                     and names(a, wanted)}
        false += sum(id(a) not in used and a["at"] >= log.start
                     for a in alarms)
    row = {"false_in_30_days": 30 * false / pool_days, "pool_days": pool_days}
    if causes:
        row.update(alarmed=told / causes, right=right / causes,
                   benches=benches / causes, samples=causes)
    return row


class Bench:
    def __init__(self, args):
        self.args = args
        self.settings = args.set
        self.replay = args.replay
        self.traffic = args.traffic
        self.threads = ThreadPoolExecutor(args.jobs)
        self.out = {}

    def logs(self, traffic, n, settings=()):
        return [self.threads.submit(
            Log, self, traffic, list(settings), self.args.seed * 1000 + k)
            for k in range(max(1, round(n)))]

    def row(self, table, name, logs, of, *more):
        """A row's logs are made at once; its figures come in their turn."""
        if self.args.only and not any(
                w in table + ": " + name for w in self.args.only):
            return
        self.out.setdefault(table, {})[name] = (logs(), of, more)

    def rows(self):
        quick = self.args.quick
        calls = self.args.calls or CALLS[quick]
        samples = self.args.samples or SAMPLES[quick]
        for name, traffic in INTERVALS:
            self.row("intervals", name, lambda: self.logs(
                traffic + ["--days", "34"], calls / 150000), interval)
        for day, numbers in BUSY:
            days = max(4, round(calls / 2 / (day * numbers)))
            self.row("intervals", "%s calls a day" % day, lambda: self.logs(
                ["--day-calls", str(day), "--numbers", str(numbers), "--days",
                 str(LEARNED + days)], 2), interval)
        for world, traffic in DELAYS:
            for name, bad, reason in BAD:
                every = 1 if ideal(bad) and ideal(bad) < 60 else 2
                self.row("delays, " + world, name, lambda: self.logs(
                    traffic + ["--bad", bad, "--bad-numbers", "10", "--onset",
                               "4", "--every", str(every), "--days",
                               str(14 + 10 * every)], samples / 10,
                    ["rest_seconds=2592000", "rest_max=2592000"]),
                    delay, reason, ideal(bad))
        for day, numbers in BUSY:
            for name, bad, reason in BAD[:1] + BAD[3:6]:
                self.row("delays, %d calls a day" % day, name, lambda:
                         self.logs(["--bad", bad, "--bad-numbers", "4",
                                    "--onset", "4", "--every", ".5", "--days",
                                    "7", "--day-calls", str(day), "--numbers",
                                    str(numbers)], samples / 8 *
                                   (1000 / day) ** .5,
                                   ["rest_seconds=2592000"]),
                         delay, reason, ideal(bad))
        for share in .3, .6:
            for how in [], ["--scattered"]:
                for name, bad, _ in BAD[1:7]:
                    self.row("a part goes bad, %.0f%%%s" % (
                        100 * share, ", scattered" if how else ", a block"),
                        name, lambda: self.logs(
                            ["--bad", bad, "--bad-share", str(share),
                             "--onset", "6", "--days", "10", *how],
                            samples / 40), part)
        three = ["--pools", "3", "--routes", "3", "--networks", "3"]
        for name, pools, cause, wanted in [
                ("one pool: bad list", [], "list", ["pool"]),
                ("one pool: labels", [], "labels", ["pool"]),
                ("a pool of 10: bad list", ["--numbers", "10"], "list",
                 ["pool"]),
                ("a pool of 10: labels", ["--numbers", "10"], "labels",
                 ["pool"]),
                ("three pools: bad list", three, "list", ["this pool"]),
                ("three pools: outage", three, "outage", ["route r0"]),
                ("three pools: network", three, "network", ["network n0"]),
                ("three pools: labels", three, "labels", ["several"])]:
            n = samples / 50
            self.row("shared causes", name, lambda: self.logs(
                [*pools, "--cause", cause, "--days", "31"], n), shared,
                wanted)
        for name, traffic in [("one pool", []),
                              ("a pool of 10", ["--numbers", "10"]),
                              ("three pools", three),
                              ("one pool, all, strong", STRONG)]:
            self.row("false alarms", name, lambda: self.logs(
                [*traffic, "--days", "34"], samples / 50), shared, [])

    def run(self):
        self.rows()
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
           "within_24h", "within_96h", "alarmed")


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
    parser.add_argument("--replay", default=TOP + "/build/reputation-replay")
    parser.add_argument("--traffic", default=TOP + "/build/bench/traffic")
    Bench(parser.parse_args()).run()


if __name__ == "__main__":
    main()
