# SPDX-License-Identifier: GPL-2.0-or-later
"""Lines covered by room, from gcovr's JSON summary; 1 below a target.

    rooms.py build/coverage/summary.json
"""

import json
import sys

M = "modules/reputation/"
# what is printed; engine is the sum of its four rooms
ROOMS = ("engine/base", "engine/reply", "engine/judge", "engine/pool",
         "engine", "formats", "store", "kamailio", "tools")
TARGETS = {"engine": 95, "store": 85, "kamailio": 85}


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        files = json.load(file)["files"]
    missed = []
    print(f"{'room':14}{'lines':>7}{'covered':>9}{'%':>7}{'target':>8}")
    for room in ROOMS:
        inside = [f for f in files if f["filename"].startswith(f"{M}{room}/")]
        lines = sum(f["line_total"] for f in inside)
        covered = sum(f["line_covered"] for f in inside)
        percent = 100 * covered / lines if lines else 0
        target = TARGETS.get(room)
        print(f"{room:14}{lines:7}{covered:9}{percent:7.1f}"
              f"{target if target else '':>8}")
        if target and percent < target:
            missed.append(room)
    for room in missed:
        print(f"coverage: {room} is below its target", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
