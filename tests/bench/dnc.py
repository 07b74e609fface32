#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A do-not-call list of 10,000,000: how long its first reading takes, in how
much memory, and how soon an edit is in force on every proxy, while calls go on.
Once as one set, once in a hundred parts. Prints a table and writes JSON."""

import argparse
import json
import os
import statistics
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path[:0] = [os.path.join(HERE, "..", "integration"), HERE]
# pylint: disable=wrong-import-position
from conftest import Factory                         # noqa: E402
from harness import functions, plans, view           # noqa: E402
from harness.kamailio import Absent                  # noqa: E402
from harness.pools import new_callee                 # noqa: E402
from load import children_of                         # noqa: E402

FIRST, STEP = 14000000000, 7    # of the list: none is one of new_callee()
CHUNK = 100000
CALLS = 20                      # a second
LIMIT = 300                     # s for anything
POLICY = {"max_benched_share": 1, "min_available": 0, "sticky": 0}


def number(i):
    return f"+{FIRST + i * STEP}"


def key_of(callee, parts):
    return f"rep:dnc:{callee[-2:]}" if parts else "rep:dnc"


# as number() and key_of()
FILL = """
local keys, first, step = {}, tonumber(ARGV[3]), tonumber(ARGV[4])
for i = tonumber(ARGV[1]), tonumber(ARGV[2]) - 1 do
    local callee = string.format('+%.0f', first + i * step)
    local key = 'rep:dnc'
    if ARGV[5] == '1' then key = key .. ':' .. string.sub(callee, -2) end
    local members = keys[key] or {}
    keys[key] = members
    members[#members + 1] = callee
    if #members == 1000 then
        redis.call('SADD', key, unpack(members))
        keys[key] = {}
    end
end
for key, members in pairs(keys) do
    if #members > 0 then redis.call('SADD', key, unpack(members)) end
end"""


def fill(client, entries, parts):
    for at in range(0, entries, CHUNK):
        client.eval(FILL, 0, at, min(at + CHUNK, entries), FIRST,
                    STEP, int(parts))


def until(true, step=0.01):
    begin = time.monotonic()
    while not true():
        if time.monotonic() - begin > LIMIT:
            raise TimeoutError
        time.sleep(step)
    return time.monotonic() - begin


def reason(node, callee):
    try:
        return node.rpc("reputation.try", "sales", callee)["reason"]
    except Absent:
        return "no pool yet"


class Calls(threading.Thread):
    """Goes on picking; the slowest answer since it was last asked."""

    def __init__(self, caller):
        super().__init__(daemon=True)
        self.caller, self.ending = caller, False
        self.took = []
        self.start()

    def run(self):
        while not self.ending:
            begin = time.monotonic()
            functions.call(self.caller, "pick", "sales", callee=new_callee())
            self.took.append(time.monotonic() - begin)
            time.sleep(max(0, 1 / CALLS - self.took[-1]))

    def slowest(self):
        took, self.took = self.took, []
        return len(took), max(took)

    def end(self):
        self.ending = True
        self.join()


def cpu(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Fleet:
    def __init__(self, make, redis, proxies):
        carrier = make.carrier(lambda seen: plans.busy())
        self.redis = redis
        self.begun = time.monotonic()
        self.nodes = [make.kamailio(
            "functions.cfg", REDIS=redis.url, NODE_ID=f"n{i}", MAX_NUMBERS=1000,
            CARRIER_A=carrier.address, extra_argv=["-m", "768"])
            for i in range(proxies)]
        self.calls = Calls(make.caller(self.nodes[0]))
        self.stores = [self.store(node) for node in self.nodes]

    @staticmethod
    def store(node):
        """The process that talks to Redis."""
        def found():
            listed = node.rpc("core.ps")
            return [int(pid) for pid, name in zip(listed[::2], listed[1::2])
                    if str(name).startswith("REPUTATION REDIS")]

        until(found)
        return found()[0]

    def spent(self):
        return cpu(self.stores[0]), cpu(self.redis.process.pid)

    def known(self):
        """Whether all have read the list: they pick."""
        return all(reason(node, new_callee()) == "picked"
                   for node in self.nodes)

    def in_force(self, callee, wanted):
        return until(lambda: all(reason(node, callee) == wanted
                                 for node in self.nodes))


def edits(fleet, parts, times):
    """Seconds until in force on every proxy: of additions, removals, and of a
    part that is deleted."""
    client, took = fleet.redis.client, {"SADD": [], "SREM": []}
    before, own, others = time.monotonic(), *fleet.spent()
    for _ in range(times):
        callee = new_callee()
        for what, call, wanted in (("SADD", client.sadd, "callee-dnc"),
                                   ("SREM", client.srem, "picked")):
            call(key_of(callee, parts), callee)
            took[what].append(fleet.in_force(callee, wanted))
            until(lambda: not busy(fleet), 0.05)
    spent = [b - a for a, b in zip((own, others), fleet.spent())]
    got = {f"{what}, {how}": f(seconds) for what, seconds in took.items()
           for how, f in (("median", statistics.median), ("slowest", max))}
    got["CPU of the proxy's process a reading"] = spent[0] / times / 2
    got["CPU of Redis a reading"] = spent[1] / times / 2
    got["lasted"] = time.monotonic() - before
    if parts:
        client.delete(key_of(number(0), parts))
        got["DEL of a part"] = fleet.in_force(number(0), "picked")
    return got


def busy(fleet):
    """Whether a store still reads: it has used its process lately."""
    before = cpu(fleet.stores[0])
    time.sleep(0.3)
    return cpu(fleet.stores[0]) - before > 0.1


def measure(entries, parts, proxies, times):
    make = Factory()
    try:
        redis = make.redis(options=["--appendonly", "no"])
        redis.seed("sales", [f"+1202{n:07d}" for n in range(2000000, 2000010)],
                   POLICY)
        fill(redis.client, entries, parts)
        fleet = Fleet(make, redis, proxies)
        until(fleet.known, 0.05)
        got = {"first reading": time.monotonic() - fleet.begun}
        spent = fleet.spent()
        got["CPU of the proxy's process"] = spent[0]
        stats = view.stats(fleet.nodes[0])
        assert int(stats["dnc"]) == entries, stats["dnc"]
        got["bytes an entry"] = int(stats["dnc_memory"]) / entries
        got["picks in that time"], got["the slowest"] = fleet.calls.slowest()
        got.update(edits(fleet, parts, times))
        got["picks meanwhile"], got["the slowest of them"] = \
            fleet.calls.slowest()
        fleet.calls.end()
        return got
    finally:
        make.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=10000000)
    parser.add_argument("--proxies", type=int, default=1)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--only", choices=("one", "parts"))
    parser.add_argument("json", nargs="?")
    args = parser.parse_args()
    got = {}
    for name, parts in (("parts", True), ("one", False)):
        if args.only in (None, name):
            print(f"{args.entries:,} callees, "
                  + ("in 100 parts" if parts else "one set"), flush=True)
            got[name] = measure(args.entries, parts, args.proxies,
                                args.times if parts else min(args.times, 2))
            for what, value in got[name].items():
                print(f"  {what:38} {value:,.2f}", flush=True)
    if args.json:
        with open(args.json, "w", encoding="ascii") as out:
            json.dump(dict(got, entries=args.entries), out)


if __name__ == "__main__":
    main()
