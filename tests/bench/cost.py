#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the store sends and reads a call, by a real Redis: drivers of
tests/store (a registry and a store each) count 1,000 calls a second between
them, in turn over a pool's numbers, each in one bucket and on no route.

  cost.py [--nodes 1,2,3] [--numbers 1000,10000] [--rate 1000] [--seconds 30]
           [JSON]
"""

import argparse
import json
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path[:0] = [os.path.join(HERE, "..", "store"),
                os.path.join(HERE, "..", "integration")]

# pylint: disable=wrong-import-position
import drivers  # noqa: E402
from harness.process import wait_until  # noqa: E402

FIRST = 15551000000
STEP = 0.02  # s


def fill(client, numbers):
    with client.pipeline(transaction=False) as p:
        for i in range(numbers):
            p.hset("rep:numbers:{sales}", f"+{FIRST + i}", "{}")
        p.sadd("rep:pools", "sales")
        p.execute()


def traffic(nodes, numbers, rate, seconds):
    """So many calls a second in all; each node goes round the pool from a
    place of its own. How many there were."""
    began, made = time.monotonic(), 0
    at = [numbers * i // len(nodes) for i in range(len(nodes))]
    while (now := time.monotonic() - began) < seconds:
        for i, node in enumerate(nodes):
            due = int((now * rate - made) / (len(nodes) - i))
            due = min(due, numbers - at[i])
            if due > 0:
                made += node.ask("spread", "sales", f"+{FIRST + at[i]}", due,
                                 due)["counted"]
                at[i] = (at[i] + due) % numbers
        time.sleep(STEP)
    return made


def state(client, nodes):
    info = client.info("stats")
    commands = sum(s["calls"] for name, s in
                   client.info("commandstats").items()
                   if name in ("cmdstat_hset", "cmdstat_evalsha"))
    return {"in": info["total_net_input_bytes"],
            "out": info["total_net_output_bytes"], "run": commands,
            "commands": sum(n.status()["commands"] for n in nodes)}


def health_bytes(client, numbers):
    text = client.hget("rep:health:{sales}", f"+{FIRST + numbers // 2}")
    return len(text or "")


def measure(count, numbers, args):
    server = drivers.empty_redis()
    nodes = []
    try:
        fill(server.client, numbers)
        nodes = [drivers.Driver(server.url, f"n{i}", args.interval)
                 for i in range(count)]
        for node in nodes:
            wait_until(lambda n=node: n.status()["resyncs"] > 0
                       and n.sum("sales")["numbers"] == numbers, 120)
        traffic(nodes, numbers, args.rate, args.warm)
        before = state(server.client, nodes)
        made = traffic(nodes, numbers, args.rate, args.seconds)
        after = state(server.client, nodes)
        a_call = {k: (after[k] - before[k]) / made / count for k in before}
        return {"nodes": count, "numbers": numbers,
                "rate": round(made / args.seconds),
                "commands": round(a_call["commands"], 4),
                "sent": round(a_call["in"], 1), "read": round(a_call["out"], 1),
                "health_bytes": health_bytes(server.client, numbers)}
    finally:
        for node in nodes:
            node.kill()
            os.unlink(node.log_path)
        server.remove()


def whole_numbers(text):
    return [int(n) for n in text.split(",")]


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    p.add_argument("--nodes", type=whole_numbers, default=[1, 2, 3])
    p.add_argument("--numbers", type=whole_numbers, default=[1000, 10000])
    p.add_argument("--rate", type=int, default=1000)
    p.add_argument("--interval", type=int, default=200, help="sync_interval")
    p.add_argument("--warm", type=float, default=40)
    p.add_argument("--seconds", type=float, default=30)
    p.add_argument("json", nargs="?")
    args = p.parse_args()
    drivers.build_driver()
    rows = []
    print("a call and node, of all calls:")
    print(" nodes  numbers  calls/s  commands  bytes sent  bytes read")
    for numbers in args.numbers:
        for count in args.nodes:
            row = measure(count, numbers, args)
            rows.append(row)
            print("{nodes:6} {numbers:8} {rate:8} {commands:9.4f} {sent:11.1f}"
                  " {read:11.1f}".format(**row), flush=True)
    if args.json:
        with open(args.json, "w", encoding="ascii") as file:
            json.dump(rows, file, indent=1)


if __name__ == "__main__":
    main()
