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
PROBATION = 30  # calls, the default of probation_calls
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
QUIET = [("one pool", []), ("a pool of 10", TEN), ("three pools", THREE),
         ("one pool, all, strong", STRONG)]


def busy(day, numbers):
    return ["--day-calls", str(day), "--numbers", str(numbers)]



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
        self.making = [bench.traffic, *traffic, "--seed", str(seed)]
        self.truth = {"bad": [], "healthy": [], "cause": [], "world": []}
        sets = [x for s in settings + bench.settings for x in ("--set", s)]
        with tempfile.NamedTemporaryFile() as told:
            self.events = [json.loads(line) for line in pipe(
                [*self.making, "--truth", told.name],
                [bench.replay, "--json", "--format=csv", *sets, "-"])]
            for line in told:
                fact = json.loads(line)
                self.truth[fact["type"]].append(fact)
        world = self.truth["world"][0]
        self.start = world["start"] + LEARNED * DAY
        self.end = world["start"] + world["days"] * DAY
        self.pools = world["pools"]
        self.numbers = world["pools"] * world["numbers"]
        self.bad = {b["number"]: b for b in self.truth["bad"]}
        self.rests = list(self.read_rests())

    def read_rests(self):
        """(number, bench, return that it failed on probation or None, end)"""
        before = {}
        for e in self.events:
            if e["event"] == "released":
                before[e["number"]] = e
            if e["event"] == "benched":
                last = before.pop(e["number"], None)
                if last and (last["state"] != "probation"
                             or e["calls"] > PROBATION):
                    last = None
                yield e["number"], e, last, min(e["until"], self.end)

    def healthy_calls(self):
        return sum(sum(h["days"][LEARNED:]) for h in self.truth["healthy"])

    def returns(self, bad):
        """Ends of rests of numbers that are bad (or healthy) then."""
        for e in self.events:
            if e["event"] == "released" and e["at"] >= self.start:
                number = self.bad.get(e["number"])
                if bool(number and number["onset"] <= e["at"]
                        < number["recovery"]) == bad:
                    yield e

    def alarms(self):
        return [e for e in self.events if e["event"] == "pool-alarm"]


def pipe(maker, reader):
    made = subprocess.Popen(maker, stdout=subprocess.PIPE)
    read = subprocess.Popen(reader, stdin=made.stdout, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    made.stdout.close()
    out, complaint = read.communicate()
    if made.wait() or read.returncode:
        raise RuntimeError("%s\n%s" % (" ".join(maker), complaint))
    return out.splitlines()


# ---- rows ----------------------------------------------------------------

def interval(logs):
    """Healthy numbers: calls between false benches, and how much they rest."""
    benches, rested, calls, room, failed, returned = {}, 0, 0, 0, 0, 0
    numbers = 0
    for k, log in enumerate(logs):
        span = log.end - log.start
        healthy = log.numbers - len(log.bad)
        resting = 0
        for number, e, on_trial, until in log.rests:
            if number in log.bad or until < log.start:
                continue
            resting += until - max(e["at"], log.start)
            if e["at"] < log.start:
                continue
            if on_trial:
                failed += 1
            else:
                benches[k, number] = benches.get((k, number), 0) + 1
        returned += sum(e["number"] not in log.bad for e in log.returns(False))
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


def delays(logs, benches):
    """(calls from the onset to the first bench, number's facts, bench or None)
    `benches` of each log: number, time and the rest of its events in their
    order; a number that was benched before its onset is left out."""
    for log, events in zip(logs, benches):
        first = {}
        for number, at, more in events:
            first.setdefault(number, (at, more))
        for number, bad in log.bad.items():
            at, more = first.get(number, (math.inf, None))
            if at >= bad["onset"]:
                yield sum(t <= at + .001 for t in bad["calls"]), more


def delay(logs, reason, best, rivals):
    """Numbers that go bad one by one: calls from the onset to the bench."""
    found = list(delays(logs, [[(x, e["at"], e) for x, e, _, _ in log.rests]
                               for log in logs]))
    calls = sorted(n for n, _ in found)
    benches = [e for _, e in found if e]
    n = len(calls)
    row = {"mean": statistics.mean(calls),
           "se": statistics.stdev(calls) / math.sqrt(n),
           "median": calls[n // 2], "p90": calls[n * 9 // 10],
           "right": sum(e["reason"] == reason for e in benches)
           / max(len(benches), 1),
           "found": len(benches) / n, "samples": n}
    if best:
        row["ratio"] = row["mean"] / best
        row["ratio_se"] = row["se"] / best
    row.update(rivals(logs))
    return row


class Rivals:
    """Rules in use elsewhere (rivals.c), each with the limit that benches a
    healthy number in this traffic as rarely as the judge does."""

    names = ["four counts", "fixed threshold", "Wilson bound",
             "Envoy outlier", "qrouting penalty"]

    def __init__(self, bench, traffic, world):
        self.bench, self.traffic, self.world = bench, traffic, world
        self.limits = None

    def __call__(self, logs):
        if not self.limits:
            known = self.bench.out.get("intervals", {}).get(self.world)
            self.limits = pipe(
                [self.bench.traffic, *self.traffic, "--seed", "77"],
                [self.bench.rivals, "every", str(known["interval"] if known
                                                 else 1.25 * EVERY)]
            )[0].split()
        benches = [[line.split(",") for line in pipe(
            log.making, [self.bench.rivals, "limits", *self.limits])]
            for log in logs]
        row = {}
        for name in self.names:
            calls = [n for n, _ in delays(logs, [
                [(number, float(at), None) for rule, number, at in log
                 if rule == name] for log in benches])]
            row[name] = statistics.mean(calls) if calls else math.nan
        return row


def probation(logs):
    """Bad numbers that come back while they are bad, and what a number that
    recovered is withheld of its next 26 days."""
    returned = failed = calls = days = numbers = 0
    for log in logs:
        returned += sum(1 for _ in log.returns(True))
        for number, e, last, until in log.rests:
            bad = log.bad.get(number)
            if not bad:
                continue
            if last and last["at"] < bad["recovery"]:
                failed += 1
                calls += e["calls"]
            days += max(0, min(until, bad["recovery"] + 26 * DAY)
                        - max(e["at"], bad["recovery"])) / DAY
        numbers += len(log.bad)
    return {"failed": failed / max(returned, 1),
            "calls": calls / max(failed, 1), "returns": returned,
            "withheld_days_of_26": days / numbers, "samples": numbers}


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
        pool_days += (log.end - log.start) / DAY * log.pools
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
        self.traffic, self.rivals = (
            os.path.join(args.tools, x) for x in ("traffic", "rivals"))
        self.threads = ThreadPoolExecutor(args.jobs)
        self.calls = args.calls or CALLS[args.quick]
        self.samples = args.samples or SAMPLES[args.quick]
        self.out = {}

    def row(self, table, name, traffic, n, of, *more, settings=()):
        """`n` logs of this traffic; the row's figures are those of `of`."""
        if self.args.only and not any(
                w in table + ": " + name for w in self.args.only):
            return
        logs = [self.threads.submit(Log, self, traffic, list(settings),
                                    self.args.seed * 1000 + k)
                for k in range(max(1, round(n)))]
        self.out.setdefault(table, {})[name] = logs, of, more

    def intervals(self):
        days = 34 if self.args.quick else 64
        for name, traffic in INTERVALS:
            self.row("intervals", name, [*traffic, "--days", str(days)],
                     self.calls / (5000 * (days - LEARNED)), interval)
        for day, numbers in BUSY:
            self.row("intervals", "%s calls a day" % day, [
                *busy(day, numbers), "--days", str(LEARNED + max(4, round(
                    self.calls / 4 / (day * numbers))))], 4, interval)

    def delays(self):
        for table, world, traffic in DELAYS:
            rivals = Rivals(self, [*traffic, "--days", "254"], world)
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
                LEARNED + 1000000 // (day * numbers))], table)
            for name, bad, reason in BAD[:1] + BAD[3:6]:
                self.row("delays, " + table, name, [
                    *busy(day, numbers), "--bad", bad, "--bad-numbers", "4",
                    "--onset", "4", "--every", ".5", "--days", "7"],
                    self.samples / 8 * (1000 / day) ** .5, delay, reason,
                    ideal(bad), rivals, settings=SILENT)

    def parts(self):
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

    def probations(self):
        for name, bad, _ in BAD[:7]:
            self.row("probation", name, [
                "--bad", bad, "--bad-numbers", "5", "--onset", "5",
                "--bad-days", "10", "--days", "42"], self.samples / 40,
                probation)

    def run(self):
        self.intervals()
        self.delays()
        self.parts()
        self.causes()
        self.probations()
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
    parser.add_argument("--replay", default=TOP + "/build/reputation-replay")
    parser.add_argument("--tools", default=TOP + "/build/bench",
                        help="where traffic and rivals are")
    Bench(parser.parse_args()).run()


if __name__ == "__main__":
    main()
