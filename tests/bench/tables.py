#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The tables of docs/judge.md, from the JSON of worlds.py.

Usage: tables.py worlds.json
"""

import json
import sys


def count(x):
    return "{:,.0f}".format(x)


def near(x):
    return "%.1f" % x if x < 1000 else count(x)


def percent(x):
    return "%.0f%%" % (100 * x)


def tenth(x):
    return "%.1f%%" % (100 * x)


def twice(x):
    return "%.2f" % x


RIVALS = [(name, name, near) for name in (
    "four counts", "fixed threshold", "Wilson bound", "Envoy outlier",
    "qrouting penalty")]
DELAY = [("mean", "mean", near), ("+-", "se", near),
         ("median", "median", count), ("p90", "p90", count),
         ("right cause", "right", percent), ("x log/KL", "ratio", twice)]
# By the beginning of a table's name: columns of head, member, form.
COLUMNS = [
    ("intervals", [("calls between false benches", "interval", count),
                   ("+-", "se", count),
                   ("healthy numbers resting", "resting", tenth)]),
    ("delays", DELAY + RIVALS),
    ("new pools", [("day %d" % d, "day_%d" % d, twice) for d in (1, 2, 3)]),
    ("bad from", [("calls", "mean", near), ("found", "found", percent)]),
    ("the whole pool", [("alarm", "alarmed", percent),
                        ("benched in 24 h", "within_24h", percent),
                        ("in 96 h", "within_96h", percent)]),
    ("a part", [("benched in 24 h", "within_24h", percent),
                ("in 96 h", "within_96h", percent)]),
    ("shared", [("alarm in 90 min", "alarmed", percent),
                ("right dimension", "right", percent),
                ("benches in it", "benches", twice)]),
    ("false alarms", [("in 30 days a pool", "false_in_30_days", twice)]),
]


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="ascii") as source:
        tables = json.load(source)
    for table, rows in tables.items():
        columns = next(c for start, c in COLUMNS if table.startswith(start))
        print("\n%s:\n" % table)
        print("| | %s |" % " | ".join(head for head, _, _ in columns))
        print("|---%s|" % ("|---" * len(columns)))
        for name, row in rows.items():
            print("| %s | %s |" % (name, " | ".join(
                form(row[key]) if key in row else "-"
                for _, key, form in columns)))


if __name__ == "__main__":
    main()
