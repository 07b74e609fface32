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


def cost(program):
    """Times that the judge was asked, and its instructions each time."""
    with tempfile.NamedTemporaryFile() as out:
        subprocess.run(
            ["valgrind", "--tool=callgrind", "--compress-strings=no",
             "--toggle-collect=" + JUDGE, "--callgrind-out-file=" + out.name,
             program, "--judge-only"], check=True, capture_output=True)
        text = out.read().decode()
    total = int(re.search(r"^(?:summary|totals): (\d+)", text, re.M).group(1))
    calls = sum(int(n) for n in re.findall(
        r"^cfn=%s\ncalls=(\d+)" % JUDGE, text, re.M))
    return calls, total / calls


def main():
    calls, each = cost(sys.argv[1])
    print("\n%.0f instructions a judged call: 72 buckets, 1,000 numbers" % each)
    with open(sys.argv[2], "w", encoding="ascii") as f:
        json.dump({"judged": calls, "instructions": each}, f)


if __name__ == "__main__":
    main()
