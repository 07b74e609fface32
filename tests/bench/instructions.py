#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Instructions of a judged call, by callgrind: the same on any machine.

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


def cost(program, calls):
    """Times that the judge was asked, and its instructions in all."""
    with tempfile.NamedTemporaryFile() as out:
        subprocess.run(
            ["valgrind", "--tool=callgrind", "--compress-strings=no",
             "--toggle-collect=" + JUDGE, "--callgrind-out-file=" + out.name,
             program, "--judge-only", str(calls)],
            check=True, capture_output=True)
        text = out.read().decode()
    total = int(re.search(r"^(?:summary|totals): (\d+)", text, re.M).group(1))
    return sum(int(n) for n in re.findall(
        r"^cfn=%s\ncalls=(\d+)" % JUDGE, text, re.M)), total


def main():
    before, warm = cost(sys.argv[1], FIRST)
    after, total = cost(sys.argv[1], FIRST + DAY)
    calls, each = after - before, (total - warm) / (after - before)
    print("\n%.0f instructions a judged call: 72 buckets, 1,000 numbers" % each)
    with open(sys.argv[2], "w", encoding="ascii") as f:
        json.dump({"judged": calls, "instructions": each}, f)


if __name__ == "__main__":
    main()
