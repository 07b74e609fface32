#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Probation and rests, measured through reputation-replay.

Makes logs of pools of 50 numbers at 100 calls a day, with fixed seeds, and
asks the replay what became of the numbers on trial:

  trials    numbers are benched, and are such or such from then on: how many
            fail their probation, after how many calls
  recovery  a number is bad for ten days, then healthy for 26: how many of
            these it is withheld (later: from the eleventh on), how many calls
            a day it made while it was bad
  bad       a number stays bad for 60 days: the calls that it makes a day

each on numbers that are alike and on numbers that differ (each number's
healthy mix is Dirichlet around the pool's, with that concentration).

Usage: probation.py [--runs N] [--seed N] [--replay PROGRAM]
                    [--set FIELD=VALUE]... [--json FILE] [TABLE]...
"""

import argparse
import collections
import json
import os
import random
import subprocess
import sys
import tempfile

NUMBERS, CALLS = 50, 100
DAY = 86400
START = 1700006400  # a midnight
OPENS, CLOSES = 8 * 3600, 20 * 3600
OUTCOMES = ["answered", "short", "declined", "unwanted", "blocked",
            "ambiguous", "busy", "noanswer"]
HEALTHY = dict(answered=.25, short=.02, declined=.08, unwanted=.003,
               blocked=.004, ambiguous=.005, busy=.08, noanswer=.558)
SPREADS = [("alike", 0), ("Dirichlet 500", 500), ("Dirichlet 200", 200)]


def share(outcome, value):
    """The mix with one share set; the others make room for it."""
    def turn(mix):
        rest = (1 - value) / (1 - mix[outcome])
        mix = {o: p * rest for o, p in mix.items()}
        mix[outcome] = value
        return mix
    return turn


def answers(by, declines=1):
    def turn(mix):
        mix = dict(mix)
        mix["noanswer"] += mix["answered"] * (1 - 1 / by) \
            - mix["declined"] * (declines - 1)
        mix["answered"] /= by
        mix["declined"] *= declines
        return mix
    return turn


TURNS = {
    "healthy": dict,
    "blocked 100%": share("blocked", 1.0),
    "blocked 30%": share("blocked", 0.3),
    "blocked 10%": share("blocked", 0.1),
    "unwanted 10%": share("unwanted", 0.1),
    "declined 50%": share("declined", 0.5),
    "answers / 2.5": answers(2.5),
    "answers / 2, declines x 2.5": answers(2, 2.5),
}


class World:
    """One pool's log: what each number is like on each day."""

    def __init__(self, seed, spread, name):
        self.random = random.Random(seed)
        self.name = name
        self.mix = [self.mix_of(spread) for _ in range(NUMBERS)]

    def mix_of(self, spread):
        if not spread:
            return HEALTHY
        g = {o: self.random.gammavariate(spread * p, 1)
             for o, p in HEALTHY.items()}
        return {o: x / sum(g.values()) for o, x in g.items()}

    def day(self, i, turn):
        """Times of the number's calls on one day, and their outcomes."""
        times = sorted(self.random.uniform(OPENS, CLOSES)
                       for _ in range(CALLS))
        mix = turn(self.mix[i])
        return times, self.random.choices(
            OUTCOMES, [mix[o] for o in OUTCOMES], k=CALLS)


def number_of(i):
    return "+1555%07d" % i


def replay(options, worlds, policy):
    """`worlds`: (name, rows). The events, by pool and number."""
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as log:
        log.write("time,pool,number,outcome\n")
        for at, name, i, outcome in sorted(
                (at, name, i, outcome) for name, rows in worlds
                for at, i, outcome in rows):
            log.write("%.3f,%s,%s,%s\n"
                      % (START + at, name, number_of(i), outcome))
        log.flush()
        command = [options.replay, "--json"]
        for setting in policy + options.set:
            command += ["--set", setting]
        lines = subprocess.run(command + [log.name], check=True,
                               stdout=subprocess.PIPE).stdout.splitlines()
    events = collections.defaultdict(list)
    for line in lines:
        event = json.loads(line)
        if event.get("number"):
            events[event["pool"], event["number"]].append(event)
    return events


def since(at, i):
    """Days since the number's last onset; none before the fourth day."""
    day = int(at - START) // DAY
    return (day - 4 - i // 10 - i % 10) % 10 if day >= 4 else 9


def trials_world(options, seed, spread, turn, days):
    """Every tenth day each number (of the bad ones every tenth, so that the
    pool stays a healthy one) is blocked on six calls, which benches it, and
    `turn` for the next three days."""
    world = World(seed, spread, "t%d" % seed)
    rows = []
    for i in range(NUMBERS):
        for d in range(days):
            age = since(START + d * DAY, i)
            if i % 10 and turn is not dict:
                age = 9
            times, what = world.day(i, turn if age < 4 else dict)
            if age == 0:
                what[:6] = ["blocked"] * 6
            rows += [(d * DAY + t, i, o) for t, o in zip(times, what)]
    return world.name, rows


def trials(options, spread, turn):
    days = 84
    worlds = [trials_world(options, options.seed + run, spread, TURNS[turn],
                           days) for run in range(options.runs)]
    events = replay(options, worlds, ["rest_factor=1"])
    n = failed = calls = 0
    for name, _ in worlds:
        for i in range(0, NUMBERS, 1 if turn == "healthy" else 10):
            mine = events[name, number_of(i)]
            for benched, back, then in zip(mine, mine[1:], mine[2:] + [None]):
                # of the six calls, not of an earlier test that failed, and
                # with calls to come
                if benched["event"] != "benched" or back["state"] != \
                        "probation" or since(benched["at"], i) != 0 or \
                        back["at"] > START + (days - 2) * DAY:
                    continue
                n += 1
                if then and then["turn"] == back["turn"] + 1:
                    failed += 1
                    calls += sum(then["counts"][o] for o in OUTCOMES)
    return {"failed": failed / n, "calls": calls / max(failed, 1), "trials": n}


def course(options, spread, turn, bad_days, healthy_days, bad=10):
    """Some numbers of each pool go bad on days 4, 5, ... and recover."""
    worlds, truth = [], {}
    for run in range(options.runs):
        world = World(options.seed + run, spread, "r%d" % run)
        rows = []
        for i in range(NUMBERS):
            onset = 4 + i if i < bad else None
            for d in range(4 + bad + bad_days + healthy_days):
                ill = onset is not None and onset <= d < onset + bad_days
                times, what = world.day(i, TURNS[turn] if ill else dict)
                rows += [(d * DAY + t, i, o) for t, o in zip(times, what)]
            if onset is not None:
                truth[world.name, number_of(i)] = (
                    onset, [START + at for at, j, _ in rows if j == i])
        worlds.append((world.name, rows))
    return truth, replay(options, worlds, [])


def withheld(events, times):
    """Which of the calls fall into a rest."""
    rests = [(e["at"], e["until"]) for e in events if e["event"] == "benched"]
    return [any(a < t < b for a, b in rests) for t in times]


def by_day(options, spread, turn, bad_days, healthy_days):
    """Withheld calls of a number by day since its onset, mean, in days."""
    truth, events = course(options, spread, turn, bad_days, healthy_days)
    days = [0.0] * (bad_days + healthy_days)
    for key, (onset, times) in truth.items():
        for t, off in zip(times, withheld(events[key], times)):
            d = int(t - START) // DAY - onset
            if off and 0 <= d < len(days):
                days[d] += 1 / CALLS / len(truth)
    return days


def recovery(options, spread, turn):
    days = by_day(options, spread, turn, 10, 26)
    return {"withheld": sum(days[10:]), "later": sum(days[20:]),
            "bad_calls_a_day": CALLS * (10 - sum(days[:10])) / 10}


def bad(options, spread, turn):
    days = by_day(options, spread, turn, 60, 1)
    return {"first_10": CALLS * (10 - sum(days[:10])) / 10,
            "next_20": CALLS * (20 - sum(days[10:30])) / 20,
            "last_30": CALLS * (30 - sum(days[30:60])) / 30}


TABLES = {
    "trials": (trials, list(TURNS),
               [("failed", "%.1f%%", 100), ("calls", "%.1f", 1),
                ("trials", "%d", 1)]),
    "recovery": (recovery, ["blocked 30%", "declined 50%", "unwanted 10%",
                            "answers / 2.5"],
                 [("withheld", "%.1f", 1), ("later", "%.1f", 1),
                  ("bad_calls_a_day", "%.1f", 1)]),
    "bad": (bad, list(TURNS)[1:],
            [("first_10", "%.1f", 1), ("next_20", "%.1f", 1),
             ("last_30", "%.1f", 1)]),
}


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("tables", nargs="*", default=list(TABLES),
                        metavar="TABLE", help="trials, recovery, bad")
    parser.add_argument("--runs", type=int, default=4,
                        help="pools of 50 in each row")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--replay", default=os.path.join(
        here, "../../build/reputation-replay"))
    parser.add_argument("--set", action="append", default=[])
    parser.add_argument("--only", help="rows whose name has this")
    parser.add_argument("--spread", help="spreads whose name has this")
    parser.add_argument("--json", help="write the figures there")
    options = parser.parse_args()
    out = []
    for table in options.tables:
        measure, turns, columns = TABLES[table]
        print("\n%-30s" % table, end="")
        for name, _, _ in columns:
            print(" %16s" % name, end="")
        print()
        for spread, concentration in SPREADS:
            if options.spread and options.spread not in spread:
                continue
            for turn in turns:
                if options.only and options.only not in turn:
                    continue
                row = measure(options, concentration, turn)
                print("%-14s %-27s" % (spread, turn), end="")
                for name, form, scale in columns:
                    print(" %12s" % (form % (scale * row[name])), end="")
                print(flush=True)
                out.append(dict(row, table=table, spread=spread, turn=turn))
    if options.json:
        with open(options.json, "w") as file:
            json.dump(out, file, indent=1)


if __name__ == "__main__":
    sys.exit(main())
