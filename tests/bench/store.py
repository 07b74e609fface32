#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the store takes: how soon an edit or a bench is in force everywhere with
many pools and a slow line, how long a starting node reads, what a short cut and
an hour without Redis cost. Nodes without SIP (tests/store/driver.c), a real
Redis on loopback. Prints a table and writes JSON; sizes on the command line.
"""

import argparse
import json
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
TOP = os.path.dirname(TESTS)
sys.dont_write_bytecode = True
sys.path[:0] = [os.path.join(TESTS, d)
                for d in ("store", "integration")]
os.environ.setdefault("STORE_DRIVER",
                      os.path.join(TOP, "build", "bench", "driver"))

# pylint: disable=wrong-import-position
from drivers import DRIVER, Driver, Traffic, empty_redis, flags  # noqa: E402
from harness.relay import Relay  # noqa: E402

FIRST = 15551000000
HOURS = 72
TIMES = 5       # a wait is measured so often
LIMIT = 900     # s for anything


def build():
    """The driver as a proxy is built: optimised, no sanitizer."""
    m = os.path.join(TOP, "modules", "reputation")
    sources = subprocess.run(
        ["find", f"{m}/engine", f"{m}/formats", f"{m}/store", "-name", "*.c"],
        check=True, capture_output=True, text=True).stdout.split()
    os.makedirs(os.path.dirname(DRIVER), exist_ok=True)
    subprocess.run(
        ["gcc", "-std=gnu11", "-D_GNU_SOURCE", "-O3", "-g", f"-I{m}",
         f"-I{TESTS}/unit", "-o", DRIVER, *sources, f"{TESTS}/unit/mem.c",
         f"{TESTS}/store/driver.c", *flags("cflags"), *flags("libs"), "-lm",
         "-lpthread"], check=True)


def until(true, step=0.005):
    """Seconds until it is."""
    begin = time.monotonic()
    while not true():
        took = time.monotonic() - begin
        if took > LIMIT:
            raise TimeoutError(f"not after {took:.0f} s")
        time.sleep(step)
    return time.monotonic() - begin


def number(i):
    return f"+{FIRST + i}"


def fill(client, pool, numbers, **policy):
    for at in range(0, numbers, 50000):
        client.hset(f"rep:numbers:{{{pool}}}", mapping={
            number(i): "{}" for i in range(at, min(at + 50000, numbers))})
    if policy:
        client.hset(f"rep:policy:{{{pool}}}", mapping=policy)
    client.sadd("rep:pools", pool)


def in_redis(client, pool):
    """Calls that the writers' own counts say; for quiet times only."""
    total = 0
    for key in client.scan_iter(f"rep:x:c[0-9]:{{{pool}}}:*", count=1000):
        for text in client.hvals(key):
            total += sum(map(int, text.split(",")))
    return total


class Nodes:
    def __init__(self, server, n=2, delay=0.0):
        self.server = server
        self.relays = [Relay(server, delay) for _ in range(n)]
        self.nodes = []

    def start(self, interval=500):
        i = len(self.nodes)
        self.nodes.append(Driver(self.relays[i].url, "abc"[i], interval,
                                 DRIVER_NUMBERS="1500000"))
        return self.nodes[-1]

    def end(self):
        for node in self.nodes:
            node.stop()
        for relay in self.relays:
            relay.end()
        self.server.remove()


def pools(n, round_trip_ms):
    """Until an edit, and a bench by the other node, are in force: of the
    slowest of some pools; then the same as soon as both lines are back after
    a cut."""
    server = empty_redis()
    names = [f"p{i}" for i in range(n)]
    for pool in names:
        fill(server.client, pool, 20)
    fleet = Nodes(server, delay=round_trip_ms / 2000)
    a, b = fleet.start(), fleet.start()
    for node in (a, b):
        until(lambda node=node: node.sum(names[-1])["numbers"] == 20
              and node.status()["resyncs"] >= 1, 0.05)
    probes = [names[i * (n - 1) // (TIMES - 1)] for i in range(TIMES)]

    def edit(pool, value):
        server.client.hset(f"rep:policy:{{{pool}}}", "false_bench_every", value)
        return until(lambda: b.ask("policy", pool)["false_bench_every"]
                     == str(value))

    def bench(pool, i):
        assert a.ask("bench", pool, number(i), 86400) == 1
        return until(lambda: b.view(pool, number(i))["state"] == "benched")

    got = {"edit": max(edit(p, 20000) for p in probes),
           "bench": max(bench(p, 1) for p in probes)}
    for what, act in (("edit after a cut", lambda p: edit(p, 30000)),
                      ("bench after a cut", lambda p: bench(p, 2))):
        slowest = []
        for pool in probes:
            before = [d.status()["reconnects"] for d in (a, b)]
            for relay in fleet.relays:
                relay.cut()
            for node, was in zip((a, b), before):
                until(lambda node=node, was=was: node.connected()
                      and node.status()["reconnects"] > was)
            slowest.append(act(pool))
        got[what] = max(slowest)
    fleet.end()
    return got


# What a node that counted one call of each number in a bucket has written there.
FILL = """
local first, n = tonumber(ARGV[1]), tonumber(ARGV[2])
for at = 0, n - 1, 1000 do
  local list = {}
  for i = at, math.min(at + 1000, n) - 1 do
    list[#list + 1] = string.format('+%.0f|0|earlier1|', first + i)
    list[#list + 1] = i % 7 % 3 == 0 and '1' or '0,0,0,0,0,0,0,1'
  end
  redis.call('HSET', KEYS[1], unpack(list))
end
redis.call('HSET', KEYS[2], ARGV[3], n)
"""


def count_in_redis(client, pool, numbers):
    """A call of each number in every bucket; how many there are."""
    newest = int(time.time()) // 3600 * 60
    for hour in range(HOURS):
        bucket = newest - 60 * hour
        client.eval(FILL, 2, f"rep:x:c2:{{{pool}}}:{bucket}",
                    f"rep:x:b2:{{{pool}}}", FIRST, numbers, bucket)
    return numbers * HOURS


def cpu(process):
    """Seconds of processor time that it has used."""
    with open(f"/proc/{process.pid}/stat", encoding="ascii") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def history(numbers):
    """A node starts where numbers have calls in every bucket; then another
    beside it, whose line is cut. Not over the full hour: a bucket goes then,
    and the sum is never what it was."""
    server = empty_redis()
    fill(server.client, "sales", numbers)
    made = count_in_redis(server.client, "sales", numbers)
    fleet = Nodes(server)
    redis_cpu = cpu(server.process)
    begin = time.monotonic()
    a = fleet.start()
    until(lambda: a.ask("pick", "sales", 1)["numbers"], 0.02)
    got = {"counts": made, "first pick": time.monotonic() - begin}
    # to add up what it knows of all numbers takes it as long as to read some
    until(lambda: a.status()["resyncs"] > 0, 0.05)
    until(lambda: a.sum("sales")["calls"] == made, 0.1)
    got.update({
        "a starting node's view": time.monotonic() - begin,
        "its CPU seconds": cpu(a.process),
        "Redis' CPU seconds": cpu(server.process) - redis_cpu,
        "bytes a count in Redis":
            server.client.info("memory")["used_memory"] / made})
    b = fleet.start()
    until(lambda: b.status()["resyncs"] > 0, 0.05)
    until(lambda: b.sum("sales")["calls"] == made, 0.1)
    carried = fleet.relays[1].bytes
    for relay in fleet.relays:
        relay.cut()
    until(lambda: b.status()["reconnects"] > 0 and b.connected())
    assert a.ask("bench", "sales", number(3), 86400) == 1
    got["bench after a cut"] = until(
        lambda: b.view("sales", number(3))["state"] == "benched")
    got["bytes after a cut"] = fleet.relays[1].bytes - carried
    assert b.sum("sales")["calls"] == made
    assert not b.status()["mismatches"]
    fleet.end()
    return got


def start(numbers):
    """Until a starting node picks, and has all numbers, beside one that makes
    1,000 calls a second."""
    server = empty_redis()
    fill(server.client, "sales", numbers)
    fleet = Nodes(server)
    a = fleet.start()
    until(lambda: a.sum("sales")["numbers"] == numbers, 0.5)
    traffic = Traffic(a, number(0), batch=20, pause=0.02)
    begin = time.monotonic()
    b = fleet.start()
    until(lambda: b.ask("pick", "sales", 1)["numbers"], 0.02)
    got = {"first pick": time.monotonic() - begin}
    until(lambda: b.sum("sales")["numbers"] == numbers, 0.5)
    got["all numbers"] = time.monotonic() - begin
    got["its CPU seconds"] = cpu(b.process)
    got["calls a second beside it"] = traffic.end() / got["all numbers"]
    fleet.end()
    return got


def without(numbers, calls):
    """Redis is gone for an hour at so many calls in it, by the node's clock;
    then it is back."""
    server = empty_redis()
    fill(server.client, "sales", numbers)
    fleet = Nodes(server)
    a, b = fleet.start(), fleet.start()
    for node in (a, b):
        until(lambda node=node: node.sum("sales")["numbers"] == numbers, 0.1)
        node.ask("clock", -3600)
    made = a.ask("spread", "sales", number(0), numbers, numbers)["counted"]
    until(lambda: b.sum("sales")["calls"] == made, 0.1)
    memory = rss(a)
    for relay in fleet.relays:
        relay.shut = True
        relay.cut()
    for minute in range(60):
        for node in (a, b):
            node.ask("clock", 60 * minute - 3600)
        made += a.ask("spread", "sales", number(0), numbers,
                      calls // 60)["counted"]
    for node in (a, b):
        node.ask("clock", 0)
    grown = rss(a) - memory
    for relay in fleet.relays:
        relay.shut = False
    back = until(lambda: a.connected() and b.connected(), 0.02)
    caught_up = until(lambda: b.sum("sales")["calls"] == made
                      and a.status()["waiting"] == 0, 0.1)
    assert in_redis(server.client, "sales") == made
    fleet.end()
    return {"counts": made, "grown, MB": grown / 1e6, "connected after": back,
            "caught up after": caught_up}


def rss(node):
    with open(f"/proc/{node.process.pid}/statm", encoding="ascii") as f:
        return int(f.read().split()[1]) * os.sysconf("SC_PAGESIZE")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of all")
    parser.add_argument("--only", action="append", default=[],
                        help="rows that have this in their name")
    parser.add_argument("json", nargs="?")
    args = parser.parse_args()
    by = 10 if args.quick else 1
    rows = [
        (f"{50 // by} pools, round trip 40 ms", lambda: pools(50 // by, 40)),
        (f"{1000 // by} pools, round trip 1 ms",
         lambda: pools(1000 // by, 1)),
        (f"{10000 // by:,} numbers x 72 buckets",
         lambda: history(10000 // by)),
        (f"{100000 // by:,} numbers x 72 buckets",
         lambda: history(100000 // by)),
        (f"{1000000 // by:,} numbers", lambda: start(1000000 // by)),
        (f"an hour of {3600000 // by:,} calls without Redis",
         lambda: without(100000 // by, 3600000 // by)),
    ]
    build()
    got = {}
    for name, run in rows:
        if args.only and not any(part in name for part in args.only):
            continue
        print(name, flush=True)
        got[name] = run()
        for what, value in got[name].items():
            print(f"  {what:28} {value:,.2f}" if value < 1000
                  else f"  {what:28} {value:,.0f}", flush=True)
    if args.json:
        with open(args.json, "w", encoding="ascii") as f:
            json.dump(got, f, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
