#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Draw the benchmark of judgement from its JSON.

Needs python3-matplotlib. Usage: plot_worlds.py worlds.json OUT_DIR
"""

import json
import os
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

EVERY = 10000
RULES = [("mean", "this judge"), ("four counts", "four counts"),
         ("fixed threshold", "bad share of 100 calls"),
         ("Wilson bound", "Wilson bound"), ("Envoy outlier", "Envoy outlier"),
         ("qrouting penalty", "qrouting penalty")]


def finish(figure, axis, names, out, name):
    axis.set_xticks(range(len(names)))
    axis.set_xticklabels(names, rotation=30, ha="right")
    axis.grid(axis="y", alpha=0.3)
    figure.tight_layout()
    figure.savefig(os.path.join(out, name))


def delays(tables, out):
    """A panel for each kind of traffic, a group of bars for each way of going
    bad; dotted: log(10,000) / KL."""
    tables = [t for t in tables if t[0].startswith("delays, ")
              and "a day" not in t[0]]
    if not tables:
        return
    figure, axes = plt.subplots(len(tables), 1, squeeze=False, sharex=True,
                                figsize=(10, 3.4 * len(tables)))
    width = 0.8 / len(RULES)
    for axis, (name, rows) in zip(axes[:, 0], tables):
        for i, (rule, label) in enumerate(RULES):
            axis.bar([k + (i - 2.5) * width for k in range(len(rows))],
                     [row.get(rule, 0) for row in rows.values()], width,
                     label=label)
        for k, row in enumerate(rows.values()):
            if "ratio" in row:
                best = row["mean"] / row["ratio"]
                axis.plot([k - .42, k + .42], [best, best], "k:")
        axis.set_yscale("log")
        axis.set_title(name)
        axis.set_ylabel("calls, mean")
        axis.grid(axis="y", alpha=0.3)
    axes[0, 0].legend(fontsize="small")
    finish(figure, axes[-1, 0], list(tables[0][1]), out,
           "judgement-delays.svg")


def intervals(tables, out):
    rows = dict(tables).get("intervals")
    if not rows:
        return
    figure, axis = plt.subplots(figsize=(10, 5))
    axis.errorbar(range(len(rows)), [r["interval"] for r in rows.values()],
                  [r["se"] for r in rows.values()], fmt="o")
    axis.axhspan(EVERY, 2 * EVERY, color="green", alpha=0.15)
    axis.set_yscale("log")
    axis.set_ylabel("calls between false benches")
    axis.set_title("Healthy numbers (band: 1 to 2 times false_bench_every)")
    finish(figure, axis, list(rows), out, "judgement-healthy.svg")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8") as source:
        tables = list(json.load(source).items())
    os.makedirs(sys.argv[2], exist_ok=True)
    delays(tables, sys.argv[2])
    intervals(tables, sys.argv[2])


if __name__ == "__main__":
    main()
