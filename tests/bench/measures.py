# SPDX-License-Identifier: GPL-2.0-or-later
"""Made-up logs, what the replay tool says of them, and the figures of a row."""

import json
import math
import statistics
import subprocess
import tempfile

DAY = 86400
PROBATION = 30  # calls, the default of probation_calls


class Log:
    """A made-up log and what the replay tool says of it."""

    def __init__(self, programs, traffic, settings, learned, seed):
        self.making = [programs.traffic, *traffic, "--seed", str(seed)]
        self.truth = {"bad": [], "healthy": [], "cause": [], "world": []}
        self.learned = learned  # days
        sets = [x for s in settings for x in ("--set", s)]
        with tempfile.NamedTemporaryFile() as told:
            self.events = [json.loads(line) for line in pipe(
                [*self.making, "--truth", told.name],
                [programs.replay, "--json", "--format=csv", *sets, "-"])]
            for line in told:
                fact = json.loads(line)
                self.truth[fact["type"]].append(fact)
        world = self.truth["world"][0]
        self.start = world["start"] + learned * DAY
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
        return sum(sum(h["days"][self.learned:]) for h in self.truth["healthy"])

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
        returned += sum(
            e["event"] == "released" and e["at"] >= log.start
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
    if rivals:
        row.update(rivals(logs))
    return row


class Rivals:
    """Rules in use elsewhere (rivals.c), each with the limit that benches a
    healthy number in this traffic as rarely as the judge does."""

    names = ["four counts", "fixed threshold", "Wilson bound",
             "Envoy outlier", "qrouting penalty"]

    def __init__(self, programs, traffic, every):
        """`every`: what the judge's interval is, when it comes to that."""
        self.programs, self.traffic, self.every = programs, traffic, every
        self.limits = None

    def __call__(self, logs):
        rivals = self.programs.rivals
        if not self.limits:
            self.limits = pipe(
                [self.programs.traffic, *self.traffic, "--seed", "77"],
                [rivals, "every", str(self.every())])[0].split()
        benches = [[line.split(",") for line in pipe(
            log.making, [rivals, "limits", *self.limits])] for log in logs]
        row = {}
        for name in self.names:
            calls = [n for n, _ in delays(logs, [
                [(number, float(at), None) for rule, number, at in log
                 if rule == name] for log in benches])]
            row[name] = statistics.mean(calls) if calls else math.nan
        return row


def fresh(logs):
    """New pools: false benches in 10,000 calls, by day."""
    days = range(int((logs[0].end - logs[0].start) / DAY))
    benches, calls = [0] * len(days), [0] * len(days)
    for log in logs:
        for _, e, _, _ in log.rests:
            benches[int((e["at"] - log.start) / DAY)] += 1
        for day in days:
            calls[day] += sum(h["days"][day] for h in log.truth["healthy"])
    return {"day_%d" % (day + 1): 1e4 * benches[day] / calls[day]
            for day in days}


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
    row = {"within_24h": soon / n, "within_96h": late / n, "samples": n,
           "alarmed": sum(any(True for _ in log.alarms()) for log in logs)
           / len(logs)}
    if logs[0].numbers > len(logs[0].bad):
        healthy = interval(logs)
        row.update((k, healthy[k]) for k in ("interval", "se", "benches"))
    return row


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
