# SPDX-License-Identifier: GPL-2.0-or-later
"""The live table: redrawn in place on a terminal, a line now and then where
the output goes elsewhere."""

import shutil
import sys
import time

RED, GREEN, YELLOW, BOLD, DIM, PLAIN = (
    "\033[31m", "\033[32m", "\033[33m", "\033[1m", "\033[2m", "\033[0m")
COLOURS = {"active": GREEN, "warming": GREEN, "probation": YELLOW,
           "benched": RED, "paused": DIM, "retired": DIM}
LINE_EVERY = 5.0    # s, without a terminal
NEWS = 7            # lines of events below the table


def percent(rates, name):
    value = (rates or {}).get(name)
    return "   -" if value is None else f"{100 * float(value):3.0f}%"


class Screen:
    def __init__(self, out=sys.stdout):
        self.out = out
        self.live = out.isatty()
        self.news = []
        self._drawn = 0
        self._last_line = 0.0

    def say(self, text=""):
        """A line that stays."""
        self._forget_table()
        print(text, file=self.out, flush=True)

    def event(self, at, text):
        """Something happened `at` s after the start of the traffic."""
        line = f"{at:5.1f} s  {text}"
        self.news.append(line)
        if not self.live:
            print(line, file=self.out, flush=True)

    def colour(self, colour, text):
        return f"{colour}{text}{PLAIN}" if self.live else text

    def update(self, headline, rows, summary):
        """`rows`: of the table; `summary`: the short line instead of it."""
        if self.live:
            width, height = shutil.get_terminal_size()
            news = [line[:width - 1] for line in self.news[-NEWS:]]
            self._draw([self.colour(BOLD, headline), self._header(),
                        *[self._row(row) for row in
                          self._fitting(rows, height - NEWS - 4)], "",
                        *news, *[""] * (NEWS - len(news))])
        elif time.monotonic() - self._last_line >= LINE_EVERY:
            self._last_line = time.monotonic()
            print(summary, file=self.out, flush=True)

    @staticmethod
    def _fitting(rows, room):
        """On a low terminal, the rows with the highest scores."""
        if len(rows) <= max(room, 3):
            return rows
        kept = sorted(rows, key=lambda row: -row["score"])[:max(room, 3)]
        return [row for row in rows if row in kept]

    def _header(self):
        return self.colour(DIM, f"{'number':<13}{'node A':<10}{'node B':<10}"
                           f"{'calls':>5} {'answ':>5}{'decl':>5}{'rej':>5}"
                           f"{'block':>6} {'score':>6}  why")

    def _row(self, row):
        states = "".join(self.colour(COLOURS.get(state, ""), f"{state:<10}")
                         for state in row["states"])
        rates = row["rates"]
        cells = "".join((f" {percent(rates, 'answered'):>5}",
                         f"{percent(rates, 'declined'):>5}",
                         f"{percent(rates, 'rejected'):>5}",
                         f"{percent(rates, 'blocked'):>6}"))
        return (f"{row['number']:<13}{states}{row['calls']:>5}{cells} "
                f"{row['score']:>6.2f}  {row['why']}").rstrip()

    def _draw(self, lines):
        text = f"\033[{self._drawn}A" if self._drawn else ""
        text += "".join(f"\r\033[2K{line}\n" for line in lines)
        self._drawn = len(lines)
        self.out.write(text)
        self.out.flush()

    def _forget_table(self):
        self._drawn = 0
