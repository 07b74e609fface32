# SPDX-License-Identifier: GPL-2.0-or-later
"""Pools and policies for tests: small, and quick to judge."""

import itertools
import json
import os

_blocks = itertools.count(200)
_callees = itertools.count(1000)

# strong evidence benches after some ten calls; everything stays in the
# window; nobody returns by himself; numbers take turns, whoever is called
EAGER = {"false_bench_every": 1000, "rest_seconds": 3600, "rest_jitter": 0,
         "min_available": 0, "max_benched_share": 1, "window_hours": 24,
         "bucket_minutes": 60, "warmup": "", "sticky": 0}


def new_numbers(count):
    """Numbers that no other test has used."""
    block = next(_blocks)
    return [f"+1202{block}{n:04d}" for n in range(count)]


def new_callee():
    return f"+1303555{next(_callees):04d}"


def callees(count):
    return [new_callee() for _ in range(count)]


def only(pools, name):
    """The first number of a pool of write_pool_file()."""
    return next(iter(pools[name][0]))


def write_pool_file(directory, pools, name="pools.json"):
    """`pools`: {name: (numbers, policy)}; returns the path."""
    content = {"pools": {
        pool: {"policy": policy or {}, "numbers": numbers}
        for pool, (numbers, policy) in pools.items()}}
    path = os.path.join(str(directory), name)
    with open(path, "w", encoding="utf-8") as out:
        json.dump(content, out)
    return path
