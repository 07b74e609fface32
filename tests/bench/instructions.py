#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Instructions of a pick and of a judged call, by callgrind: the same on any
machine.

Usage: instructions.py build/bench/core FILE.json
"""

import json
import re
import subprocess
import sys
import tempfile

JUDGE = "rep_verdict_judge"


# Numbers are read as a whole first when they are first judged, then once a
# day: the first hours are left out, and a day is measured.
FIRST, DAY = 10000, 96000


# The first pick opens the queue, the first thousands put it in order.
PICK = "rep_pool_pick"
WARM, PICKS, NUMBERS = 100, 2000, (10, 32, 64, 96, 1000, 100000)
WAYS = ("order", "sticky", "sticky, half benched", "sticky, weighted",
        "local", "local, sticky", "all, guarded", "all, quiet hours",
        "all, 42 zones")

LIST, LISTED, ASKED = "rep_dnc_has", (10000, 1000000), 2000


def cost(program, function, *args):
    """Times that the function was called, and its instructions in all."""
    with tempfile.NamedTemporaryFile() as out:
        subprocess.run(
            ["valgrind", "--tool=callgrind", "--compress-strings=no",
             "--toggle-collect=" + function, "--callgrind-out-file=" + out.name,
             program, *map(str, args)],
            check=True, capture_output=True)
        text = out.read().decode()
    total = int(re.search(r"^(?:summary|totals): (\d+)", text, re.M).group(1))
    return sum(int(n) for n in re.findall(
        r"^cfn=%s\ncalls=(\d+)" % function, text, re.M)), total


def pick(program, way, numbers):
    """Of one pick in a pool of so many."""
    def picks(n):
        return cost(program, PICK, "--picks-only", way, numbers, n)[1]
    return (picks(WARM + PICKS) - picks(WARM)) / PICKS
LIST, LISTED, ASKED = "rep_dnc_has", (10000, 1000000), 2000


def main():
    program, picks = sys.argv[1], {}
    listed = [cost(program, LIST, "--dnc-only", n, ASKED)[1] / ASKED
              for n in LISTED]
    print("\n%.0f and %.0f instructions to ask a do-not-call list of %s and %s"
          % (*listed, *(f"{n:,}" for n in LISTED)))
    print("\ninstructions a pick")
    for way in WAYS:
        picks[way] = [pick(program, way, n) for n in NUMBERS]
        print("%-20s" % way, *("%8.0f" % each for each in picks[way]))
    before, warm = cost(program, JUDGE, "--judge-only", FIRST)
    after, total = cost(program, JUDGE, "--judge-only", FIRST + DAY)
    calls, each = after - before, (total - warm) / (after - before)
    print("\n%.0f instructions a judged call: 72 buckets, 1,000 numbers" % each)
    with open(sys.argv[2], "w", encoding="ascii") as f:
        json.dump({"judged": calls, "instructions": each, "numbers": NUMBERS,
                   "picks": picks, "listed": listed}, f)


if __name__ == "__main__":
    main()
