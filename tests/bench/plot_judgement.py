#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Draw the benchmark of judgement from its JSON.

Needs python3-matplotlib. Usage: plot_judgement.py judgement.json OUT_DIR
"""

import json
import os
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

NAMES = ["charts", "fixed threshold", "Wilson bound", "Envoy outlier",
         "qrouting penalty"]


def bars(axis, rows, label, colour_of):
    width = 0.8 / len(NAMES)
    for i, name in enumerate(NAMES):
        places = [k + (i - 2) * width for k in range(len(rows))]
        axis.bar(places, [row[name] for row in rows], width, label=name,
                 color=colour_of(i))
    axis.set_xticks(range(len(rows)))
    axis.set_xticklabels([row[label] for row in rows], rotation=25,
                         ha="right")
    axis.set_yscale("log")
    axis.legend(fontsize="small")
    axis.grid(axis="y", alpha=0.3)


def delays(data, out):
    figure, axis = plt.subplots(figsize=(10, 5))
    rows = data["delays"]
    bars(axis, rows, "turn", plt.get_cmap("tab10"))
    for k, row in enumerate(rows):
        if "bound" in row:
            axis.plot([k - 0.42, k + 0.42], [row["bound"]] * 2, "k:")
    axis.set_ylabel("calls from onset to bench, mean")
    axis.set_title("A number goes bad (dotted: log(%.0f) / KL)"
                   % data["every"])
    figure.tight_layout()
    figure.savefig(os.path.join(out, "judgement-delays.svg"))


def healthy(data, out):
    figure, axis = plt.subplots(figsize=(10, 5))
    bars(axis, data["healthy"], "world", plt.get_cmap("tab10"))
    axis.axhspan(data["every"], 2 * data["every"], color="green", alpha=0.15)
    axis.set_ylabel("calls between false benches")
    axis.set_title("Healthy numbers (band: 1 to 2 times false_bench_every)")
    figure.tight_layout()
    figure.savefig(os.path.join(out, "judgement-healthy.svg"))


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8") as source:
        data = json.load(source)
    os.makedirs(sys.argv[2], exist_ok=True)
    delays(data, sys.argv[2])
    healthy(data, sys.argv[2])


if __name__ == "__main__":
    main()
