# SPDX-License-Identifier: GPL-2.0-or-later
"""A proxy ends while answered calls may still be short: nothing is lost."""

import threading
from collections import Counter
from itertools import cycle

import pytest
from harness import plans, view
from harness.functions import invite
from harness.pools import new_numbers
from harness.process import wait_until

CALLS = 60
POLICY = {"warmup": "", "window_hours": 24, "bucket_minutes": 60,
          "false_bench_every": 1000000000}
# many more are answered than have ended when the proxy does
PLANS = [plans.answered(), plans.answered(), plans.short(), plans.declined(),
         plans.answered(), plans.busy()]

STATUS = {"answered": 200, "short": 200, "declined": 603, "busy": 486}


def statuses(counts):
    sums = Counter()
    for outcome, n in counts.items():
        sums[STATUS[outcome]] += n
    return sums


class Fleet:
    """A proxy that is to end, another one, and who calls through them."""

    def __init__(self, make, redis, peers, pool):
        self.make, self.redis, self.pool = make, redis, pool
        self.carrier = peers[0]
        self.carrier.forget()
        plan = cycle(PLANS)
        self.carrier.behaviour = lambda seen: next(plan)
        self.numbers = new_numbers(4)
        redis.seed(pool, self.numbers, POLICY)
        self.one, self.other = self.node("one"), self.node("other")
        self.caller = make.caller(self.one)

    def node(self, name, **options):
        node = self.make.kamailio(
            "functions.cfg", CARRIER_A=self.carrier.address, NODE_ID=name,
            REDIS=self.redis.url, SHORT_CALL=300, **options)
        view.wait_connected(node)
        view.wait_numbers(node, self.pool, self.numbers)
        return node

    def dial(self):
        """Some calls; those to be short are over."""
        calls = [invite(self.caller, self.pool) for _ in range(CALLS)]
        for call in calls:
            call.wait_final()
        wait_until(lambda: all(seen.bye_reply for seen in self.carrier.calls
                               if seen.plan.bye_after is not None))

    def counted(self, node):
        return {number: Counter(counts) for number, counts in
                view.pool_counts(node, self.pool).items() if counts}

    def sent(self):
        with self.carrier.lock:
            return {number: Counter(counts)
                    for number, counts in self.carrier.sent.items()}

    def sent_but(self, outcome):
        return {number: Counter({one: n for one, n in counts.items()
                                 if one != outcome})
                for number, counts in self.sent().items()}

    def wait_counted(self, node, expected):
        wait_until(lambda: self.counted(node) == expected, what=lambda: (
            self.counted(node), expected))

    def ck_between(self, least, one, two):
        """Both have counted the same: these statuses at least, and no more
        than the carrier has sent."""
        def both():
            counted = self.counted(one)
            return counted == self.counted(two) and all(
                least[number] <= statuses(counted.get(number, {}))
                for number in least)

        wait_until(both, what=lambda: (least, self.counted(one),
                                       self.counted(two)))
        sent = self.sent()
        for number, counts in self.counted(one).items():
            assert statuses(counts) <= statuses(sent[number])


@pytest.fixture
def fleet(make, redis, peers, request):
    return Fleet(make, redis, peers, f"p{abs(hash(request.node.name))}")


def test_what_is_known_at_the_end_is_told(fleet):
    fleet.dial()
    fleet.one.stop()
    for node in (fleet.other, fleet.node("later")):
        fleet.wait_counted(node, fleet.sent())


class Traffic:
    """Calls that go on until the proxy no longer answers."""

    AT_ONCE = 20

    def __init__(self, fleet):
        self.fleet = fleet
        self.calls = []
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        while not self.over.is_set():
            self.calls.append(invite(self.fleet.caller, self.fleet.pool))
            wait_until(lambda: self.over.is_set() or self._open()
                       < self.AT_ONCE, interval=0.001)

    def _open(self):
        return sum(not call.final for call in self.calls[-5 * self.AT_ONCE:])

    def end(self):
        self.over.set()
        self.thread.join()

    def seen(self):
        """What the dialer has: {number: how often each status}."""
        seen = {}
        for call in self.calls:
            if call.final:
                number = self.fleet.carrier.to(call.callee)[-1].number
                seen.setdefault(number, Counter())[call.status] += 1
        return seen


def test_an_end_in_mid_traffic(fleet):
    """A final that the dialer has is counted; and nothing that the carrier
    has not sent. What is between them did not get through the proxy."""
    traffic = Traffic(fleet)
    wait_until(lambda: sum(fleet.carrier.total().values()) > 5 * CALLS)
    fleet.one.stop()
    traffic.end()
    fleet.ck_between(traffic.seen(), fleet.other, fleet.node("later"))


def begun(redis):
    """The calls that somebody else is to count: {writer: their texts}."""
    return {writer: redis.client.zrange(
        f"rep:x:begun:{{rep:x:begun}}:{writer}", 0, -1)
        for writer in redis.client.hkeys("rep:x:begun")}


def wait_begun(fleet, n):
    wait_until(lambda: sum(map(len, begun(fleet.redis).values())) == n,
               what=lambda: (n, begun(fleet.redis)))


def test_killed(fleet):
    """Answered calls stand in Redis as begun, also when they were deleted
    there; the proxy that is started again counts them, once. Those of them
    that were short are not there."""
    fleet.dial()
    wait_begun(fleet, fleet.carrier.total()["answered"])
    fleet.redis.client.delete("rep:x:begun", *fleet.redis.client.keys(
        "rep:x:begun:*"))
    wait_begun(fleet, fleet.carrier.total()["answered"])
    fleet.wait_counted(fleet.other, fleet.sent_but("answered"))
    fleet.one.kill()
    again = fleet.node("one")
    for node in (again, fleet.other, fleet.node("later")):
        fleet.wait_counted(node, fleet.sent())
    assert again.logged(r"one\.[\w-]+ is gone: its \d+ calls that might")
    assert begun(fleet.redis) == {}


def test_killed_in_mid_traffic(fleet):
    """What was told before is counted, once: begun calls are told before
    counts are, so that the third writing is after all that was known."""
    traffic = Traffic(fleet)
    wait_until(lambda: sum(fleet.carrier.total().values()) > 5 * CALLS)
    seen = traffic.seen()

    def writings():
        return [int(n) for n in fleet.redis.client.hvals("rep:x:begun")][0]

    told = writings() + 3
    wait_until(lambda: writings() >= told)
    fleet.one.kill()
    traffic.end()
    again = fleet.node("one")
    again.wait_log(r"one\.[\w-]+ is gone")
    fleet.ck_between(seen, fleet.other, again)


def test_one_heir(fleet):
    """Two that may take the same calls over: one does. What is no call, or of
    an unknown number, is left out."""
    calls = [f"{i} {fleet.pool} {i} {number}|0||"
             for i, number in enumerate(fleet.numbers * 5)]
    calls += ["8 none 0 +12025550000|0||", f"9 {fleet.pool} 0 +1202555|0||", "?"]
    fleet.redis.client.zadd("rep:x:begun:{rep:x:begun}:one.00000bad",
                            {call: i for i, call in enumerate(calls)})
    fleet.redis.client.hset("rep:x:begun", "one.00000bad", 3)
    heirs = [fleet.one, fleet.node("one")]
    expected = {number: Counter(answered=5) for number in fleet.numbers}
    wait_until(lambda: begun(fleet.redis) == {})
    for node in (*heirs, fleet.other):
        fleet.wait_counted(node, expected)
    assert sum(len(node.logged(r"its 23 calls .*\(20 of numbers"))
               for node in heirs) == 1
