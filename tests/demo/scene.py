# SPDX-License-Identifier: GPL-2.0-or-later
"""What happens in the demo: the numbers, what callees and blocking systems
do with their calls, and which numbers go bad, how and when."""

import random
import threading
import time
from collections import defaultdict

from harness import plans

POOL = "sales"
NUMBERS = [f"+1202555{n:04d}" for n in range(101, 121)]
ONSET = 10       # s of traffic before the three go bad
TRAFFIC = 40     # s of traffic in all
RATE = 70        # calls a second through each node
SHORT_CALL = 1   # s, here; 6 by default

POLICY = {
    # the one dial of sensitivity, as it is by default
    "false_bench_every": 10000,
    # a day's evidence passes in a minute here
    "window_hours": 1,
    "bucket_minutes": 1,
    # nobody comes back before the demo ends
    "rest_seconds": 3600,
}

# Cards in a shuffled deck: a healthy number's callees
HEALTHY = {"noanswer": 111, "answered": 50, "busy": 16, "declined": 16,
           "short": 4, "ambiguous": 1, "blocked": 1, "unwanted": 1}


def _diluted(share, bad):
    """`share` of the cards are `bad`, the others a healthy number's."""
    deck = {card: round(n * (1 - share)) for card, n in HEALTHY.items()}
    total = sum(bad.values())
    for card, n in bad.items():
        deck[card] = deck.get(card, 0) + round(200 * share * n / total)
    return deck


WAYS = {
    NUMBERS[2]: ("blocked", "machines block 35 % of its calls (603+, 608)",
                 _diluted(0.35, {"blocked": 1})),
    NUMBERS[8]: ("rejected", "people refuse 40 % of its calls (607, 603)",
                 _diluted(0.40, {"unwanted": 12, "declined": 28})),
    NUMBERS[13]: ("labelled", "nobody answers it any more",
                  {**HEALTHY, "answered": 0, "short": 0,
                   "noanswer": HEALTHY["noanswer"] + 54}),
}


class Scene:
    """Hands the carriers a plan for each call. Each number has a deck of its
    own from a seeded generator, so that runs are alike."""

    def __init__(self, seed):
        self._lock = threading.Lock()
        self._seed = seed
        self._random = {number: random.Random(f"{seed}/{number}")
                        for number in NUMBERS}
        self._decks = defaultdict(list)
        self._failed = set()
        self.started = None
        self.onset = None
        self.calls = defaultdict(list)    # number -> when a call came to it

    def start(self):
        self.started = time.monotonic()

    def elapsed(self):
        return time.monotonic() - self.started if self.started else 0.0

    def go_bad(self):
        with self._lock:
            self.onset = time.monotonic()
            for number in WAYS:
                self._decks[number].clear()

    def calls_since_onset(self, number, until):
        with self._lock:
            return sum(1 for at in self.calls[number]
                       if self.onset <= at <= until)

    def call_count(self):
        with self._lock:
            return sum(len(times) for times in self.calls.values())

    def take(self, seen):
        """What a carrier does with a call. One call in 25 meets trouble of
        the carrier's own, 503, and the proxy tries it at the other one."""
        with self._lock:
            rng = self._random[seen.number]
            again = (seen.number, seen.callee) in self._failed
            if not again:
                self.calls[seen.number].append(time.monotonic())
                if rng.random() < 0.04:
                    self._failed.add((seen.number, seen.callee))
                    return plans.failed()
            return self._draw(seen.number, rng)

    def _draw(self, number, rng):
        deck = self._decks[number]
        if not deck:
            cards = HEALTHY
            if self.onset is not None and number in WAYS:
                cards = WAYS[number][2]
            deck += [card for card, n in cards.items() for _ in range(n)]
            rng.shuffle(deck)
        return self._plan(deck.pop(), rng)

    @staticmethod
    def _plan(card, rng):
        ringing = rng.uniform(0.1, 0.6)
        if card == "noanswer":
            return plans.rings_out(ringing)
        if card == "answered":
            plan = plans.answered(bye_after=SHORT_CALL
                                  + rng.uniform(0.3, 0.8))
        elif card == "short":
            plan = plans.short(bye_after=rng.uniform(0.05, 0.3))
        elif card == "blocked":
            plan = plans.blocked(rng.choice((603, 603, 608)))
        else:
            plan = {"busy": plans.busy, "declined": plans.declined,
                    "unwanted": plans.unwanted,
                    "ambiguous": plans.ambiguous}[card]()
        plan.replies[-1].delay = ringing
        return plan
